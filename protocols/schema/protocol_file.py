"""The file as a whole."""

from __future__ import annotations

import re
from typing import Annotated, Any

from pydantic import Field, PlainValidator, ValidationError, WithJsonSchema

from protocols.errors import Place, Refusal, quoted
from protocols.node import MappingNode, Node
from protocols.schema.analyses import AnalysisEntry, ReadAnalyses
from protocols.schema.fields import VoltageRange
from protocols.schema.limits import LimitsSection
from protocols.schema.parameters import ParameterNode, ReadParameters
from protocols.schema.record import RecordSection
from protocols.schema.section import Section
from protocols.schema.steps import Steps
from protocols.schema.written import read_scalar

__all__ = ["LANGUAGE_VERSION", "CellSection", "ProtocolFile", "read_protocol_file", "refusals_in"]

LANGUAGE_VERSION = 1
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,63}")


def _version(node: Any) -> int:
    text = read_scalar(node, f"cellbench: {LANGUAGE_VERSION}").text
    if text == str(LANGUAGE_VERSION):
        return LANGUAGE_VERSION
    remedy = f"write cellbench: {LANGUAGE_VERSION}"
    if re.fullmatch("[0-9]{1,6}", text) and int(text) > LANGUAGE_VERSION:
        message = f"the file is written in version {text} of the language, this cellbench reads {LANGUAGE_VERSION}"
        raise Refusal(node.place, message, "upgrade cellbench")
    raise Refusal(node.place, f"{quoted(text)} is no version of the language", remedy)


def _name(node: Any) -> str:
    text = read_scalar(node, "a name such as rate-ladder").text
    if not _NAME.fullmatch(text):
        raise Refusal(node.place, f"{quoted(text)} is no name", "use letters, digits and dashes, such as rate-ladder")
    return text


def _description(node: Any) -> str:
    return read_scalar(node, "a sentence").text


class CellSection(Section):
    """Which cells this protocol is for."""

    window: VoltageRange = Field(
        description="the cell's voltage window; others are refused", examples=["[0.01 V, 1.5 V]"]
    )


class ProtocolFile(Section):
    """Everything that one protocol file says."""

    cellbench: Annotated[int, PlainValidator(_version), WithJsonSchema({"const": LANGUAGE_VERSION})] = Field(
        description="version of the language", examples=[LANGUAGE_VERSION]
    )
    protocol: Annotated[
        str, PlainValidator(_name), WithJsonSchema({"type": "string", "pattern": f"^{_NAME.pattern}$"})
    ] = Field(description="the protocol's name", examples=["rate-ladder"])
    description: Annotated[str, PlainValidator(_description), WithJsonSchema({"type": "string"})] = ""
    parameters: Annotated[dict[str, ParameterNode], ReadParameters()] = Field(
        default_factory=dict, description="names with defaults, overridden at launch with --set name=value"
    )
    cell: CellSection | None = None
    limits: LimitsSection = Field(
        description="protection, mandatory", examples=["{voltage: [-0.05 V, 2.0 V], current: 6 mA}"]
    )
    record: RecordSection | None = Field(
        None, description="when the instrument records (default {every: 10 s, voltage_change: 5 mV})"
    )
    steps: Steps = Field(description="what happens to the cell, in order", examples=["[…]"])
    analyses: Annotated[tuple[AnalysisEntry, ...], ReadAnalyses()] = Field(
        default=(), description="what is computed when the run completes"
    )


def read_protocol_file(node: Node, findings: list[Refusal]) -> ProtocolFile | None:
    """Return the model of a file's tree; None, and everything that is wrong with it in ``findings``."""
    version = node.get("cellbench") if isinstance(node, MappingNode) else None
    try:
        if version is not None:
            _version(version)  # a newer file is not measured by the rules of this version
        definition = ProtocolFile.model_validate(node, context=findings)
    except Refusal as refusal:
        findings.append(refusal)
        return None
    except ValidationError as error:
        findings += refusals_in(error)
        return None
    return None if findings else definition


def refusals_in(error: ValidationError) -> list[Refusal]:
    """Return the findings inside a ValidationError. Missing keys were found by Section, with their remedy."""
    found: list[Refusal] = []
    for detail in error.errors(include_url=False, include_input=False):
        cause = detail.get("ctx", {}).get("error")
        if isinstance(cause, Refusal):
            found.append(cause)
        elif detail["type"] != "missing":
            found.append(Refusal(Place(None, ".".join(map(str, detail["loc"]))), detail["msg"]))
    return found
