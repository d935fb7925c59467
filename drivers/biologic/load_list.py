"""Loading a list of techniques, and reading back what the channel has of it before anything is started."""

from __future__ import annotations

import struct

from drivers.biologic.channel_run_state import KERNEL
from drivers.biologic.eclib import Eclib, LoadedTechnique
from drivers.biologic.error_codes import EclibError
from drivers.biologic.recognition import fingerprint, loaded_techniques
from drivers.biologic.technique_list import Parameter, Technique, TechniqueList
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
        for parameter in technique.parameters:
            if not _same(eclib, parameter, loaded):
                told = loaded.words.get((parameter.label, parameter.index))
                raise Refused(
                    f"channel {channel + 1} reads back {_told(parameter, told)} for {parameter.label}"
                    f"[{parameter.index}] of technique {index} ({technique.stem}) instead of {parameter.value!r}: "
                    "not started"
                )
    return fingerprint(found)


def _same(eclib: Eclib, parameter: Parameter, loaded: LoadedTechnique) -> bool:
    told = loaded.words.get((parameter.label, parameter.index))
    if told is None:
        return False
    if isinstance(parameter.value, bool):
        return bool(told) == parameter.value
    sent = int(eclib.define(parameter).ParamVal)
    return told == sent or (isinstance(parameter.value, float) and _single(told) == _single(sent))  # -0.0 is 0.0


def _single(word: int) -> float:
    number: float = struct.unpack("<f", struct.pack("<I", word))[0]
    return number


def _told(parameter: Parameter, word: int | None) -> str:
    if word is None:
        return "nothing"
    return f"{_single(word):g}" if isinstance(parameter.value, float) else str(word)
