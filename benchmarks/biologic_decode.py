"""Decoding one GetData answer of 200 rows: this driver against easy-biologic's own parser, on the same words.

The parser calls the DLL for each word. In its place stands a function of the C library, since the call is what takes
the time: the virtual DLL's would be slower than a real one's.
"""

from __future__ import annotations

import ctypes
import importlib.util
import time
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import numpy as np
import numpy.typing as npt

from drivers.biologic.decode import Decoder
from drivers.biologic.decoder_state import DecoderState
from drivers.biologic.segment_rows import process_rows
from drivers.biologic.spool_frames import Data
from drivers.biologic.spooled_rows import segment_of
from drivers.biologic.structs import CurrentValues, DataInfos
from drivers.biologic.technique_list import Parameter, StepRows, Technique, TechniqueList
from drivers.contracts import StepKind
from simulators.biologic.ti_float import ti_from_ieee

Words = npt.NDArray[np.uint32]
ROWS, COLUMNS = 200, 5
REPEATS = 2000
TICK_S = 5e-5
TIMES_FASTER = 40.0
_CPLIMIT, _CP = 155, 102


def measure() -> dict[str, dict[str, Any]]:
    """Without easy-biologic in this environment there is nothing to compare with."""
    words = _words()
    data = Data(0.0, 2, _INFOS, _VALUES, words.tobytes())
    ours_us, whole_us = _undisturbed_us(lambda: _numbers(data)), _undisturbed_us(lambda: _records(data))
    figures = {
        "biologic_decode": _figure(ours_us, 50.0, "lower", "us a segment"),
        "biologic_decode_records": _figure(whole_us, 300.0, "lower", "us a segment"),
    }
    theirs = _easy_biologic()
    if theirs is None:
        print("  easy-biologic is not installed here: nothing to compare with (pip install 'cellbench[biologic]')")
        return figures
    theirs_us = _undisturbed_us(lambda: theirs(words))
    print(f"  easy_biologic.lib.data_parser.parse takes {theirs_us:.0f} us for the same segment")
    figures["biologic_decode_times_faster"] = _figure(theirs_us / ours_us, TIMES_FASTER, "higher", "times")
    return figures


def _words() -> Words:
    ticks = np.arange(1, ROWS + 1) * 100
    words = np.zeros((ROWS, COLUMNS), np.uint32)
    words[:, 1] = ticks
    words[:, 2] = ti_from_ieee(np.linspace(0.1, 1.4, ROWS).astype(np.float32))
    words[:, 3] = ti_from_ieee(np.full(ROWS, 1e-3, np.float32))
    return words


_TECHNIQUES = TechniqueList(
    (Technique("cplimit", (Parameter("Record_every_dT", 0.005),), TICK_S, (StepRows(1, StepKind.CC_CHARGE),)),)
)
_DECODER, _BEGIN = Decoder(_TECHNIQUES), DecoderState(1.7e9)
_VALUES = bytes(CurrentValues(State=1, TimeBase=TICK_S))
_INFOS = bytes(DataInfos(NbRows=ROWS, NbCols=COLUMNS, TechniqueID=_CPLIMIT))


def _numbers(data: Data) -> object:
    """Times, potentials and currents: what easy-biologic's parser makes, and the times besides."""
    return process_rows(segment_of(data), TICK_S, "cplimit")


def _records(data: Data) -> object:
    """From the bytes of the spool to all columns of the contract, charge and energy included."""
    return _DECODER.decode(segment_of(data), _BEGIN)


def _no_error(_: int) -> int:
    return 0


def _easy_biologic() -> Callable[[Words], object] | None:
    """Return its parser, over the virtual library: it converts each word with a call of the DLL."""
    if importlib.util.find_spec("easy_biologic") is None:
        return None
    from simulators.biologic.install import import_on_virtual_windows

    import_on_virtual_windows("easy_biologic")
    parser = import_on_virtual_windows("easy_biologic.lib.data_parser")
    library = import_on_virtual_windows("easy_biologic.lib.ec_lib")
    conversion = ctypes.CDLL(None).labs
    conversion.restype = _no_error
    library.BL_ConvertNumericIntoSingle = conversion
    fields = parser.SP300_Fields.CP  # named, because parse(fields=None) is a TypeError
    info = SimpleNamespace(NbRows=ROWS, NbCols=COLUMNS, TechniqueID=_CP, ProcessIndex=0)

    def parse(words: Words) -> object:
        return parser.parse((ctypes.c_uint32 * 1000)(*words.reshape(-1).tolist()), info, fields)

    return parse


def _undisturbed_us(call: Callable[[], object]) -> float:
    """The quickest of many: what others do on this machine at the same time is not ours."""
    call()
    taken = []
    for _ in range(REPEATS):
        began = time.perf_counter()
        call()
        taken.append(time.perf_counter() - began)
    return min(taken) * 1e6


def _figure(value: float, target: float, better: str, unit: str) -> dict[str, Any]:
    return {"value": round(value, 2), "target": target, "better": better, "unit": unit}


if __name__ == "__main__":
    print(measure())
