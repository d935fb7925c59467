"""The steps of a protocol: one key names the kind, ``label`` may stand beside it. Loops hold further steps."""

from __future__ import annotations

from typing import Annotated

from pydantic import BeforeValidator, Discriminator, Field, Tag

from protocols.errors import Place, Refusal
from protocols.node import MappingNode, Node, SequenceNode, spoken_key
from protocols.schema.constant_current import ConstantCurrentSection
from protocols.schema.fields import Count, Label
from protocols.schema.for_each import ForEach, ReadForEach
from protocols.schema.hold import HoldSection
from protocols.schema.impedance import ImpedanceSection
from protocols.schema.pulse import GittSection, PulseSection
from protocols.schema.rest import RestSection
from protocols.schema.section import Section, unknown_word
from protocols.schema.stop_when import StopWhenSection
from protocols.schema.temperature import TemperatureSection
from protocols.schema.voltage_scan import CyclicVoltammetrySection, SweepSection

__all__ = [
    "ChargeStep",
    "CyclicVoltammetryStep",
    "DischargeStep",
    "ForEachStep",
    "GittStep",
    "HoldStep",
    "ImpedanceStep",
    "PromptStep",
    "PulseStep",
    "RepeatStep",
    "RestStep",
    "StepSection",
    "Steps",
    "SweepStep",
    "TemperatureStep",
]


class _Step(Section):
    label: Label | None = Field(None, description="a name for the records of this step; $name is filled in")


class RestStep(_Step):
    """Open circuit."""

    rest: RestSection


class ChargeStep(_Step):
    """Positive current; in a half cell delithiation."""

    charge: ConstantCurrentSection


class DischargeStep(_Step):
    """Negative current; in a half cell lithiation."""

    discharge: ConstantCurrentSection


class HoldStep(_Step):
    """Constant voltage."""

    hold: HoldSection


class PulseStep(_Step):
    """Constant current for a time, then open circuit."""

    pulse: PulseSection


class GittStep(_Step):
    """Titration: pulses with rests between, until a voltage is reached."""

    gitt: GittSection


class SweepStep(_Step):
    """The voltage moves to another at a constant rate."""

    sweep: SweepSection


class CyclicVoltammetryStep(_Step):
    """The voltage moves between two vertices at a constant rate."""

    cyclic_voltammetry: CyclicVoltammetrySection


class ImpedanceStep(_Step):
    """One impedance spectrum."""

    impedance: ImpedanceSection


class TemperatureStep(_Step):
    """The chamber goes to a temperature; the service waits until it is stable there."""

    temperature: TemperatureSection


class PromptStep(_Step):
    """Somebody has to do something and confirm it before anything else happens."""

    prompt: Label = Field(description="what to do; $name is filled in", examples=["Close the lid"])


class RepeatStep(_Step):
    """A loop; one pass is one cycle."""

    repeat: Count = Field(description="how often")
    steps: Steps = Field(description="what is repeated", examples=["[…]"])
    stop_when: StopWhenSection | None = None


class ForEachStep(_Step):
    """The same steps for each value of a list."""

    for_each: Annotated[ForEach, ReadForEach()]
    steps: Steps = Field(description="what is done for each", examples=["[…]"])


_KINDS = (
    "rest",
    "charge",
    "discharge",
    "hold",
    "pulse",
    "gitt",
    "sweep",
    "cyclic_voltammetry",
    "impedance",
    "temperature",
    "prompt",
    "repeat",
    "for_each",
)
"""Known steps; a new family adds its key here, its model above and its binding in :mod:`protocols.compile`."""
_BESIDE = ("label", "steps", "stop_when")


def _kind(node: Node) -> str | None:
    return next((key for key in _KINDS if isinstance(node, MappingNode) and node.get(key) is not None), None)


def _known_step(node: Node) -> Node:
    """Return the node, if exactly one known step is named in it. Raises Refusal."""
    if not isinstance(node, MappingNode):
        raise Refusal(node.place, "is not a step", f"write one of {', '.join(_KINDS)}, such as - rest: 10 min")
    named = [entry for entry in node.entries if entry.key in _KINDS]
    if len(named) > 1:
        both = f"{named[0].key} and {named[1].key}"
        remedy = f"begin {named[1].key} on a line of its own with a dash"
        raise Refusal(Place(named[1].line, spoken_key(node.path)), f"names two steps, {both}", remedy)
    if not named:
        stranger = next((entry for entry in node.entries if entry.key not in _BESIDE), None)
        if stranger is None:
            raise Refusal(node.place, "names no step", f"write one of {', '.join(_KINDS)}")
        message, remedy = unknown_word(stranger.key, list(_KINDS))
        known = "" if remedy.startswith("known") else f" (known steps: {', '.join(_KINDS)})"
        raise Refusal(
            Place(stranger.line, spoken_key(node.path)), message.replace("is unknown", "is no step"), remedy + known
        )
    return node


StepSection = Annotated[
    Annotated[RestStep, Tag("rest")]
    | Annotated[ChargeStep, Tag("charge")]
    | Annotated[DischargeStep, Tag("discharge")]
    | Annotated[HoldStep, Tag("hold")]
    | Annotated[PulseStep, Tag("pulse")]
    | Annotated[GittStep, Tag("gitt")]
    | Annotated[SweepStep, Tag("sweep")]
    | Annotated[CyclicVoltammetryStep, Tag("cyclic_voltammetry")]
    | Annotated[ImpedanceStep, Tag("impedance")]
    | Annotated[TemperatureStep, Tag("temperature")]
    | Annotated[PromptStep, Tag("prompt")]
    | Annotated[RepeatStep, Tag("repeat")]
    | Annotated[ForEachStep, Tag("for_each")],
    Discriminator(_kind),
    BeforeValidator(_known_step),
]


def _step_nodes(node: Node) -> tuple[Node, ...]:
    if not isinstance(node, SequenceNode):
        raise Refusal(node.place, "is not a list of steps", "begin each step with a dash: - rest: 10 min")
    if not node.items:
        raise Refusal(node.place, "holds no steps", "write at least one step, such as - rest: 10 min")
    return node.items


Steps = Annotated[tuple[StepSection, ...], Field(json_schema_extra={"minItems": 1}), BeforeValidator(_step_nodes)]

RepeatStep.model_rebuild()
ForEachStep.model_rebuild()
