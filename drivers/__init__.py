"""Instrument drivers: small contracts (:mod:`drivers.contracts`) and one folder per instrument family.

A driver is composed of a wire client and a translator. It never sleeps in a loop (the engine owns time), every
exchange has a time-out, and it raises only :mod:`drivers.errors`.
"""
