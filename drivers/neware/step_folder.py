"""The folder that cellbench and the BTS PC share: a step file gets there whole or not at all."""

from __future__ import annotations

import hashlib
import os
import re
import tempfile
from dataclasses import dataclass
from pathlib import Path, PurePosixPath, PureWindowsPath

from drivers.errors import Refused

__all__ = ["StepFolder"]

_UNSAFE = re.compile(r"[^A-Za-z0-9._-]+")
_WINDOWS = re.compile(r"[A-Za-z]:|.*\\")
_NAME_CHARS_MAX = 80


@dataclass(frozen=True, slots=True)
class StepFolder:
    """One folder, its path here and its path as the BTS PC sees it."""

    here: Path
    remote: str

    def put(self, tag: str, content: bytes) -> str:
        """Write the file for this tag atomically, read it back, and return its path as the BTS PC sees it.

        The folder is not created: an absent one is a share that is not mounted. Raises Refused with the reason.
        """
        path = self.here / _file_name(tag)
        try:
            _replace(path, content)
            written = path.read_bytes()
        except OSError as error:
            raise Refused(
                f"cannot write the step file {path}: {error.strerror or error}; is step_dir there?"
            ) from error
        if written != content:
            raise Refused(f"the step file {path} reads back differently from what was written")
        return self.remote_path(path.name)

    def remote_path(self, name: str) -> str:
        """Return the path of a file as the BTS PC sees it, in that PC's own spelling."""
        flavour = PureWindowsPath if _WINDOWS.match(self.remote) else PurePosixPath
        return str(flavour(self.remote) / name)


def _file_name(tag: str) -> str:
    """Return a name that any file system takes; the digest keeps different tags apart."""
    digest = hashlib.sha256(tag.encode()).hexdigest()[:8]
    return f"{_UNSAFE.sub('_', tag)[:_NAME_CHARS_MAX].strip('.')}-{digest}.xml"


def _replace(path: Path, content: bytes) -> None:
    handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=".", suffix=".part")
    try:
        with os.fdopen(handle, "wb") as stream:
            stream.write(content)
            stream.flush()
            os.fsync(stream.fileno())
        Path(temporary).chmod(0o644)  # the BTS PC reads it as another user
        Path(temporary).replace(path)
    finally:
        Path(temporary).unlink(missing_ok=True)
