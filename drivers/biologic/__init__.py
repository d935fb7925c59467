"""BioLogic VSP-300 through EClib. Facts and what is not confirmed on hardware: ``docs/instruments/biologic.md``."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from drivers.contracts import Cycler, Surroundings

__all__ = ["POLL_S", "open_cycler"]

POLL_S = 1.0
"""How often to look, unless the lab file says: limits that only the service watches are watched at each look."""


def open_cycler(name: str, address: str, options: Mapping[str, object], surroundings: Surroundings) -> Cycler:
    """Return the cycler behind EClib at ``address`` (an IP address, or ``USB0``); connects at the first exchange.

    Options as in the lab file, see :mod:`drivers.biologic.options`. Raises ValueError naming a wrong option.
    """
    from drivers.biologic.cycler import BiologicCycler  # noqa: PLC0415  a lab without BioLogic does not pay for it
    from drivers.biologic.options import read_options  # noqa: PLC0415

    return BiologicCycler(name, read_options(address, options), surroundings)
