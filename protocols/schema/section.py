"""A mapping of the file as a model: knows where it stands, and says which keys are unknown or missing."""

from __future__ import annotations

import difflib
from typing import Any, Self, cast

from pydantic import BaseModel, ConfigDict, ModelWrapValidatorHandler, PrivateAttr, ValidationInfo, model_validator

from protocols.errors import Place, Refusal, quoted
from protocols.node import MappingNode, Node, spoken_key

__all__ = ["Section", "unknown_word"]


def unknown_word(word: str, known: list[str]) -> tuple[str, str]:
    """Message and remedy for a word that is none of the known ones."""
    near = difflib.get_close_matches(word, known, n=1)
    return f"{quoted(word)} is unknown", f"did you mean {near[0]}?" if near else f"known here: {', '.join(known)}"


class Section(BaseModel):
    """Base of all models. Validated from a node, with a list of findings as context that takes several at once."""

    model_config = ConfigDict(extra="forbid", frozen=True, arbitrary_types_allowed=True)

    _node: MappingNode = PrivateAttr()

    @property
    def node(self) -> MappingNode:
        """The mapping that this was read from."""
        return self._node

    @property
    def place(self) -> Place:
        """Where it stands."""
        return self._node.place

    @classmethod
    def mapping_of(cls, node: Node) -> MappingNode:
        """Return the mapping of a node; subclasses that allow a short form expand it here. Raises Refusal."""
        if isinstance(node, MappingNode):
            return node
        name, field = next(iter(cls.model_fields.items()))
        example = f"{field.alias or name}: {(field.examples or ['…'])[0]}"
        raise Refusal(node.place, "is not a mapping of keys and values", f"write {{{example}, …}}")

    @model_validator(mode="wrap")
    @classmethod
    def _from_node(cls, node: Any, handler: ModelWrapValidatorHandler[Self], info: ValidationInfo) -> Self:
        if isinstance(node, dict):  # pydantic wraps a model that contains itself twice
            return handler(node)
        mapping = cls.mapping_of(node)
        findings = cast("list[Refusal]", info.context)
        fields = {field.alias or name: field for name, field in cls.model_fields.items()}
        for entry in mapping.entries:
            if entry.key not in fields:
                place = Place(entry.line, spoken_key((*mapping.path, entry.key)))
                findings.append(Refusal(place, *unknown_word(entry.key, list(fields))))
        for key, field in fields.items():
            if field.is_required() and mapping.get(key) is None:
                example = (field.examples or ["…"])[0]
                findings.append(Refusal(mapping.place, f"has no {key}", f"add {key}: {example}"))
        section = handler({entry.key: entry.value for entry in mapping.entries if entry.key in fields})
        section._node = mapping  # noqa: SLF001 - our own, from a class method
        return section
