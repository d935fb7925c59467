"""Reading a BTS step file."""

from __future__ import annotations

from simulators.neware.step_program import StepProgram

__all__ = ["StepFileError", "parse_step_file"]


class StepFileError(ValueError):
    """The bytes are no step file that this instrument understands; the message says where."""


def parse_step_file(data: bytes) -> StepProgram:
    """Read a step file (GB2312 or UTF-8, versions 16 to 18); raises StepFileError."""
    raise NotImplementedError
