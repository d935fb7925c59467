"""Step type words of the download and what they mean (v1.19, 2.2)."""

from __future__ import annotations

from collections.abc import Mapping

from drivers.contracts import StepKind

__all__ = ["STEP_KINDS"]

STEP_KINDS: Mapping[str, StepKind] = {
    "rest": StepKind.REST,
    "cc": StepKind.CC_CHARGE,
    "dc": StepKind.CC_DISCHARGE,
    "cv": StepKind.CV_CHARGE,
    "dv": StepKind.CV_DISCHARGE,
    "cccv": StepKind.CCCV_CHARGE,
    "cccd": StepKind.CCCV_DISCHARGE,
    "pause": StepKind.PAUSE,
}
"""All others (pcccv, cp, dp, cr, dr, sim, control, pulse, end) are OTHER: cellbench sends none of them."""
