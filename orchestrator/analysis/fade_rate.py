"""Capacity fade per cycle, by a fit that a few odd cycles cannot move."""

from __future__ import annotations

import pandas as pd
from scipy.stats import theilslopes

from orchestrator.analysis.result import Value

__all__ = ["fade_rate"]

_ONE_SIGMA = 0.6827
_FEWEST_CYCLES = 4


def fade_rate(kept_pct: pd.Series) -> Value:
    """Return the fade in %/cycle over the last half of the cycles; positive means that capacity is lost.

    ``kept_pct``: retention in %, indexed by cycle. Theil-Sen slope (median over all pairs); its standard error is half
    the width of the 68 % confidence interval (Sen, J. Am. Stat. Assoc. 63 (1968) 1379).
    """
    half = kept_pct.iloc[len(kept_pct) // 2 :]
    if len(half) < _FEWEST_CYCLES:
        note = f"{len(half)} cycles in the last half; {_FEWEST_CYCLES} are needed"
        return Value("fade rate", None, "%/cycle", note=note)
    slope, _, low, high = theilslopes(half.to_numpy(), half.index.to_numpy(dtype=float), alpha=_ONE_SIGMA)
    note = f"Theil-Sen over cycles {half.index[0]} to {half.index[-1]}"
    return Value("fade rate", -float(slope), "%/cycle", uncertainty=float(high - low) / 2, note=note)
