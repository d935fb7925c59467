"""What the techniques of a program are called on a page."""

from __future__ import annotations

from collections.abc import Mapping

from orchestrator.web.pages.frame import N_

__all__ = ["TECHNIQUES"]

TECHNIQUES: Mapping[str, str] = {
    "rest": N_("rest"),
    "constant_current": N_("constant current"),
    "constant_voltage": N_("constant voltage"),
    "constant_current_constant_voltage": N_("constant current, then constant voltage"),
    "voltage_scan": N_("voltage sweep"),
    "impedance": N_("impedance"),
}
"""By kind of :mod:`protocols.program` step."""
