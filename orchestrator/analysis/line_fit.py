"""A straight line through points, with standard errors and a confidence interval that knows how few they are."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.special import stdtrit  # scipy.stats has the same by name, and takes a second to load

__all__ = ["LineFit", "fit_line"]

_CONFIDENCE = 0.95

Array = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class LineFit:
    """y = intercept + slope x. Errors are one standard deviation; None with no more points than parameters."""

    n: int
    slope: float
    intercept: float
    r_squared: float | None
    """None where y does not vary."""
    slope_error: float | None
    intercept_error: float | None

    @property
    def half_width(self) -> float | None:
        """Half of the slope's 95 % confidence interval (Student's t, n - 2 degrees of freedom)."""
        if self.slope_error is None:
            return None
        return float(stdtrit(self.n - 2, (1 + _CONFIDENCE) / 2)) * self.slope_error

    @property
    def interval(self) -> tuple[float, float] | None:
        """The slope's 95 % confidence interval."""
        half = self.half_width
        return None if half is None else (self.slope - half, self.slope + half)

    def at(self, x: float) -> float:
        """Return the line's y."""
        return self.intercept + self.slope * x


def fit_line(x: npt.ArrayLike, y: npt.ArrayLike, y_error: npt.ArrayLike | None = None) -> LineFit:
    """Least squares, weighted with 1/``y_error``² where standard deviations of y are given.

    The slope's error comes from the scatter about the line; with ``y_error`` it is never less than what those errors
    alone would make it. Raises ValueError with fewer than two different x.
    """
    x, y = np.asarray(x, float), np.asarray(y, float)
    if len(np.unique(x)) < 2:
        raise ValueError("a line needs two different x")
    weight = np.ones_like(x) if y_error is None else 1 / np.asarray(y_error, float) ** 2
    total = weight.sum()
    x_mean, y_mean = float(weight @ x / total), float(weight @ y / total)
    spread = float(weight @ (x - x_mean) ** 2)
    slope = float(weight @ ((x - x_mean) * (y - y_mean)) / spread)
    residual = y - y_mean - slope * (x - x_mean)
    y_spread, missed = float(weight @ (y - y_mean) ** 2), float(weight @ residual**2)
    slope_error = intercept_error = None
    if len(x) > 2:
        scatter = missed / (len(x) - 2)
        variance = scatter if y_error is None else max(scatter, 1.0)
        slope_error = (variance / spread) ** 0.5
        intercept_error = (variance * (1 / total + x_mean**2 / spread)) ** 0.5
    return LineFit(
        n=len(x),
        slope=slope,
        intercept=y_mean - slope * x_mean,
        r_squared=1 - missed / y_spread if y_spread > 0 else None,
        slope_error=slope_error,
        intercept_error=intercept_error,
    )
