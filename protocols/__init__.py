"""The protocol language: what should happen to a cell, in the words of a battery laboratory.

A protocol file (:mod:`protocols.schema`) bound to one cell (:mod:`protocols.cell`) is compiled once, at launch, to a
plan of absolute SI values (:mod:`protocols.plan`); each segment of the plan is a program that one channel executes by
itself (:mod:`protocols.program`). The front door is :mod:`protocols.reading`, then :mod:`protocols.compile`. Nothing in
this package talks to an instrument, a database or a clock.
"""
