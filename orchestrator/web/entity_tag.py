"""Answers that a program may keep, and ask for again with ``If-None-Match`` (RFC 9110): 304 where they are the same."""

from __future__ import annotations

from http import HTTPStatus

from fastapi import Request, Response

__all__ = ["tag_headers", "unchanged"]


def tag_headers(version: str) -> dict[str, str]:
    """Headers of an answer that is this version: it may be kept, and is asked for each time."""
    return {"ETag": f'"{version}"', "Cache-Control": "private, no-cache"}


def unchanged(request: Request, version: str) -> Response | None:
    """The answer to somebody who has this version already; None: send it."""
    known = {tag.strip().removeprefix("W/") for tag in request.headers.get("if-none-match", "").split(",")}
    if f'"{version}"' not in known and "*" not in known:
        return None
    return Response(status_code=HTTPStatus.NOT_MODIFIED, headers=tag_headers(version))
