"""The page on which people log in, and the files that pages are made of."""

from __future__ import annotations

from pathlib import Path

from fastapi import APIRouter
from fastapi.responses import FileResponse
from starlette.staticfiles import StaticFiles

__all__ = ["router", "static_files"]

_FOLDER = Path(__file__).parents[1] / "static"
router = APIRouter(include_in_schema=False)


def static_files() -> StaticFiles:
    """What nobody need log in for: it says nothing about the lab."""
    return StaticFiles(directory=_FOLDER)


@router.api_route("/login", methods=["GET", "HEAD"])
def login() -> FileResponse:
    """A form for name and password."""
    return FileResponse(_FOLDER / "login.html", media_type="text/html")
