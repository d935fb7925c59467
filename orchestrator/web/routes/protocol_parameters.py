"""Parameters of a protocol."""

from __future__ import annotations

from fastapi import APIRouter

from orchestrator.launch.known_protocol import known_protocol
from orchestrator.web.models.parameters import ParameterAnswer, ParametersAnswer
from orchestrator.web.models.protocol import ProtocolChoice
from orchestrator.web.service import ReadingConnection
from protocols.quantity import kind_of

__all__ = ["router"]

router = APIRouter(prefix="/protocols", tags=["protocols"])


@router.post("/parameters")
def read_parameters(choice: ProtocolChoice, connection: ReadingConnection) -> ParametersAnswer:
    """What may be chosen at a launch, with the defaults; 422 with every problem of a text that is no protocol."""
    protocol = known_protocol(connection, choice.protocol, choice.source)
    return ParametersAnswer(
        name=protocol.name,
        file=protocol.file,
        description=protocol.description,
        sha256=protocol.sha256,
        parameters=[_parameter(name, default) for name, default in protocol.parameters.items()],
    )


def _parameter(name: str, default: str) -> ParameterAnswer:
    """The kind of a list is that of its first value; of what a percentage is, the value does not say."""
    first = default.removeprefix("[").partition(",")[0].removesuffix("]")
    kind = None if first.endswith("%") else kind_of(first)
    named, examples = (None, None) if kind is None else (kind.name, kind.examples)
    return ParameterAnswer(name=name, default=default, kind=named, examples=examples)
