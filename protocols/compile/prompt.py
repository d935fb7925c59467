"""What somebody is asked to do."""

from __future__ import annotations

from protocols.compile.scope import Scope
from protocols.errors import Refusal
from protocols.plan import Prompt
from protocols.schema.fields import Label

__all__ = ["bind_prompt"]


def bind_prompt(written: Label, scope: Scope, line: int) -> Prompt:
    """Bind the text, names filled in. Raises Refusal where there is none."""
    text = scope.fill(written).strip()
    if not text:
        raise Refusal(written.node.place, "says nothing", "write what to do, such as prompt: Close the lid")
    return Prompt(text, line)
