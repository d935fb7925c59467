"""The front door: the text of a campaign file becomes a Campaign, or everything that is wrong with it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from pydantic import ValidationError

from orchestrator.campaigns.bind_condition import check_condition
from orchestrator.campaigns.bind_groups import bind_cells, bind_pools
from orchestrator.campaigns.bind_step import StepBinder
from orchestrator.campaigns.bind_timing import bind_timing, bind_zone
from orchestrator.campaigns.check_protocol import analyses_named, is_file, protocol_problems
from orchestrator.campaigns.definition import Campaign, Step
from orchestrator.campaigns.places import misplaced, place_cells, too_few_benches, unfit_benches
from orchestrator.campaigns.schema import CampaignFile, StepSection
from orchestrator.campaigns.step_order import in_order
from orchestrator.config import Lab
from protocols.document import parse_document
from protocols.errors import Place, ProtocolErrors, Refusal
from protocols.schema.protocol_file import refusals_in

__all__ = ["Overrides", "protocol_files", "read_campaign"]


@dataclass(frozen=True, slots=True)
class Overrides:
    """What is given beside the file: other cells by group, other benches by pool."""

    cells: Mapping[str, Sequence[str]] = field(default_factory=dict)
    benches: Mapping[str, Sequence[str]] = field(default_factory=dict)


def read_campaign(
    content: str | bytes,
    name: str,
    sources: Mapping[str, str] | None = None,
    overrides: Overrides | None = None,
    lab: Lab | None = None,
) -> Campaign:
    """Read a campaign; ``name`` stands for the file in messages. Raises ProtocolErrors with everything that is wrong.

    ``sources``: texts of the protocol files that it names, by that name. ``lab``: the benches must be in it.
    """
    findings: list[Refusal] = []
    campaign = _read(content, name, sources or {}, overrides or Overrides(), findings)
    if campaign is not None and not findings:
        findings += [*misplaced(campaign), *too_few_benches(campaign)]
        findings += unfit_benches(campaign, lab) if lab is not None else []
    if campaign is None or findings:
        raise ProtocolErrors(finding.in_file(name) for finding in findings)
    return campaign


def protocol_files(content: str | bytes, name: str) -> list[str]:
    """The protocol files that a campaign names, as written there. Raises ProtocolErrors."""
    findings: list[Refusal] = []
    file = _file(content, name, findings)
    if file is None:
        raise ProtocolErrors(finding.in_file(name) for finding in findings)
    named = (step.protocol.text for step in file.steps if step.protocol is not None)
    return list(dict.fromkeys(text for text in named if is_file(text)))


def _file(content: str | bytes, name: str, findings: list[Refusal]) -> CampaignFile | None:
    remedy = "write cellbench_campaign: 1 in its first line, then campaign, cells, benches and steps"
    node = parse_document(content, name, if_empty=remedy)
    try:
        file = CampaignFile.model_validate(node, context=findings)
    except Refusal as refusal:
        findings.append(refusal)
        return None
    except ValidationError as error:
        findings += refusals_in(error)
        return None
    return None if findings else file


def _read(
    content: str | bytes, name: str, sources: Mapping[str, str], overrides: Overrides, findings: list[Refusal]
) -> Campaign | None:
    file = _file(content, name, findings)
    if file is None:
        return None
    zone = bind_zone(file.time_zone, findings)
    groups = bind_cells(file, overrides.cells, findings)
    pools, fixed = bind_pools(file, overrides.benches, groups, findings)
    binder = StepBinder(file, groups, pools, sources, zone, findings)
    steps = [binder.bind(section) for section in file.steps]
    if findings:
        return None
    ordered = _ordered(steps, findings)
    _check(ordered, {section.name.text: section for section in file.steps}, findings)
    used = dict.fromkeys(cell for cells in groups.values() for cell in cells)
    campaign = Campaign(
        name=file.campaign.text,
        description=file.description.text if file.description else "",
        cells=tuple(used),
        pools=pools,
        fixed=fixed,
        placed={},
        steps=tuple(ordered),
        priority=file.priority,  # type: ignore[arg-type]  # the model lets nothing else pass
        timing=bind_timing(file, zone, findings),
    )
    return replace(campaign, placed=place_cells(campaign))


def _ordered(steps: Sequence[Step], findings: list[Refusal]) -> list[Step]:
    by_name = {step.name: step for step in steps}
    order, circle = in_order({step.name: step.after for step in steps})
    if circle:
        place = Place(by_name[circle[0]].line, f"steps: {circle[0]}.after")
        findings.append(Refusal(place, f"goes round in a circle: {' after '.join(circle)}", "take one of them out"))
    return [by_name[name] for name in order]


def _check(steps: Sequence[Step], sections: Mapping[str, StepSection], findings: list[Refusal]) -> None:
    """What can be said of each step only beside those before it."""
    named = {step.name: analyses_named(step) if step.protocol else frozenset() for step in steps}
    earlier: dict[str, Step] = {}
    for step in steps:
        findings += protocol_problems(step) if step.protocol else []
        condition = sections[step.name].when
        findings += check_condition(step, condition, dict(earlier), named) if condition else []
        earlier[step.name] = step
