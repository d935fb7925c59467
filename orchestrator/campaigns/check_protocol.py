"""The protocols of a campaign: each is read, and everything that no cell could make right is found."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import PurePath

from orchestrator.analysis.errors import AnalysisError
from orchestrator.analysis.registry import find_analysis
from orchestrator.campaigns.definition import Option, Step
from protocols.compile import findings_without_cell
from protocols.compile.overrides import launch_parameters
from protocols.errors import Place, ProtocolErrors, Refusal
from protocols.reading import Protocol, load_shipped, parse_protocol

__all__ = ["analyses_named", "is_file", "protocol_of", "protocol_problems"]


def is_file(name: str) -> bool:
    """Whether a file is meant, and not a name of the library."""
    path = PurePath(name)
    return path.suffix in {".yaml", ".yml"} or path.parent != PurePath()


def protocol_of(step: Step) -> Protocol:
    """The protocol of a step. Raises ProtocolErrors."""
    name = step.protocol or ""
    return load_shipped(name) if step.source is None else parse_protocol(step.source, PurePath(name).name)


def protocol_problems(step: Step) -> list[Refusal]:
    """What is wrong with the protocol of a step, with its parameters, or with the analyses that are asked for."""
    place = Place(step.line, f"steps: {step.name}")
    try:
        protocol = protocol_of(step)
    except ProtocolErrors as errors:
        return [Refusal(place, str(error)) for error in errors.errors]
    findings = findings_without_cell(protocol)
    launch_parameters(protocol.definition.parameters, step.parameters, findings)
    lines = [Refusal(place, str(finding.in_file(protocol.file))) for finding in findings]
    return lines + _analysis_problems(step.analyses, place)


def _analysis_problems(analyses: Mapping[str, Mapping[str, Option]], place: Place) -> list[Refusal]:
    found = []
    for name, options in analyses.items():
        try:
            find_analysis(name).check_options(dict(options))
        except AnalysisError as error:
            found.append(Refusal(place, str(error)))
    return found


def analyses_named(step: Step) -> frozenset[str]:
    """Analyses that are done when a run of this step completes; none where its protocol cannot be read."""
    try:
        protocol = protocol_of(step)
    except ProtocolErrors:
        return frozenset(step.analyses)
    return frozenset(step.analyses) | {entry.name for entry in protocol.definition.analyses}
