"""The STOP file: stop everything, without database and without web.

``cellbench stop --all`` writes it beside the lab file; the node obeys it at once, renames it to ``STOP.obeyed`` when
every channel has been told, and says so in the event log.
"""

from __future__ import annotations

from pathlib import Path

__all__ = ["StopFile"]


class StopFile:
    """``STOP`` in the state directory."""

    def __init__(self, state_dir: Path) -> None:
        self.path = state_dir / "STOP"

    def requested_by(self) -> str | None:
        """Who asked for it (the file's first line), or None while there is no file. One that cannot be read counts."""
        try:
            text = self.path.read_text(encoding="utf-8", errors="replace").strip()
        except FileNotFoundError:
            return None
        except OSError as error:
            return f"unknown ({error.strerror})"
        return text.splitlines()[0] if text else "unknown"

    def request(self, actor: str) -> None:
        """Write the file."""
        self.path.parent.mkdir(parents=True, exist_ok=True)
        self.path.write_text(f"{actor}\n", encoding="utf-8")

    def obeyed(self) -> str | None:
        """Take the file away once it is obeyed, gone already is as good; why it could not be, else None."""
        try:
            self.path.replace(self.path.with_name("STOP.obeyed"))
        except FileNotFoundError:
            return None
        except OSError as error:
            return f"{self.path} cannot be renamed: {error.strerror}"
        return None
