"""What the techniques of a program are called on a page."""

from __future__ import annotations

from collections.abc import Mapping

__all__ = ["TECHNIQUES"]

N_ = str
"""Marks a text for the catalogue; it is translated where it is shown."""
TECHNIQUES: Mapping[str, str] = {
    "rest": N_("rest"),
    "constant_current": N_("constant current"),
    "constant_voltage": N_("held voltage"),
    "constant_current_constant_voltage": N_("constant current, then held voltage"),
    "voltage_scan": N_("voltage sweep"),
    "impedance": N_("impedance"),
}
"""By kind of :mod:`protocols.program` step."""
