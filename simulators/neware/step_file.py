"""Reading a BTS step file, whoever wrote it.

Units in the file: voltage 0.1 mV; time ms; current mA x Scale; capacity mA s x Scale; temperature 0.1 degC.
"""

from __future__ import annotations

from xml.etree.ElementTree import Element, ParseError

from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import fromstring

from simulators.neware.step_file_element import StepFileError, Units, child, number, optional_number, text
from simulators.neware.step_file_encoding import decode_step_file
from simulators.neware.step_file_step import parse_protection, parse_record, parse_step
from simulators.neware.step_program import Protection, RecordRule, Step, StepProgram

__all__ = ["StepFileError", "parse_step_file"]

_VERSIONS = range(16, 19)


def parse_step_file(data: bytes) -> StepProgram:
    """Read a step file (GB2312 or UTF-8, versions 16 to 18). Raises StepFileError with the place and the reason."""
    try:
        root = fromstring(decode_step_file(data), forbid_dtd=True)
    except (ParseError, DefusedXmlException) as error:
        raise StepFileError(f"not a readable XML file: {error}") from error
    config = root if root.tag == "config" else root.find("config")
    if config is None or config.get("type") != "Step File":
        raise StepFileError("no <config type='Step File'>")
    version = int(number(config, "version"))
    if version not in _VERSIONS:
        raise StepFileError(f"version {version} is unknown; 16, 17 and 18 are")
    head = config.find("Head_Info")
    scale = optional_number(head, "Scale") or 1.0
    units = Units(scale)
    nominal_Ah = units.capacity_Ah(optional_number(head, "MultCap"))
    mass_ug = optional_number(head, "SCQ")
    return StepProgram(
        steps=_steps(config, units, nominal_Ah),
        record=parse_record(config.find("Whole_Prt/Record/Main"), units) or RecordRule(),
        protection=parse_protection(config.find("Whole_Prt/Protect"), units) or Protection(),
        start_step=int(optional_number(head, "Start_Step") or 1),
        version=version,
        client_version=config.get("client_version", ""),
        guid=config.get("Guid", ""),
        creator=text(head, "Creator"),
        part_number=text(head, "PN"),
        remark=text(head, "Remark"),
        rate_type=int(optional_number(head, "RateType") or 103),
        nominal_capacity_Ah=nominal_Ah,
        active_mass_g=None if mass_ug is None else mass_ug * 1e-6,
        scale=scale,
    )


def _steps(config: Element, units: Units, nominal_Ah: float | None) -> tuple[Step, ...]:
    info = child(config, "Step_Info")
    steps = tuple(parse_step(element, units, nominal_Ah) for element in info)
    announced = int(number(info, "Num"))
    if announced != len(steps):
        raise StepFileError(f"Step_Info announces {announced} steps and holds {len(steps)}")
    numbers = [step.number for step in steps]
    if numbers != list(range(1, len(steps) + 1)):
        raise StepFileError(f"Step_ID has to count from 1 without gaps, found {numbers}")
    return steps
