"""What pydantic says of a field that is not as it should be: the kinds of error that our models can give."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from pydantic_core import PydanticKnownError

__all__ = ["field_messages"]

_KINDS: Mapping[str, Mapping[str, object]] = {
    "missing": {},
    "extra_forbidden": {},
    "string_type": {},
    "string_unicode": {},
    "string_too_short": {"min_length": 1},
    "string_too_long": {"max_length": 1},
    "string_pattern_mismatch": {"pattern": ""},
    "int_type": {},
    "int_parsing": {},
    "int_parsing_size": {},
    "int_from_float": {},
    "float_type": {},
    "float_parsing": {},
    "finite_number": {},
    "bool_type": {},
    "bool_parsing": {},
    "greater_than": {"gt": 0},
    "greater_than_equal": {"ge": 0},
    "less_than": {"lt": 0},
    "less_than_equal": {"le": 0},
    "literal_error": {"expected": ""},
    "enum": {"expected": ""},
    "list_type": {},
    "dict_type": {},
    "tuple_type": {},
    "too_short": {"field_type": "", "min_length": 1, "actual_length": 0},
    "too_long": {"field_type": "", "max_length": 1, "actual_length": 2},
    "model_type": {"class_name": ""},
    "model_attributes_type": {},
    "dataclass_type": {"class_name": ""},
    "none_required": {},
    "union_tag_invalid": {"discriminator": "", "tag": "", "expected_tags": ""},
    "union_tag_not_found": {"discriminator": ""},
}
"""With whatever its text needs to be asked for."""
_BY_THE_FRAMEWORK = (
    "JSON decode error",
    "Method Not Allowed",
    "Not Found",
    "There was an error parsing the body",
)
"""FastAPI's and Starlette's own."""
_LEFT_OUT = {
    "{expected_plural}": "{s_or_nothing}",
    "{field_type}": "{list_or_dictionary}",
    "{actual_length}": "{number_or_more}",
}
"""For what another language has no use."""


def field_messages() -> Iterator[str]:
    """As patterns. One that pydantic words anew is new in the catalogue, where a test misses its translation."""
    yield from _BY_THE_FRAMEWORK
    for kind, context in _KINDS.items():
        template = PydanticKnownError(kind, dict(context)).message_template  # type: ignore[arg-type]
        for placeholder, name in _LEFT_OUT.items():
            template = template.replace(placeholder, name)
        yield template
