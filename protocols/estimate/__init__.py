"""How long a program will take and how much it will record. From nominal capacity; not a promise."""

from protocols.estimate.bucket import HOLD_TIME_CONSTANT_S
from protocols.estimate.estimate import BYTES_PER_RECORD, estimate_program, total
from protocols.estimate.expected_step import ExpectedStep, expected_step
from protocols.estimate.temperature import estimate_temperatures

__all__ = [
    "BYTES_PER_RECORD",
    "HOLD_TIME_CONSTANT_S",
    "ExpectedStep",
    "estimate_program",
    "estimate_temperatures",
    "expected_step",
    "total",
]
