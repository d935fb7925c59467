"""Parameters read back from a channel, held against those that were sent: all before a start, then one by one."""

from __future__ import annotations

import logging
import struct

from drivers.biologic.eclib import Eclib, LoadedTechnique
from drivers.biologic.error_codes import FATAL_FOR_CONNECTION, EclibError
from drivers.biologic.technique_list import Parameter, Technique, TechniqueList

__all__ = ["ReadBack", "difference"]

_LOG = logging.getLogger(__name__)
_EVERY_s = 10.0
"""One technique so often: a look must not wait for the whole list, and its rows come first."""


def difference(eclib: Eclib, index: int, technique: Technique, loaded: LoadedTechnique) -> str | None:
    """Say what the channel has otherwise at a place of its list, and what was sent; None: nothing."""
    for parameter in technique.parameters:
        told = loaded.words.get((parameter.label, parameter.index))
        if not _same(eclib, parameter, told):
            return (
                f"{_told(parameter, told)} for {parameter.label}[{parameter.index}] of technique {index} "
                f"({technique.stem}) instead of {parameter.value!r}"
            )
    return None


class ReadBack:
    """Of one running test: whether somebody has changed its parameters under way, as UpdateParameters does."""

    # unconfirmed on hardware: GetTechniqueInfos tells of a running technique what it was loaded with, or updated to

    def __init__(self, techniques: TechniqueList) -> None:
        self.techniques = techniques
        self._next = 0
        self._asked_s = float("-inf")
        self._different: dict[int, str] = {}

    def look(self, eclib: Eclib, channel: int, now_s: float) -> str | None:
        """Read the next technique back where it is time; return the first difference that is known.

        Raises EclibError where the connection is gone; what cannot be told now is asked for another time.
        """
        if abs(now_s - self._asked_s) >= _EVERY_s:
            self._asked_s = now_s
            self._ask(eclib, channel)
        return self._different[min(self._different)] if self._different else None

    def _ask(self, eclib: Eclib, channel: int) -> None:
        index = self._next
        self._next = (index + 1) % len(self.techniques.techniques)
        try:
            loaded = eclib.loaded(channel, index)
        except EclibError as error:
            if error.code in FATAL_FOR_CONNECTION:
                raise
            _LOG.info("channel %s: technique %s is not read back: %s", channel + 1, index, error)
            return
        different = difference(eclib, index, self.techniques.techniques[index], loaded)
        if different is None:
            self._different.pop(index, None)
        else:
            self._different[index] = f"channel {channel + 1} reads back {different}"


def _same(eclib: Eclib, parameter: Parameter, told: int | None) -> bool:
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
