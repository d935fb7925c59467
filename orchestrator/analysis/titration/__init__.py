"""Galvanostatic intermittent titration: pulses, rests, and the diffusion coefficient in them."""
