"""YAML in which only true and false are true and false: ``on`` is a key here, and ``off`` a mode."""

from __future__ import annotations

import re

from simulators.lab.unique_keys import UniqueKeys

__all__ = ["PlainYaml"]

_BOOL = "tag:yaml.org,2002:bool"


class PlainYaml(UniqueKeys):
    """As YAML 1.2 reads words; version 1.1 takes on, off, yes and no for truth values, too."""

    yaml_implicit_resolvers = {  # noqa: RUF012 - a table of its own, as PyYAML wants it
        first: [(tag, pattern) for tag, pattern in resolvers if tag != _BOOL]
        for first, resolvers in UniqueKeys.yaml_implicit_resolvers.items()
    }


PlainYaml.add_implicit_resolver(_BOOL, re.compile("^(?:true|false)$"), ["t", "f"])
