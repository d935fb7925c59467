"""What a request takes: whatever is not named here, a viewer to read and an operator to write."""

from __future__ import annotations

from orchestrator.people.role import Role

__all__ = ["LOGIN_PATH", "needed_role"]

_API = "/api/v1"
LOGIN_PATH = f"{_API}/session"
_OPEN = frozenset({("POST", LOGIN_PATH), ("GET", "/alive"), ("HEAD", "/alive"), ("GET", "/login"), ("HEAD", "/login")})
_OPEN_BELOW = ("/static/", "/words/", "/language/")  # they say nothing about the lab
_ADMIN_BELOW = (f"{_API}/users", "/people")
_READS = frozenset({"GET", "HEAD", "OPTIONS"})
_OWN = frozenset(
    {
        ("DELETE", LOGIN_PATH),
        ("POST", f"{LOGIN_PATH}/password"),
        ("POST", f"{_API}/tokens"),
        ("POST", f"{_API}/protocols/check"),  # they answer, and change nothing
        ("POST", f"{_API}/protocols/plan"),
        ("POST", f"{_API}/protocols/parameters"),
        ("POST", f"{_API}/protocols/preview"),
        ("POST", f"{_API}/campaigns/check"),
        ("POST", f"{_API}/protocols/import"),
        ("POST", f"{_API}/cells/written"),
        ("POST", f"{_API}/stop-all"),  # never refused to anybody who may look: open circuit harms nobody
    }
)


def needed_role(method: str, path: str) -> Role | None:
    """The least role for a request; None: nobody need log in for it."""
    if (method, path) in _OPEN or (method in _READS and path.startswith(_OPEN_BELOW)):
        return None
    if any(path == one or path.startswith(f"{one}/") for one in _ADMIN_BELOW):
        return Role.ADMIN
    if method in _READS or (method, path) in _OWN or _revokes_a_token(method, path):
        return Role.VIEWER
    return Role.OPERATOR


def _revokes_a_token(method: str, path: str) -> bool:
    """One's own: the route sees to that."""
    return method == "DELETE" and path.startswith(f"{_API}/tokens/")
