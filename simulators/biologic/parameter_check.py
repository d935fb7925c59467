"""What LoadTechnique refuses although every label and type is right.

# unconfirmed on hardware: that each of these is refused with INVALIDPARAMETERS at loading
"""

from __future__ import annotations

from simulators.biologic.error_code import EclibError, ErrorCode
from simulators.biologic.limit_tests import ExitCondition
from simulators.biologic.parameter_set import ParameterSet
from simulators.biologic.ranges import AUTO_CURRENT, KEEP, current_full_scale_A
from simulators.biologic.technique_id import TechniqueId

__all__ = ["check_parameters"]

_LOWEST_Hz, _HIGHEST_Hz = 10e-6, 7e6
_ROUNDING = 1e-6
"""Of float32 parameters."""


def check_parameters(
    technique: TechniqueId, parameters: ParameterSet, index: int, least_range: int, greatest_range: int
) -> None:
    """Raise EclibError for the first thing that cannot be; ``index`` is the technique's place in the list."""
    if parameters.has("I_Range"):
        _check_hardware(technique, parameters, least_range, greatest_range)
    for counter in ("Step_number", "Scan_number"):
        if parameters.has(counter):
            _check_steps(parameters, counter)
    if parameters.has("Scan_Rate"):
        _check_scans(technique, parameters)
    if parameters.has("Initial_frequency"):
        _check_spectrum(parameters, greatest_range)
    if parameters.has("Exit_Cond"):
        known = set(ExitCondition)
        if any(parameters.whole("Exit_Cond", step) not in known for step in range(parameters.length("Exit_Cond"))):
            _refuse("Exit_Cond is 0, 1 or 2")
    if technique is TechniqueId.LOOP and not 0 <= parameters.count("protocol_number") < index:
        _refuse("a loop goes back to a technique before it")


def _refuse(why: str) -> None:
    raise EclibError(ErrorCode.INVALIDPARAMETERS, why)


def _check_hardware(technique: TechniqueId, parameters: ParameterSet, least: int, greatest: int) -> None:
    code = parameters.count("I_Range")
    automatic = technique in {TechniqueId.CP, TechniqueId.CPLIMIT, TechniqueId.GEIS} and parameters.given("I_Range")
    if code == AUTO_CURRENT and automatic:
        _refuse(f"{technique.name} takes no automatic current range")
    if code not in {KEEP, AUTO_CURRENT} and not least <= code <= greatest:
        _refuse(f"this channel has no current range {code}")
    if not 0 <= parameters.count("E_Range") <= 3:
        _refuse(f"there is no potential range {parameters.count('E_Range')}")
    if not -1 <= parameters.count("Bandwidth") <= 9:
        _refuse(f"there is no bandwidth {parameters.count('Bandwidth')}")
    if parameters.count("xctr"):
        _refuse("the virtual VSP-300 records no extra columns")
    if parameters.number("tb") < 0:
        _refuse("tb is negative")


def _check_steps(parameters: ParameterSet, counter: str) -> None:
    label = next(
        (it for it in ("Duration_step", "Voltage_step") if parameters.has(it) and parameters.length(it) > 1), ""
    )
    # a scan has a vertex more than there are scans
    most = parameters.length(label) - (2 if counter == "Scan_number" else 1) if label else 0
    if not 0 <= parameters.count(counter) <= most:
        _refuse(f"{counter} is between 0 and {most}")
    if parameters.has("N_Cycles") and parameters.count("N_Cycles") < 0:
        _refuse("N_Cycles is negative")


def _check_scans(technique: TechniqueId, parameters: ParameterSet) -> None:
    if parameters.number("Record_every_dE") <= 0:
        _refuse("Record_every_dE is positive")
    if technique is TechniqueId.CV and parameters.count("Scan_number") != 2:
        _refuse("Scan_number of CV is 2")
    if any(parameters.number("Scan_Rate", vertex) <= 0 for vertex in range(1, parameters.count("Scan_number") + 2)):
        _refuse("every Scan_Rate but the first is positive")
    if technique is TechniqueId.CV and parameters.number("Scan_Rate", 4) <= 0:
        _refuse("the last Scan_Rate is positive")
    if not 0 <= parameters.number("Begin_measuring_I") <= parameters.number("End_measuring_I") <= 1:
        _refuse("the measured share of a step lies between 0 and 1")


def _check_spectrum(parameters: ParameterSet, greatest_range: int) -> None:
    for label in ("Initial_frequency", "Final_frequency"):
        if not _LOWEST_Hz * (1 - _ROUNDING) <= parameters.number(label) <= _HIGHEST_Hz:
            _refuse(f"{label} is between {_LOWEST_Hz:g} and {_HIGHEST_Hz:g} Hz")
    for label in ("Frequency_number", "Average_N_times"):
        if parameters.count(label) < 1:
            _refuse(f"{label} is at least 1")
    if parameters.number("Wait_for_steady") < 0:
        _refuse("Wait_for_steady is negative")
    galvano = parameters.has("Amplitude_Current")
    amplitude = parameters.number("Amplitude_Current" if galvano else "Amplitude_Voltage")
    if amplitude <= 0:
        _refuse("the amplitude is positive")
    full_scale_A = current_full_scale_A(parameters.count("I_Range"), greatest_range)
    if galvano and amplitude > 0.5 * full_scale_A * (1 + _ROUNDING):
        _refuse(f"Amplitude_Current is more than half of {full_scale_A:g} A")
