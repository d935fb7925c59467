"""The cookie of somebody who is logged in with a browser."""

from __future__ import annotations

from http.cookies import CookieError, SimpleCookie

from starlette.responses import Response

from orchestrator.store.login_sessions import LIFE_MAX_s

__all__ = ["COOKIE_NAME", "CSRF_HEADER", "drop_cookie", "session_secret", "set_cookie"]

CSRF_HEADER = "x-csrf-token"
COOKIE_NAME = "cellbench_session"


def session_secret(cookie_header: str) -> str | None:
    """What the cookie holds; None where there is none."""
    cookies: SimpleCookie = SimpleCookie()
    try:
        cookies.load(cookie_header)
    except CookieError:
        return None
    found = cookies.get(COOKIE_NAME)
    return found.value if found is not None and found.value else None


def set_cookie(response: Response, secret: str, *, https: bool) -> None:
    """Not readable by scripts, never sent along from another site, and only encrypted where the page was."""
    response.set_cookie(COOKIE_NAME, secret, max_age=int(LIFE_MAX_s), httponly=True, samesite="strict", secure=https)


def drop_cookie(response: Response, *, https: bool) -> None:
    """Let the browser forget it."""
    response.delete_cookie(COOKIE_NAME, httponly=True, samesite="strict", secure=https)
