"""The properties of a cell as options with units: ``--active-mass "2.75 mg" --capacity "3.35 mAh"``."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, TypeVar

import click

if TYPE_CHECKING:
    from protocols.kinds import Kind

__all__ = ["QuantityType", "cell_options", "cell_properties"]

_Command = TypeVar("_Command", bound=Callable[..., Any])


class QuantityType(click.ParamType[float]):
    """A quantity with its unit, as in a protocol file; the value is in the unit of the option's column."""

    def __init__(self, kind: str, unit: str) -> None:
        self.name = kind
        self._unit = unit

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> float:
        """Read the text; usage error with the remedy where it is no such quantity."""
        if isinstance(value, float):
            return value
        from protocols.quantity import QuantityError, parse_quantity

        try:
            quantity = parse_quantity(str(value), self._kind())
        except QuantityError as error:
            self.fail(str(error), param, ctx)
        if quantity.unit != self._unit:
            self.fail(f"{quantity.text} is not absolute; write {self._kind().examples}", param, ctx)
        return quantity.value

    def _kind(self) -> Kind:
        from protocols import kinds

        kind: Kind = getattr(kinds, self.name.upper())
        return kind


_MASS = QuantityType("mass", "g")
_AREA = QuantityType("area", "cm**2")
_VOLTAGE = QuantityType("voltage", "V")
_CAPACITY = QuantityType("capacity", "A*h")


def cell_options(command: _Command) -> _Command:
    """Options that describe a cell; each is None unless it was given."""
    for decorate in (
        click.option(
            "--active-mass",
            "active_mass_g",
            type=_MASS,
            metavar="MASS",
            help='Active mass, such as "2.75 mg"; A/g needs it.',
        ),
        click.option(
            "--area", "area_cm2", type=_AREA, metavar="AREA", help='Area, such as "1.131 cm2"; mA/cm2 needs it.'
        ),
        click.option(
            "--capacity",
            "nominal_capacity_Ah",
            type=_CAPACITY,
            metavar="CAPACITY",
            help='Nominal capacity, such as "3.35 mAh": 1C passes it in an hour.',
        ),
        click.option(
            "--window",
            type=(_VOLTAGE, _VOLTAGE),
            metavar="LOW HIGH",
            help='Lowest and highest voltage: "0.01 V" "1.5 V"',
        ),
        click.option("--material", metavar="TEXT", help="Material of the working electrode."),
    ):
        command = decorate(command)
    return command


def cell_properties(options: dict[str, Any]) -> dict[str, Any]:
    """The options that were given, under the names of :class:`protocols.cell.Cell`."""
    given = {key: value for key, value in options.items() if value is not None}
    window = given.pop("window", None)
    if window is not None:
        given["window_min_V"], given["window_max_V"] = window
    return given
