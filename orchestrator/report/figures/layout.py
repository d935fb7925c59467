"""Where axes stand in a figure, in inches: known beforehand, which is several times faster than trying it out."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from matplotlib.figure import Figure

from orchestrator.report.figures.style import WIDTH_in

__all__ = ["Layout"]


@dataclass(frozen=True, slots=True)
class Layout:
    """A grid of axes with margins for their texts."""

    across: int = 1
    rows: int = 1
    width_in: float = WIDTH_in
    panel_height_in: float = 2.4
    left_in: float = 0.6
    right_in: float = 0.12
    top_in: float = 0.27
    bottom_in: float = 0.45
    between_columns_in: float = 0.62
    between_rows_in: float = 0.72

    @property
    def height_in(self) -> float:
        """Of the whole figure."""
        panels_in = self.rows * self.panel_height_in + (self.rows - 1) * self.between_rows_in
        return self.top_in + panels_in + self.bottom_in

    @property
    def panel_width_in(self) -> float:
        """Of one of its axes."""
        gaps_in = self.left_in + self.right_in + (self.across - 1) * self.between_columns_in
        return (self.width_in - gaps_in) / self.across

    def figure(self, *, share: bool = False) -> tuple[Figure, np.ndarray]:
        """Return the figure and its axes, (rows, across)."""
        figure = Figure(figsize=(self.width_in, self.height_in))
        figure.subplots_adjust(
            left=self.left_in / self.width_in,
            right=1 - self.right_in / self.width_in,
            bottom=self.bottom_in / self.height_in,
            top=1 - self.top_in / self.height_in,
            wspace=self.between_columns_in / self.panel_width_in,
            hspace=self.between_rows_in / self.panel_height_in,
        )
        return figure, figure.subplots(self.rows, self.across, sharex=share, sharey=share, squeeze=False)
