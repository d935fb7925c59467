"""The models of a campaign file: strict, with the line of everything, as protocol files have it."""

from __future__ import annotations

import re
from typing import Annotated, Any

from pydantic import BeforeValidator, Field, PlainValidator

from orchestrator.campaigns.definition import PRIORITIES
from protocols.errors import Refusal, quoted
from protocols.node import MappingNode, Node, ScalarNode, SequenceNode
from protocols.schema.analyses import AnalysisEntry, ReadAnalyses
from protocols.schema.fields import Duration
from protocols.schema.section import Section, unknown_word
from protocols.schema.written import read_scalar

__all__ = ["FORMAT_VERSION", "CampaignFile", "ConditionSection", "StepSection", "TimingKeys"]

FORMAT_VERSION = 1
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,63}")
_CELL = re.compile(r"[^\s#/\\]{1,64}")
_IF_ONE_FAILS = ("go_on", "stop_cell", "pause_all", "stop_all")


def _version(node: Any) -> int:
    text = read_scalar(node, f"cellbench_campaign: {FORMAT_VERSION}").text
    if text != str(FORMAT_VERSION):
        remedy = f"write cellbench_campaign: {FORMAT_VERSION}"
        raise Refusal(node.place, f"{quoted(text)} is no version of campaign files that this cellbench reads", remedy)
    return FORMAT_VERSION


def _name(node: Any) -> ScalarNode:
    scalar = read_scalar(node, "a name such as formation")
    if not _NAME.fullmatch(scalar.text):
        remedy = "use letters, digits and dashes, such as rate-ladder"
        raise Refusal(scalar.place, f"{quoted(scalar.text)} is no name", remedy)
    return scalar


def _line(node: Any) -> ScalarNode:
    scalar = read_scalar(node, "a line of text")
    if scalar.is_null or not scalar.text.strip() or not scalar.text.isprintable():
        raise Refusal(scalar.place, "nothing is written here", "write one line of text")
    return scalar


def _names(node: Any) -> tuple[ScalarNode, ...]:
    """One name, or a list of them."""
    items = node.items if isinstance(node, SequenceNode) else (node,)
    return tuple(_line(item) for item in items)


def _cell(node: Any) -> ScalarNode:
    scalar = _line(node)
    if not _CELL.fullmatch(scalar.text):
        remedy = "write what stands on its barcode: no blanks, no #, / or backslash"
        raise Refusal(scalar.place, f"{quoted(scalar.text)} is no cell", remedy)
    return scalar


def _cells(node: Node) -> dict[str, tuple[ScalarNode, ...]]:
    """Cells by group; a flat list is one group without a name."""
    if isinstance(node, SequenceNode):
        return {"": tuple(_cell(item) for item in node.items)}
    if not isinstance(node, MappingNode):
        raise Refusal(node.place, "is no list of cells", "write cells: [L1, L2], or cells: {group: [L1, L2]}")
    return {entry.key: _list_of_cells(entry.value) for entry in node.entries}


def _list_of_cells(node: Node) -> tuple[ScalarNode, ...]:
    if not isinstance(node, SequenceNode):
        raise Refusal(node.place, "is no list of cells", "write [L1, L2]")
    return tuple(_cell(item) for item in node.items)


Pool = tuple[tuple[ScalarNode | None, ScalarNode], ...]
"""Of each bench the cell that it is kept for, None: any, and its name."""


def _pools(node: Node) -> dict[str, tuple[Node, Pool]]:
    if not isinstance(node, MappingNode):
        raise Refusal(node.place, "is no mapping of pools", "write benches: {neware: [A1, A2], vsp: [P1]}")
    return {entry.key: (entry.value, _pool(entry.value)) for entry in node.entries}


def _pool(node: Node) -> Pool:
    if isinstance(node, SequenceNode):
        return tuple((None, _line(item)) for item in node.items)
    if isinstance(node, MappingNode):
        return tuple((_cell(ScalarNode(e.line, (*node.path, e.key), e.key)), _line(e.value)) for e in node.entries)
    raise Refusal(node.place, "is no pool of benches", "write [A1, A2], or {L1: A1, L2: A2} for fixed places")


def _one_of(*words: str) -> PlainValidator:
    def check(node: Any) -> str:
        text = read_scalar(node, " or ".join(words)).text
        if text not in words:
            raise Refusal(node.place, *unknown_word(text, list(words)))
        return text

    return PlainValidator(check)


def _flag(node: Any) -> bool:
    text = read_scalar(node, "true or false").text
    if text not in ("true", "false"):
        raise Refusal(node.place, f"{quoted(text)} is neither true nor false", "write true or false")
    return text == "true"


def _parameters(node: Node) -> dict[str, str]:
    """Values as text, exactly as ``--set`` takes them."""
    if not isinstance(node, MappingNode):
        raise Refusal(node.place, "is no mapping of parameters", "write set: {rate: 1C, cycles: 3}")
    return {entry.key: _parameter(entry.value) for entry in node.entries}


def _parameter(node: Node) -> str:
    if isinstance(node, SequenceNode):
        return f"[{', '.join(_line(item).text for item in node.items)}]"
    return _line(node).text


def _as_nodes(node: Node) -> tuple[Node, ...]:
    if not isinstance(node, SequenceNode) or not node.items:
        raise Refusal(node.place, "is no list of steps", "write - {name: formation, protocol: formation}")
    return node.items


Name = Annotated[ScalarNode, PlainValidator(_name)]
Line = Annotated[ScalarNode, PlainValidator(_line)]
Names = Annotated[tuple[ScalarNode, ...], PlainValidator(_names)]
IfOneFailsWord = Annotated[str, _one_of(*_IF_ONE_FAILS)]
PriorityWord = Annotated[str, _one_of(*PRIORITIES)]
Flag = Annotated[bool, PlainValidator(_flag)]


class ConditionSection(Section):
    """``when: {result: cycles.initial coulombic efficiency, above: 70 %}``."""

    result: Line = Field(description="ANALYSIS.VALUE", examples=["cycles.initial coulombic efficiency"])
    of: Line | None = Field(None, description="the step whose result it is; default: the one that this comes after")
    above: Line | None = None
    below: Line | None = None


class TimingKeys(Section):
    """When something begins."""

    start: Line | None = None
    cron: Line | None = None
    grace: Duration | None = None


class StepSection(TimingKeys):
    """One step."""

    name: Name = Field(description="the step's name", examples=["formation"])
    protocol: Line | None = None
    prompt: Line | None = None
    on: Line | None = None
    to: Line | None = None
    cells: Names | None = None
    after: Names | None = None
    when: ConditionSection | None = None
    set: Annotated[dict[str, str], PlainValidator(_parameters)] = Field(default_factory=dict)
    analyses: Annotated[tuple[AnalysisEntry, ...], ReadAnalyses()] = ()
    priority: PriorityWord | None = None
    if_one_fails: IfOneFailsWord | None = None
    together: Flag = False
    chamber: Line | None = None


class CampaignFile(TimingKeys):
    """Everything that one campaign file says."""

    cellbench_campaign: Annotated[int, PlainValidator(_version)] = Field(
        description="version of the format", examples=[FORMAT_VERSION]
    )
    campaign: Name = Field(description="the campaign's name", examples=["sio-fast-charging"])
    description: Line | None = None
    cells: Annotated[dict[str, tuple[ScalarNode, ...]], PlainValidator(_cells)] = Field(
        description="which cells", examples=["[L1, L2]"]
    )
    benches: Annotated[dict[str, tuple[Node, Pool]], PlainValidator(_pools)] = Field(
        description="pools of benches", examples=["{neware: [A1, A2]}"]
    )
    time_zone: Line | None = None
    priority: PriorityWord = "normal"
    if_one_fails: IfOneFailsWord = "stop_cell"
    steps: Annotated[tuple[StepSection, ...], BeforeValidator(_as_nodes)] = Field(
        description="what is done with each cell", examples=["[{name: formation, protocol: formation}]"]
    )
