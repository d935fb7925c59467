"""The up to three tests of one step, evaluated by the board, and what then follows.

Bits of ``TestN_Config``: 0 active, 1 logic to the next test (0 OR), 2-4 sign (0 at most, 1 at least), 5 and up the
variable (0 E, 3 I). There is ONE exit condition a step: a step that ends at a cut-off cannot stop at a limit.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import IntEnum
from typing import Literal

from drivers.biologic.technique_list import Parameter
from protocols.program import Direction, Limits

__all__ = ["Exit", "LimitTest", "cut_off", "decayed", "limit_parameters", "protection"]

_ACTIVE, _AT_LEAST, _CURRENT = 1, 1 << 2, 3 << 5


class Exit(IntEnum):
    """``Exit_Cond``."""

    NEXT_STEP = 0
    NEXT_TECHNIQUE = 1
    STOP = 2


@dataclass(frozen=True, slots=True)
class LimitTest:
    """One test. Several are joined by OR."""

    quantity: Literal["voltage", "current"]
    at_least: bool
    value: float
    """V or A, signed."""

    @property
    def config(self) -> int:
        """As the board is told: E at most 1, E at least 5, I at most 97, I at least 101."""
        return _ACTIVE | (_AT_LEAST if self.at_least else 0) | (_CURRENT if self.quantity == "current" else 0)


def cut_off(direction: Direction, voltage_V: float) -> LimitTest:
    """Return the test that ends a step of constant current at its voltage."""
    return LimitTest("voltage", direction == "charge", voltage_V)


def decayed(direction: Direction, current_A: float) -> LimitTest:
    """Return the test that ends a held voltage at a decayed current."""
    return LimitTest("current", direction == "discharge", current_A if direction == "charge" else -current_A)


def protection(limits: Limits, regulated: Literal["voltage", "current"]) -> tuple[LimitTest, ...]:
    """Return the tests of protection that make sense beside what the board regulates.

    A test on the regulated quantity would end a step at its very set point where that is the limit itself.
    """
    if regulated == "voltage":
        return (
            LimitTest("current", at_least=True, value=limits.current_max_A),
            LimitTest("current", at_least=False, value=-limits.current_max_A),
        )
    return (
        LimitTest("voltage", at_least=True, value=limits.voltage_max_V),
        LimitTest("voltage", at_least=False, value=limits.voltage_min_V),
    )


def limit_parameters(tests: Sequence[LimitTest], exit_condition: Exit, index: int = 0) -> list[Parameter]:
    """Return the parameters of one step (or scan) of a technique with limits; at most three tests."""
    parameters = []
    for number, test in enumerate(tests, 1):
        parameters.append(Parameter(f"Test{number}_Config", test.config, index))
        parameters.append(Parameter(f"Test{number}_Value", float(test.value), index))
    return [*parameters, Parameter("Exit_Cond", int(exit_condition), index)]
