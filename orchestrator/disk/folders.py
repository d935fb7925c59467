"""Which folders of this computer a node writes to."""

from __future__ import annotations

from pathlib import Path

from sqlalchemy import make_url

from orchestrator.config import Lab

__all__ = ["database_file", "watched_folders"]


def database_file(lab: Lab) -> Path | None:
    """Where SQLite's file is; None: the database is a server's, whose disk nobody here can see."""
    url = make_url(lab.database_url)
    is_file = url.get_backend_name() == "sqlite" and url.database
    return Path(url.database or "").absolute() if is_file else None


def watched_folders(lab: Lab) -> dict[str, Path]:
    """By what they are for; only those that are there."""
    file = database_file(lab)
    folders = {} if file is None else {"database": file.parent}
    folders["state"] = lab.state_dir
    for place in lab.instruments.values():
        if isinstance(steps := place.options.get("step_dir"), str):
            folders[f"steps of {place.name}"] = Path(steps)
    if lab.backup is not None:
        folders["backup"] = lab.backup.to
    return {name: path for name, path in folders.items() if path.is_dir()}
