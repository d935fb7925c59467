"""Where a key stands in a YAML file, so that a mistake can be told with its line."""

from __future__ import annotations

from collections.abc import Sequence

import yaml

__all__ = ["YamlLines"]


class YamlLines:
    """Lines of one text that is known to be YAML."""

    def __init__(self, text: str) -> None:
        self._root = yaml.compose(text, Loader=yaml.SafeLoader)

    def line(self, place: Sequence[str | int]) -> int:
        """Line, from 1, of a key or an item; of what it stands in where it is not there itself."""
        node, line = self._root, 1
        for part in place:
            if isinstance(node, yaml.MappingNode):
                found = next((pair for pair in node.value if pair[0].value == part), None)
                if found is None:
                    break
                line, node = found[0].start_mark.line + 1, found[1]
            elif isinstance(node, yaml.SequenceNode) and isinstance(part, int) and part < len(node.value):
                node = node.value[part]
                line = node.start_mark.line + 1
            else:
                break
        return line
