"""All findings together."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict

from orchestrator.doctor.finding import Finding

__all__ = ["exit_code", "to_json"]


def exit_code(findings: Sequence[Finding]) -> int:
    """0: all is well; 1: warnings; 2: something is bad."""
    levels = {one.level for one in findings}
    return 2 if "bad" in levels else int("warning" in levels)


def to_json(findings: Sequence[Finding]) -> str:
    """For programs."""
    return json.dumps({"exit_code": exit_code(findings), "findings": [asdict(one) for one in findings]}, indent=2)
