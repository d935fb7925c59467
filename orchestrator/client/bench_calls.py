"""The bench: channels, chambers, and how the service is."""

from __future__ import annotations

from http import HTTPStatus

from orchestrator.client.connection import Connection, part
from orchestrator.web.models.chamber import ChamberAnswer, ChamberRecords
from orchestrator.web.models.channel import ChannelAnswer
from orchestrator.web.models.health import Health

__all__ = ["BenchCalls"]


class BenchCalls(Connection):
    """What stands in the lab."""

    def health(self) -> Health:
        """How the service is; an answer also when it is not well."""
        return self.get(Health, "health", also=frozenset({HTTPStatus.SERVICE_UNAVAILABLE}))

    def channels(self) -> list[ChannelAnswer]:
        """Every channel, and what was last seen of it."""
        return self.get(list[ChannelAnswer], "channels")

    def chambers(self) -> list[ChamberAnswer]:
        """Every chamber, what was last seen of it and who holds it."""
        return self.get(list[ChamberAnswer], "chambers")

    def chamber_records(
        self,
        name: str,
        *,
        start_unix_s: float | None = None,
        end_unix_s: float | None = None,
        limit: int | None = None,
    ) -> ChamberRecords:
        """What a chamber measured in a window of time; the last day unless told otherwise."""
        window = {"start_unix_s": start_unix_s, "end_unix_s": end_unix_s, "limit": limit}
        return self.get(ChamberRecords, f"chambers/{part(name)}/records", window)
