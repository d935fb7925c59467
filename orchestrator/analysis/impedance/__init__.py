"""Impedance spectra: are they believable, which circuit describes them, what temperature does to charge transfer."""
