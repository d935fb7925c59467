"""Families of metrics as the client library of Prometheus wants them, in one line each."""

from __future__ import annotations

from collections.abc import Iterable

from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily
from prometheus_client.metrics_core import Metric

__all__ = ["counter", "gauge", "number"]

Sample = tuple[tuple[str, ...], float | None]


def gauge(name: str, text: str, labels: tuple[str, ...], samples: Iterable[Sample]) -> Metric:
    """A value that goes up and down; a sample without a value is left out."""
    family = GaugeMetricFamily(f"cellbench_{name}", text, labels=labels)
    for values, value in samples:
        if value is not None:
            family.add_metric(values, value)
    return family


def counter(name: str, text: str, labels: tuple[str, ...], samples: Iterable[Sample]) -> Metric:
    """A value that only grows, until its process begins anew; ``_total`` is added to its name."""
    family = CounterMetricFamily(f"cellbench_{name}", text, labels=labels)
    for values, value in samples:
        if value is not None:
            family.add_metric(values, value)
    return family


def number(name: str, text: str, value: float | None) -> Metric:
    """A gauge without labels; without a value, only its description."""
    return gauge(name, text, (), [((), value)])
