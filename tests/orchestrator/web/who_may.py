"""Who may do what, decided route by route: one that stands nowhere here fails the tests until somebody has decided."""

from __future__ import annotations

from orchestrator.people.role import Role

ANYBODY, VIEWER, OPERATOR, ADMIN = None, Role.VIEWER, Role.OPERATOR, Role.ADMIN
API = "/api/v1"

READ: dict[str, Role | None] = {
    # of the API, by what stands behind /api/v1
    **dict.fromkeys(
        ["alarms", "analyses", "campaigns", "cells", "chambers", "channels", "events", "forecast", "health"], VIEWER
    ),
    **dict.fromkeys(["interlocks", "openapi.json", "protocols", "queue", "runs", "session", "tokens", "trips"], VIEWER),
    "users": ADMIN,
    # pages and the like, by the first part of their path; the bench has none
    **dict.fromkeys(["/", "/alarms", "/api", "/campaigns", "/cells", "/live", "/me", "/metrics", "/protocols"], VIEWER),
    **dict.fromkeys(["/queue", "/runs", "/start"], VIEWER),
    **dict.fromkeys(["/alive", "/language", "/login", "/static", "/words"], ANYBODY),  # they say nothing about the lab
    "/people": ADMIN,
}

WRITE: dict[str, Role | None] = {
    "POST alarms/test": OPERATOR,
    "POST alarms/{alarm_id}/acknowledge": OPERATOR,
    "POST analyses": OPERATOR,
    "POST campaigns": OPERATOR,
    "POST campaigns/check": VIEWER,  # they answer, and change nothing
    "POST campaigns/{campaign_id}/confirm": OPERATOR,
    "POST campaigns/{campaign_id}/pause": OPERATOR,
    "POST campaigns/{campaign_id}/resume": OPERATOR,
    "POST campaigns/{campaign_id}/stop": OPERATOR,
    "POST cells": OPERATOR,
    "POST cells/import": OPERATOR,
    "POST cells/written": VIEWER,
    "PATCH cells/{cell_id}": OPERATOR,
    "POST protocols": OPERATOR,
    "POST protocols/check": VIEWER,
    "POST protocols/import": VIEWER,
    "POST protocols/parameters": VIEWER,
    "POST protocols/plan": VIEWER,
    "POST protocols/preview": VIEWER,
    "POST runs": OPERATOR,
    "POST runs/{run_id}/analyses": OPERATOR,
    "POST runs/{run_id}/confirm": OPERATOR,
    "POST runs/{run_id}/move": OPERATOR,
    "POST runs/{run_id}/notes": OPERATOR,
    "POST runs/{run_id}/pause": OPERATOR,
    "POST runs/{run_id}/resume": OPERATOR,
    "POST runs/{run_id}/stop": OPERATOR,
    "POST session": ANYBODY,
    "DELETE session": VIEWER,
    "POST session/password": VIEWER,
    "POST stop-all": VIEWER,  # open circuit harms nobody
    "POST tokens": VIEWER,  # one's own
    "DELETE tokens/{token_id}": VIEWER,
    "POST trips/{trip_id}/ack": OPERATOR,
    "POST users": ADMIN,
    "PATCH users/{name}": ADMIN,
}


def decided(method: str, path: str) -> Role | None:
    """The least role for a route; ``path`` as the application has it, with braces. Raises KeyError: not decided."""
    inside = path.removeprefix(f"{API}/")
    if method != "GET":
        return WRITE[f"{method} {inside}"]
    return READ[inside.split("/")[0] if inside != path else "/" + path.split("/")[1]]
