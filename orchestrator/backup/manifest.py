"""What is in a backup, so that it can be checked before it is needed."""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict, dataclass
from importlib.metadata import version
from pathlib import Path

from orchestrator.backup.errors import RestoreRefused

__all__ = ["MANIFEST", "Manifest", "read_manifest", "sha256_of", "software_version", "write_manifest"]

MANIFEST = "manifest.json"
_FORMAT = 1


@dataclass(frozen=True, slots=True)
class Manifest:
    """One backup. ``files``: SHA-256 by name; ``rows``: of each table, in the very state that was copied."""

    lab: str
    made_unix_s: float
    cellbench: str
    database: str
    """``sqlite`` or ``postgresql``."""
    schema_version: str
    last_run: int
    files: dict[str, str]
    rows: dict[str, int]


def write_manifest(folder: Path, manifest: Manifest) -> None:
    """Write it; the last of a backup's files."""
    text = json.dumps({"format": _FORMAT, **asdict(manifest)}, indent=2)
    (folder / MANIFEST).write_text(text + "\n", encoding="utf-8")


def read_manifest(folder: Path) -> Manifest:
    """Read it, and see that every file is there as it was written. Raises RestoreRefused."""
    try:
        found = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
    except FileNotFoundError as error:
        raise RestoreRefused(f"{folder} is no backup: there is no {MANIFEST} in it") from error
    except (OSError, ValueError) as error:
        raise RestoreRefused(f"{folder}: its {MANIFEST} cannot be read ({error}); take another backup") from error
    if not isinstance(found, dict) or found.pop("format", None) != _FORMAT:
        raise RestoreRefused(f"{folder}: its {MANIFEST} is of another version of cellbench; install that one")
    manifest = Manifest(**found)
    for name, sha256 in manifest.files.items():
        if not (folder / name).is_file() or sha256_of(folder / name) != sha256:
            raise RestoreRefused(f"{folder}: {name} is not as it was written; take another backup")
    return manifest


def sha256_of(path: Path) -> str:
    """Digest of a file, in hexadecimal."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def software_version() -> str:
    """Which cellbench this is."""
    return version("cellbench")
