"""What a channel carries that tells whose test is on it.

EClib has no barcode: the experiment's file name carries tag and test id, and what is loaded has a fingerprint.

# unconfirmed on hardware: that SetExperimentInfos is kept until the next, and that a foreign load leaves it
"""

from __future__ import annotations

import re
import zlib
from collections.abc import Iterable

from drivers.biologic.eclib import Eclib, LoadedTechnique
from drivers.biologic.error_codes import EclibError

__all__ = ["experiment_name", "fingerprint", "loaded_techniques", "read_experiment_name"]

_NAME = re.compile(r"(?P<tag>.*) \[(?P<test_id>[0-9a-z]+)\]", re.DOTALL)
_NAME_BYTES_MAX = 255


def experiment_name(tag: str, test_id: str) -> bytes:
    """Return the file name that carries both; a tag that is too long is cut, its test id is not."""
    ending = f" [{test_id}]".encode()
    room = _NAME_BYTES_MAX - len(ending)
    return tag.encode()[:room].decode("utf-8", "ignore").encode() + ending


def read_experiment_name(name: str) -> tuple[str, str] | None:
    """Return tag and test id; None where it is no name of ours."""
    found = _NAME.fullmatch(name)
    return (found["tag"], found["test_id"]) if found else None


def loaded_techniques(eclib: Eclib, channel: int) -> list[LoadedTechnique]:
    """Ask the channel for everything that it has loaded."""
    count = eclib.channel_infos(channel).NbOfTechniques
    return [eclib.loaded(channel, index) for index in range(count)]


def fingerprint(techniques: Iterable[LoadedTechnique]) -> str:
    """Return a short text that another list does not have."""
    listed = list(techniques)
    content = repr([(it.technique_id, sorted(it.words.items())) for it in listed])
    return f"{len(listed)}-{zlib.crc32(content.encode()):08x}"


def fingerprint_now(eclib: Eclib, channel: int) -> str | None:
    """Return that of what is loaded; None where the library cannot tell."""
    try:
        return fingerprint(loaded_techniques(eclib, channel))
    except EclibError as error:
        if not error.is_refusal:
            raise
        return None
