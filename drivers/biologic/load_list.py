"""Loading a list of techniques, and reading back what the channel has of it before anything is started."""

from __future__ import annotations

from drivers.biologic.channel_run_state import KERNEL
from drivers.biologic.eclib import Eclib
from drivers.biologic.error_codes import EclibError
from drivers.biologic.read_back import difference
from drivers.biologic.recognition import fingerprint, loaded_techniques
from drivers.biologic.technique_list import Technique, TechniqueList
from drivers.errors import Refused

__all__ = ["load_list"]

_SUFFIXES = {1: "", 2: "4", 3: "5"}
"""Of ``.ecc`` files by board type; easy-biologic goes by the chassis, which may hold boards of several types."""


def load_list(eclib: Eclib, channel: int, board_type: int, techniques: TechniqueList) -> str:
    """Load everything and compare it with what the channel then tells. Returns the fingerprint.

    Raises Refused with the instrument's own reason, or naming the parameter that it has otherwise; EclibError where it
    could not be asked.
    """
    if board_type not in _SUFFIXES:
        raise Refused(f"channel {channel + 1} has a board of an unknown type {board_type}")
    listed = techniques.techniques
    for index, technique in enumerate(listed):
        file = f"{technique.stem}{_SUFFIXES[board_type]}.ecc"
        first, last = index == 0, index == len(listed) - 1
        try:
            eclib.load_technique(channel, file, technique.parameters, first=first, last=last)
        except EclibError as error:
            raise _with_reason(eclib, channel, index, technique, error) from error
    return _compare(eclib, channel, listed)


def _with_reason(eclib: Eclib, channel: int, index: int, technique: Technique, error: EclibError) -> Exception:
    """Put the channel's own messages behind a refusal."""
    if not error.is_refusal:
        return error
    reasons = "; ".join(eclib.messages(channel)) or "the instrument gives no reason"
    return Refused(f"channel {channel + 1} refused technique {index} ({technique.stem}): {error}: {reasons}")


def _compare(eclib: Eclib, channel: int, listed: tuple[Technique, ...]) -> str:
    if eclib.channel_infos(channel).FirmwareCode != KERNEL:
        raise Refused(f"channel {channel + 1} has lost its kernel while techniques were loaded")
    found = loaded_techniques(eclib, channel)
    if len(found) != len(listed):
        raise Refused(f"channel {channel + 1} tells {len(found)} loaded techniques of {len(listed)}: not started")
    for index, (technique, loaded) in enumerate(zip(listed, found, strict=True)):
        different = difference(eclib, index, technique, loaded)
        if different is not None:
            raise Refused(f"channel {channel + 1} reads back {different}: not started")
    return fingerprint(found)
