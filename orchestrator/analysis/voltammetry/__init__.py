"""Cyclic voltammograms at several scan rates: peaks, b value, surface and diffusion parts, Randles-Sevcik."""
