"""``/metrics`` for Prometheus; the names stand in ``docs/reference/metrics.md``."""

from __future__ import annotations

from collections.abc import Iterable

from fastapi import APIRouter, Response
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, generate_latest
from prometheus_client.metrics_core import Metric
from prometheus_client.registry import Collector

from orchestrator.store.errors import StoreError
from orchestrator.store.upgrade import require_current
from orchestrator.web.metrics.benches import bench_metrics
from orchestrator.web.metrics.families import number
from orchestrator.web.metrics.nodes import node_metrics
from orchestrator.web.metrics.storage import storage_metrics
from orchestrator.web.service import Service, ServiceHere

__all__ = ["router"]

router = APIRouter(include_in_schema=False)
_UP = "1: the database answers. 0: it does not, and nothing else is told."


class _Metrics(Collector):
    """What is so now; made for one scrape."""

    def __init__(self, service: Service) -> None:
        self._service = service

    def collect(self) -> Iterable[Metric]:
        """All of it, or that the database is away: never half."""
        try:
            return [number("up", _UP, 1), *self._read()]
        except StoreError:
            return [number("up", _UP, 0)]

    def _read(self) -> list[Metric]:
        require_current(self._service.database)
        lab = self._service.lab
        with self._service.reading() as connection:
            now_unix_s = self._service.now_unix_s(connection)
            return [
                *node_metrics(connection, lab, now_unix_s),
                *bench_metrics(connection, lab, now_unix_s),
                *storage_metrics(connection, lab),
            ]


@router.get("/metrics")
def get_metrics(service: ServiceHere) -> Response:
    """All metrics in the text format; 200 also while the database is away."""
    registry = CollectorRegistry(auto_describe=False)
    registry.register(_Metrics(service))
    return Response(generate_latest(registry), media_type=CONTENT_TYPE_LATEST)
