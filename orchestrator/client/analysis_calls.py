"""Analyses and their results."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from orchestrator.client.connection import Connection
from orchestrator.web.models.analysis import AnalysisAnswer, AnalysisLine, AnalysisOrder, JointAnalysisOrder
from orchestrator.web.models.page import Page

__all__ = ["AnalysisCalls", "AnalysisOption"]

_Scalar = float | int | str | bool
AnalysisOption = _Scalar | list[_Scalar] | dict[str, _Scalar]


class AnalysisCalls(Connection):
    """Analyses."""

    def analyses(self, run_id: int) -> list[AnalysisAnswer]:
        """Results of a run's analyses, newest first."""
        return self.get(list[AnalysisAnswer], f"runs/{run_id}/analyses")

    def analysis(self, analysis_id: int) -> AnalysisAnswer:
        """One version of an analysis with its result."""
        return self.get(AnalysisAnswer, f"analyses/{analysis_id}")

    def analysis_versions(
        self,
        run_id: int | None = None,
        name: str | None = None,
        *,
        state: str | None = None,
        limit: int = 50,
        offset: int = 0,
    ) -> Page[AnalysisLine]:
        """Every version that was ever asked for, newest first, without results."""
        query = {"run_id": run_id, "name": name, "state": state, "limit": limit, "offset": offset}
        return self.get(Page[AnalysisLine], "analyses", query)

    def analyse(
        self, runs: int | Sequence[int], name: str, options: Mapping[str, AnalysisOption], actor: str
    ) -> AnalysisAnswer:
        """Ask for an analysis of one run, or of several together, perhaps again or with other options."""
        if isinstance(runs, int):
            body = AnalysisOrder(name=name, options=dict(options), actor=actor)
            return self.send("POST", AnalysisAnswer, f"runs/{runs}/analyses", body)
        joint = JointAnalysisOrder(name=name, options=dict(options), actor=actor, runs=list(runs))
        return self.send("POST", AnalysisAnswer, "analyses", joint)
