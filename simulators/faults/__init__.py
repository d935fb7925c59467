"""Faults as data: a file says what shall go wrong, with which instrument, when, how often and for how long."""
