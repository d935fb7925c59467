"""Temperature chambers as data tables on two wires: Modbus TCP and lines of text.

Facts and their sources: ``docs/instruments/chambers.md``.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from drivers.contracts import Chamber, Surroundings

__all__ = ["open_binder_mb2", "open_thermotron_8200", "open_watlow_f4t"]


def open_watlow_f4t(name: str, address: str, options: Mapping[str, object], surroundings: Surroundings) -> Chamber:
    """Return the chamber behind a Watlow F4T, over ``transport: modbus`` (port 502) or ``scpi`` (port 5025).

    Nothing is sent before something is asked of it. Options as in the lab file, see :mod:`drivers.chamber.options`.
    Raises ValueError naming a wrong or missing option.
    """
    return _open("watlow-f4t", name, address, options, surroundings)


def open_thermotron_8200(name: str, address: str, options: Mapping[str, object], surroundings: Surroundings) -> Chamber:
    """Return the chamber behind a Thermotron 8200 or 8800 (port 8888). As :func:`open_watlow_f4t`."""
    return _open("thermotron-8200", name, address, options, surroundings)


def open_binder_mb2(name: str, address: str, options: Mapping[str, object], surroundings: Surroundings) -> Chamber:
    """Return the chamber behind a Binder MB2 (Modbus TCP, port 502). As :func:`open_watlow_f4t`."""
    return _open("binder-mb2", name, address, options, surroundings)


def _open(family: str, name: str, address: str, options: Mapping[str, object], surroundings: Surroundings) -> Chamber:
    from drivers.chamber.assembly import assemble  # noqa: PLC0415  a lab without chambers does not pay for pyvisa
    from drivers.chamber.family import FAMILIES  # noqa: PLC0415
    from drivers.chamber.options import read_options  # noqa: PLC0415

    return assemble(name, read_options(FAMILIES[family], address, options), surroundings)
