"""Paths of the instrument's Windows PC, found on this machine."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

__all__ = ["PcPaths"]


class PcPaths:
    """Maps folders of the PC, such as D:/steps, to folders here; the longest matching one counts."""

    def __init__(self, folders: Mapping[str, Path]) -> None:
        mapped = [(_parts(remote), local) for remote, local in folders.items()]
        self._folders = sorted(mapped, key=lambda entry: len(entry[0]), reverse=True)

    def locate(self, remote: str) -> Path | None:
        """Where a file of the PC is here; None outside all mapped folders. The file need not exist."""
        parts = _parts(remote)
        if ".." in parts or "\0" in remote:
            return None
        for folder, local in self._folders:
            if [part.casefold() for part in parts[: len(folder)]] == [part.casefold() for part in folder]:
                return local.joinpath(*parts[len(folder) :])
        return None


def _parts(remote: str) -> list[str]:
    """Split at either slash, as Windows does; blank ends come from indented XML."""
    return [part for part in remote.strip().replace("\\", "/").split("/") if part not in ("", ".")]
