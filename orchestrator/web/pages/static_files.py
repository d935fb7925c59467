"""The files that pages are made of."""

from __future__ import annotations

from pathlib import Path

from starlette.responses import Response
from starlette.staticfiles import StaticFiles
from starlette.types import Scope

__all__ = ["static_files"]

_FOLDER = Path(__file__).parents[1] / "static"


class AskedAgain(StaticFiles):
    """Kept by browsers, and asked for each time whether it is still the same: an upgrade shows at once."""

    async def get_response(self, path: str, scope: Scope) -> Response:
        """The file, or that it has not changed."""
        answer = await super().get_response(path, scope)
        answer.headers["Cache-Control"] = "no-cache"
        return answer


def static_files() -> StaticFiles:
    """What nobody need log in for: it says nothing about the lab."""
    return AskedAgain(directory=_FOLDER)
