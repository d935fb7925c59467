"""What a vscanlimit technique sweeps: vertices, rate and rows, read once from its parameters."""

from __future__ import annotations

from dataclasses import dataclass

from drivers.biologic.technique_list import StepRows, Technique

__all__ = ["ScanCourse"]


@dataclass(frozen=True, slots=True)
class ScanCourse:
    """Half-scan h of the technique goes from vertex ``h % n`` to the next one, in pass ``h // n`` of n half-scans."""

    vertices_V: tuple[float, ...]
    relative: tuple[bool, ...]
    """To the potential when the technique began."""
    rate_V_per_s: float
    row_V: float
    """Voltage between rows."""
    passes: int
    steps: tuple[StepRows, ...]
    """Of the half-scans of one pass."""

    @classmethod
    def of(cls, technique: Technique) -> ScanCourse:
        """Read a technique."""
        vertices = range(len(technique.steps) + 1)
        return cls(
            tuple(technique.number("Voltage_step", vertex) for vertex in vertices),
            tuple(bool(technique.number("vs_initial", vertex)) for vertex in vertices),
            technique.number("Scan_Rate", 1),
            technique.number("Record_every_dE"),
            int(technique.number("N_Cycles")) + 1,
            technique.steps,
        )

    def ends_V(self, half_scan: int, initial_V: float) -> tuple[float, float]:
        """Return where a half-scan begins and where it ends."""
        begin = half_scan % len(self.steps)
        return self._vertex_V(begin, initial_V), self._vertex_V(begin + 1, initial_V)

    def initial_V(self, after_s: float, first_V: float, before_V: float | None) -> float:
        """Return the potential when the technique began, from its first row, else from the row before it.

        The first row lies one step of the sweep beyond the start, where nothing was lost.
        """
        moved_V = self.rate_V_per_s * after_s
        if not any(self.relative):
            return 0.0
        if not self.relative[0] or moved_V > 2 * self.row_V:
            return first_V if before_V is None else before_V
        upwards = self.vertices_V[1] > (self.vertices_V[0] if self.relative[1] else first_V)
        return first_V - (moved_V if upwards else -moved_V) - self.vertices_V[0]

    def _vertex_V(self, vertex: int, initial_V: float) -> float:
        return self.vertices_V[vertex] + (initial_V if self.relative[vertex] else 0.0)
