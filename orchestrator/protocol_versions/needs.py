"""What a protocol needs and takes, told without knowing the cell: by a typical one."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from functools import lru_cache

from orchestrator.config import Lab
from orchestrator.store.instruments import Channel
from protocols.cell import Cell
from protocols.compile import compile_protocol
from protocols.errors import ProtocolErrors
from protocols.plan import Estimate, Plan, Prompt, Segment, SetTemperature
from protocols.program import Loop, walk
from protocols.reading import Protocol, parse_protocol

__all__ = ["TYPICAL_CELL", "Needs", "able_channels", "needs_of", "typical_plan"]

TYPICAL_CELL = Cell(
    "typical",
    active_mass_g=0.00275,
    area_cm2=1.131,
    nominal_capacity_Ah=0.00335,
    window_min_V=0.01,
    window_max_V=1.5,
    material="sio_c_l",
)
"""A half cell as it leaves the glove box."""


@dataclass(frozen=True, slots=True)
class Needs:
    """What a lab must have for it, and how long it takes."""

    techniques: tuple[str, ...] = ()
    """Kinds of :mod:`protocols.program` steps, in the order in which they come."""
    chamber: bool = False
    prompts: int = 0
    """How often a person is asked to do something."""
    estimate: Estimate | None = None
    """For the typical cell."""
    problems: tuple[str, ...] = ()
    """Why nothing can be told."""


def typical_plan(protocol: Protocol) -> Plan:
    """The plan for the typical cell, with the protocol's own window where it is another. Raises ProtocolErrors."""
    try:
        return compile_protocol(protocol, TYPICAL_CELL)
    except ProtocolErrors:
        return compile_protocol(protocol, replace(TYPICAL_CELL, window_min_V=None, window_max_V=None))


@lru_cache(maxsize=512)
def needs_of(source: str, file: str) -> Needs:
    """What the text of a protocol needs; ``file`` stands for it in messages."""
    try:
        plan = typical_plan(parse_protocol(source, file))
    except ProtocolErrors as errors:
        return Needs(problems=tuple(str(error) for error in errors.errors))
    return Needs(
        tuple(dict.fromkeys(_techniques(plan))),
        any(isinstance(item, SetTemperature) for item in plan.items),
        sum(isinstance(item, Prompt) for item in plan.items),
        plan.estimate,
    )


def able_channels(lab: Lab, channels: Iterable[Channel], needs: Needs) -> list[str]:
    """Benches, else ``instrument/channel``, that have every technique, and a chamber where one is needed."""
    return [
        channel.bench or f"{channel.instrument}/{channel.channel}"
        for channel in channels
        if channel.instrument in lab.instruments
        and set(needs.techniques) <= set(channel.capabilities.get("techniques", ()))
        and (channel.chamber is not None or not needs.chamber)
    ]


def _techniques(plan: Plan) -> Iterator[str]:
    for item in plan.items:
        if isinstance(item, Segment):
            yield from (step.kind for step in walk(item.program.steps) if not isinstance(step, Loop))
