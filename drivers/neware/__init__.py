"""NEWARE BTS 8: TCP client, step files and records. Facts and their sources: ``docs/instruments/neware.md``."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from drivers.contracts import Cycler, Surroundings

__all__ = ["POLL_S", "open_cycler"]

POLL_S = 10.0
"""How often to look, unless the lab file says: BTS data are never fresher than 5 s, and its vendor asks for 10 s."""


def open_cycler(
    name: str,
    address: str,
    options: Mapping[str, object],
    surroundings: Surroundings,  # noqa: ARG001  BTS has a clock and a memory of its own
) -> Cycler:
    """Return the cycler behind the BTS Client at ``address`` (``host:port``); connects at the first exchange.

    Options as in the lab file, see :mod:`drivers.neware.options`. Raises ValueError naming a wrong or missing option.
    """
    from drivers.neware.cycler import NewareCycler  # noqa: PLC0415  a lab without NEWARE does not pay for it
    from drivers.neware.options import read_options  # noqa: PLC0415

    return NewareCycler(name, read_options(address, options))
