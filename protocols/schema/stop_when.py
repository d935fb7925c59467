"""``stop_when``: a rule that ends a loop before its count. Judged by the service on complete cycles."""

from __future__ import annotations

from pydantic import Field

from protocols.schema.fields import Count, Ratio
from protocols.schema.section import Section

__all__ = ["RetentionSection", "StopWhenSection"]


class RetentionSection(Section):
    """Reversible capacity (the smaller of a cycle's two) as a share of that of a reference cycle."""

    below: Ratio = Field(description="leave the loop when retention is below this", examples=["80 %"])
    since_cycle: Count | None = Field(None, description="the reference cycle, counted in this loop (default 1)")
    for_cycles: Count | None = Field(None, description="so many cycles in a row (default 1)")


class StopWhenSection(Section):
    """Known rules."""

    capacity_retention: RetentionSection = Field(
        description="ends the loop when capacity fades", examples=["{below: 80 %, since_cycle: 1, for_cycles: 3}"]
    )
