"""What the numbers that EClib returns mean, and what each of them says about a call that failed with it (A3)."""

from __future__ import annotations

from collections.abc import Mapping

__all__ = [
    "BUSY",
    "ECLAB_LOADED",
    "FATAL_FOR_CONNECTION",
    "FIRMWARE_MISSING",
    "OPTION_ERRORS",
    "EclibError",
    "describe",
]

_TEXTS: Mapping[int, str] = {
    -1: "not connected",
    -2: "a connection is in progress",
    -3: "the channel is not plugged",
    -4: "invalid parameters",
    -5: "a file does not exist",
    -6: "the function failed",
    -7: "no channel selected",
    -8: "invalid electrode configuration",
    -9: "the channel runs EC-Lab's firmware",
    -10: "the library is not loaded correctly",
    -11: "error of the USB library",
    -12: "another function is in progress",
    -13: "the channel is running",
    -14: "not allowed with this device",
    -15: "these parameters cannot be updated",
    -101: "VME error",
    -102: "too many data",
    -103: "no response possible",
    -104: "error in the response",
    -105: "wrong size of a message",
    -200: "communication failed",
    -201: "nobody answers at this address",
    -202: "no acknowledgement yet",
    -203: "invalid IP address",
    -204: "the library has no memory",
    -205: "loading the firmware failed",
    -206: "incompatible instrument server",
    -207: "too many PCs are connected",
    -300: "the kernel file does not exist",
    -301: "the kernel file cannot be read",
    -302: "invalid kernel file",
    -303: "loading the kernel failed",
    -304: "the FPGA file does not exist",
    -305: "the FPGA file cannot be read",
    -306: "invalid FPGA file",
    -307: "loading the FPGA failed",
    -308: "no kernel is loaded on the channel",
    -309: "the kernel does not fit the library",
    -400: "the technique's .ecc file does not exist",
    -401: "the .ecc file is of another board type",
    -402: "the .ecc file is corrupted",
    -403: "the technique cannot be loaded",
    -404: "returned data are corrupted",
    -405: "the channel's memory for techniques is full",
}

ECLAB_LOADED = -9
BUSY = -12
FIRMWARE_MISSING = frozenset({-308, -309})
FATAL_FOR_CONNECTION = frozenset({-1, -200, -201, -206, -207})
"""A call after one of these connects anew first."""

_NOT_EXECUTED_YET = frozenset({-1, -2, BUSY})
"""The instrument has not heard of the call."""
_UNANSWERED = frozenset({-101, -103, -104, -105, -200, -202})
"""The instrument may have executed the call."""
_NO_INSTRUMENT = frozenset({-201, -206, -207})

OPTION_ERRORS: Mapping[int, str] = {
    1: "options changed",
    2: "input open",
    3: "ohmic drop compensation overflow",
    100: "booster error",
    101: "booster overheated",
    102: "booster: bad power",
    103: "booster: power failure",
}
"""Of CurrentValues.OptErr; those of other boosters are told by their numbers."""


def describe(code: int) -> str:
    """Return the text of a code, with the code."""
    return f"{_TEXTS.get(code, 'an error that is not documented')} ({code})"


class EclibError(Exception):
    """A call returned an error code."""

    def __init__(self, call: str, code: int, why: str = "") -> None:
        super().__init__(f"BL_{call}: {describe(code)}" + (f": {why}" if why else ""))
        self.call = call
        self.code = code

    @property
    def is_refusal(self) -> bool:
        """Whether the instrument, or the library on its behalf, said no: trying again will not help."""
        return self.code not in _NOT_EXECUTED_YET | _UNANSWERED | _NO_INSTRUMENT

    @property
    def may_have_acted(self) -> bool:
        """Whether the instrument may have done what was asked although the call failed."""
        return self.code in _UNANSWERED
