"""Which parameters each technique takes, under their case-sensitive labels."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from simulators.biologic.technique_id import TechniqueId

__all__ = ["HARDWARE_LABELS", "Kind", "ParameterSpec", "parameters_of"]

Kind = Literal["int", "bool", "single"]
_KINDS: Mapping[str, Kind] = {"i": "int", "b": "bool", "f": "single"}


@dataclass(frozen=True, slots=True)
class ParameterSpec:
    """One label: ``length`` elements with a ParamIndex each, 1 for a single value."""

    kind: Kind
    length: int = 1
    default: float = 0.0
    """What an element is that nobody gives."""


def _table(text: str) -> dict[str, ParameterSpec]:
    """Read ``label:kind[length]=default`` entries."""
    specs = {}
    for entry in text.split():
        label, _, rest = entry.partition(":")
        shape, _, default = rest.partition("=")
        length = int(shape[1:].strip("[]") or 1)
        specs[label] = ParameterSpec(_KINDS[shape[0]], length, float(default or 0))
    return specs


_HARDWARE = _table("I_Range:i=12 E_Range:i=3 Bandwidth:i=-1 tb:f xctr:i Rcmp_Mode:i raux1:i raux2:i")
# unconfirmed on hardware: the ranges of a technique that names none
HARDWARE_LABELS = frozenset(_HARDWARE)

_STEPS = "vs_initial:b[{n}] Duration_step:f[{n}] Step_number:i Record_every_dT:f N_Cycles:i "
_SCANS = (
    "Voltage_step:f[{n}] vs_initial:b[{n}] Scan_Rate:f[{n}] Scan_number:i Record_every_dE:f N_Cycles:i "
    "Begin_measuring_I:f=0.5 End_measuring_I:f=1 "
)
_TESTS = "".join(f"Test{k}_Config:i[20] Test{k}_Value:f[20] " for k in (1, 2, 3)) + "Exit_Cond:i[20]"
_SPECTRUM = (
    "vs_initial:b vs_final:b Duration_step:f Step_number:i Record_every_dT:f Final_frequency:f Initial_frequency:f "
    "sweep:b Frequency_number:i=1 Average_N_times:i=1 Correction:b Wait_for_steady:f "
)

_TECHNIQUES: Mapping[TechniqueId, dict[str, ParameterSpec]] = {
    TechniqueId.OCV: _table("Rest_time_T:f Record_every_dE:f Record_every_dT:f"),
    TechniqueId.CA: _table("Voltage_step:f[100] Record_every_dI:f " + _STEPS.format(n=100)),
    TechniqueId.CP: _table("Current_step:f[100] Record_every_dE:f " + _STEPS.format(n=100)),
    TechniqueId.CALIMIT: _table("Voltage_step:f[20] Record_every_dI:f " + _STEPS.format(n=20) + _TESTS),
    TechniqueId.CPLIMIT: _table("Current_step:f[20] Record_every_dE:f " + _STEPS.format(n=20) + _TESTS),
    TechniqueId.CV: _table(_SCANS.format(n=5) + "Average_over_dE:b"),
    TechniqueId.VSCAN: _table(_SCANS.format(n=100)),
    TechniqueId.VSCANLIMIT: _table(_SCANS.format(n=20) + _TESTS),
    TechniqueId.PEIS: _table(
        _SPECTRUM + "Initial_Voltage_step:f Final_Voltage_step:f Record_every_dI:f Amplitude_Voltage:f"
    ),
    TechniqueId.GEIS: _table(
        _SPECTRUM + "Initial_Current_step:f Final_Current_step:f Record_every_dE:f Amplitude_Current:f"
    ),
    TechniqueId.MP: _table(
        "Value_step:f[20] vs_initial:b[20] Duration_step:f[20] Record_every_dT:f[20] Record_every_dM:f[20] "
        "Mode_step:i[20] Step_number:i Record_every_rc:i=1 N_Cycles:i"
    ),
    TechniqueId.LOOP: _table("loop_N_times:i protocol_number:i"),
    TechniqueId.TO: _table("Trigger_Logic:i Trigger_Duration:f"),
    TechniqueId.TI: _table("Trigger_Logic:i"),
    TechniqueId.TOS: _table("Trigger_Logic:i"),
}

_MEASURE_NOTHING = {TechniqueId.LOOP, TechniqueId.TO, TechniqueId.TI, TechniqueId.TOS}


def parameters_of(technique: TechniqueId) -> Mapping[str, ParameterSpec]:
    """Return all labels of a technique, those of the hardware included where it measures."""
    own = _TECHNIQUES[technique]
    return own if technique in _MEASURE_NOTHING else own | _HARDWARE
