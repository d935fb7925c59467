"""Where a page sends a browser back to: only ever to a page of this service."""

from __future__ import annotations

__all__ = ["local_path"]


def local_path(wanted: str) -> str:
    r"""``wanted`` where it is a path of this service, else the first page.

    ``//elsewhere`` and ``/\\elsewhere`` are addresses of other computers, and browsers drop tabs and line ends.
    """
    local = wanted.startswith("/") and not wanted.startswith(("//", "/\\")) and wanted.isprintable()
    return wanted if local and "\\" not in wanted else "/"
