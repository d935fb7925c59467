"""Parameters at launch: the file's defaults, and what ``--set name=value`` puts in their place."""

from __future__ import annotations

import re
from collections.abc import Mapping

from protocols.document import parse_document
from protocols.errors import Place, ProtocolErrors, Refusal, quoted
from protocols.kinds import Kind
from protocols.node import ScalarNode, SequenceNode
from protocols.quantity import QuantityError, kind_of, parse_quantity
from protocols.schema.parameters import ParameterNode, parameter_value, written_as_in_file
from protocols.schema.section import unknown_word

__all__ = ["launch_parameters"]

_WHOLE = re.compile(r"[0-9]{1,9}")


def launch_parameters(
    defaults: Mapping[str, ParameterNode], overrides: Mapping[str, str], findings: list[Refusal]
) -> dict[str, ParameterNode]:
    """Defaults with overrides in their place, each of its default's kind; what is wrong goes to ``findings``."""
    names = dict(defaults)
    for name, text in overrides.items():
        try:
            names[name] = _override(name, text, defaults)
        except Refusal as refusal:
            findings.append(refusal)
    return names


def _override(name: str, text: str, defaults: Mapping[str, ParameterNode]) -> ParameterNode:
    if name not in defaults:
        message, remedy = unknown_word(name, list(defaults))
        raise Refusal(Place(None, f"--set {name}"), message, remedy if defaults else "the protocol has no parameters")
    default, place = defaults[name], Place(defaults[name].line, f"--set {name}")
    try:
        value = parameter_value(parse_document(text, name))
    except ProtocolErrors as errors:
        raise Refusal(place, errors.errors[0].message, errors.errors[0].remedy) from errors
    except Refusal as refusal:
        raise Refusal(place, refusal.message, refusal.remedy) from refusal
    if isinstance(default, ScalarNode) is not isinstance(value, ScalarNode):
        wanted = "a single value" if isinstance(default, ScalarNode) else "a list"
        raise Refusal(
            place, f"{quoted(text)} is not {wanted}", f"write it like the default, {written_as_in_file(default)}"
        )
    for scalar in _scalars(value):
        _check_kind(scalar.text, _scalars(default)[0].text, place)
    return value


def _scalars(node: ParameterNode) -> list[ScalarNode]:
    items = node.items if isinstance(node, SequenceNode) else (node,)
    return [item for item in items if isinstance(item, ScalarNode)]


def _check_kind(text: str, default: str, place: Place) -> None:
    """Raise Refusal where the text is not of the default's kind: a whole number, a physical kind, else any text."""
    if _WHOLE.fullmatch(default):
        if not _WHOLE.fullmatch(text.strip()):
            raise Refusal(place, f"{quoted(text)} is not a whole number", f"write one such as {default}")
        return
    kind: Kind | None = kind_of(default)
    if kind is None:
        return
    try:
        parse_quantity(text, kind)
    except QuantityError as error:
        raise Refusal(place, error.message, error.remedy) from error
