"""What has happened: events, alarms, trips, and who is told of them."""

from __future__ import annotations

from orchestrator.client.connection import Connection
from orchestrator.web.models.interlock import InterlockAnswer, TripAnswer
from orchestrator.web.models.log import Acknowledgement, AlarmAnswer, EventAnswer
from orchestrator.web.models.messages import MessageAnswer, ReceiverAnswer, TrialOrder

__all__ = ["AlarmCalls"]


class AlarmCalls(Connection):
    """Events, alarms and trips."""

    def events(
        self,
        run_id: int | None = None,
        after: int = 0,
        limit: int = 50,
        *,
        campaign_id: int | None = None,
        newest: bool = True,
    ) -> list[EventAnswer]:
        """Events in order: the last ones, or with ``newest=False`` the first ones after ``after``."""
        query = {"run_id": run_id, "campaign_id": campaign_id, "after": after, "newest": newest, "limit": limit}
        return self.get(list[EventAnswer], "events", query)

    def alarms(self, *, open_only: bool = True, limit: int = 200, offset: int = 0) -> list[AlarmAnswer]:
        """Alarms, newest first."""
        return self.get(list[AlarmAnswer], "alarms", {"open": open_only, "limit": limit, "offset": offset})

    def acknowledge(self, alarm_id: int, actor: str, reason: str) -> AlarmAnswer:
        """Say that a person has seen an alarm."""
        body = Acknowledgement(actor=actor, reason=reason)
        return self.send("POST", AlarmAnswer, f"alarms/{alarm_id}/acknowledge", body)

    def interlocks(self) -> list[InterlockAnswer]:
        """Every interlock rule of the lab, with its open trips."""
        return self.get(list[InterlockAnswer], "interlocks")

    def trips(self, *, open_only: bool = True, limit: int = 200, offset: int = 0) -> list[TripAnswer]:
        """Trips of interlocks, newest first."""
        return self.get(list[TripAnswer], "trips", {"open": open_only, "limit": limit, "offset": offset})

    def acknowledge_trip(self, trip_id: int, actor: str, reason: str) -> TripAnswer:
        """Say who has looked at what tripped, and what was found."""
        return self.send("POST", TripAnswer, f"trips/{trip_id}/ack", Acknowledgement(actor=actor, reason=reason))

    def alarm_messages(self, alarm_id: int) -> list[MessageAnswer]:
        """Who was, or is to be, told of an alarm."""
        return self.get(list[MessageAnswer], f"alarms/{alarm_id}/messages")

    def receivers(self) -> list[ReceiverAnswer]:
        """Who is told of alarms, and the heartbeats: how they are."""
        return self.get(list[ReceiverAnswer], "alarms/receivers")

    def test_receivers(self, actor: str) -> AlarmAnswer:
        """Send a test message through every receiver; :meth:`alarm_messages` tells what comes of it."""
        return self.send("POST", AlarmAnswer, "alarms/test", TrialOrder(actor=actor))
