"""The values that people ask for first, and how a table's head calls them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

__all__ = ["HEADLINES", "Headline"]


@dataclass(frozen=True, slots=True)
class Headline:
    """One value of one analysis."""

    analysis: str
    value: str
    short: str
    protocol: str | None = None
    """Only of runs of this protocol: the first cycle of a later run is nobody's initial efficiency."""


HEADLINES: Sequence[Headline] = (
    Headline("cycles", "initial coulombic efficiency", "initial CE", "formation"),
    Headline("cycles", "mean coulombic efficiency of the first 5 cycles", "mean CE of 5", "formation"),
    Headline("rate_capability", "retention, ladder 5 A/g", "retention at 5 A/g"),
    Headline("rate_capability", "recovery, ladder 1 A/g, time 2", "recovery at 1 A/g"),
    Headline("retention", "retention at cycle 200", "retention at 200"),
    Headline("retention", "retention at cycle 500", "retention at 500"),
    Headline("voltammetry", "b value, anodic", "b value"),
    Headline("voltammetry", "surface share at 0.5 mV/s", "surface share"),
    Headline("arrhenius", "activation energy", "activation energy"),
    Headline("gitt", "diffusion time, discharge", "diffusion time"),
    Headline("raman_stress", "residual stress", "residual stress"),
)
