"""A unicycler JSON as the text of a protocol file, with comments where something cannot be said."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from protocols.document import parse_document
from protocols.errors import ProtocolErrors, Refusal
from protocols.exchange.unicycler.blocks import Block, Item, to_blocks
from protocols.exchange.unicycler.fields import Fields
from protocols.exchange.unicycler.step_lines import FILL_IN, StepWriter, duration_words, number_words
from protocols.node import MappingNode, SequenceNode

__all__ = ["Imported", "import_unicycler"]

_FILE = ("unicycler", "sample", "record", "safety", "method")
_SAFETY = (*("max_voltage_V", "min_voltage_V", "max_current_mA", "min_current_mA", "max_capacity_mAh", "delay_s"),)


@dataclass(frozen=True, slots=True)
class Imported:
    """The text of a protocol file, and what somebody should look at; each remark stands in the text as well."""

    text: str
    remarks: tuple[str, ...]


def import_unicycler(content: bytes | str, name: str) -> Imported:
    """Translate a file; ``name`` stands for it in messages. Raises ProtocolErrors with line and reason.

    ``FILL-IN`` stands where unicycler does not say what a protocol must: such a file is refused until it is filled in.
    """
    text = content.decode("utf-8", "replace") if isinstance(content, bytes) else content
    spaced = text.replace("\t", " ")  # JSON is YAML, but for tabs; so every value has its line
    root = parse_document(spaced, name, if_empty="name a unicycler protocol, a JSON file")
    try:
        return _Translation(Fields.of(root, "a JSON object", root.place), name).whole()
    except Refusal as refusal:
        raise ProtocolErrors([refusal.in_file(name)]) from refusal


class _Translation:
    def __init__(self, file: Fields, name: str) -> None:
        file.check_names(_FILE)
        self._file, self._name = file, name
        self._safety = self._part("safety", _SAFETY)
        self._sample = self._part("sample", ("name", "capacity_mAh"))
        self._remarks: list[str] = []
        self._current = self._largest_current()
        self._writer = StepWriter(self._current, self._remarks)

    def whole(self) -> Imported:
        """The file."""
        limits, record = self._limits(), self._record()
        steps = list(self._lines(to_blocks(self._method()), 1))
        said = ["cellbench: 1", f"protocol: {self._protocol_name()}", f"description: {_quoted(self._description())}"]
        comments = [f"# {remark}" for remark in self._remarks]
        lines = [*comments, *said, f"limits: {limits}", f"record: {record}", "steps:", *steps]
        return Imported("\n".join(lines) + "\n", tuple(self._remarks))

    def _part(self, key: str, names: tuple[str, ...]) -> Fields:
        node = self._file.node.get(key)
        found = (
            Fields(MappingNode(self._file.place.line or 1, (key,), ()))
            if node is None
            else Fields.of(node, "a JSON object", self._file.place)
        )
        found.check_names(names)
        return found

    def _method(self) -> list[Fields]:
        node = self._file.node.get("method")
        if not isinstance(node, SequenceNode) or not node.items:
            raise Refusal(
                node.place if node else self._file.place, "method holds no steps", "is this a unicycler file?"
            )
        return [Fields.of(item, "a step", node.place) for item in node.items]

    def _lines(self, items: tuple[Item, ...], depth: int) -> Iterator[str]:
        indent = "  " * depth
        for item in items:
            if isinstance(item, Fields):
                yield f"{indent}- {self._writer.write(item)}"
                continue
            yield from self._block(item, depth, indent)

    def _block(self, block: Block, depth: int, indent: str) -> Iterator[str]:
        yield f"{indent}- repeat: {block.count}"
        if block.tag:
            yield f"{indent}  label: {_quoted(block.tag.replace('$', ''))}"
        yield f"{indent}  steps:"
        self._writer.forget()
        yield from self._lines(block.items, depth + 2)
        self._writer.forget()

    def _limits(self) -> str:
        ends = [self._safety.number(name) for name in ("min_voltage_V", "max_voltage_V")]
        low, high = (FILL_IN if end is None else f"{number_words(end)} V" for end in ends)
        if FILL_IN in (low, high, self._current):
            self._remarks.append("unicycler says no limit where a protocol must have one: fill in FILL-IN")
        said = [f"voltage: [{low}, {high}]", f"current: {self._current}"]
        if capacity := self._safety.not_zero("max_capacity_mAh"):
            said.append(f"capacity: {number_words(capacity)} mAh")
        if delay := self._safety.not_zero("delay_s"):
            self._remarks.append(f"unicycler waits {duration_words(delay)} before a limit acts; here it acts at once")
        return f"{{{', '.join(said)}}}"

    def _largest_current(self) -> str:
        up, down = self._safety.not_zero("max_current_mA"), self._safety.not_zero("min_current_mA")
        magnitudes = {abs(one) for one in (up, down) if one is not None}
        if not magnitudes:
            return FILL_IN
        largest = number_words(max(magnitudes))
        if up is None or down is None or up != -down:
            self._remarks.append(f"the limits of current are not the same both ways; here it is {largest} mA both ways")
        return f"{largest} mA"

    def _record(self) -> str:
        record = self._part("record", ("time_s", "voltage_V", "current_mA"))
        said = [f"every: {duration_words(record.required('time_s'))}"]
        if voltage := record.not_zero("voltage_V"):
            said.append(f"voltage_change: {number_words(voltage * 1000)} mV")
        if current := record.not_zero("current_mA"):
            said.append(f"current_change: {number_words(current)} mA")
        return f"{{{', '.join(said)}}}"

    def _description(self) -> str:
        capacity: Decimal | None = self._sample.not_zero("capacity_mAh")
        if capacity is not None:
            told = f"1C was {number_words(capacity)} mA in unicycler; here it is the cell's nominal capacity"
            self._remarks.append(f"{told}: cellbench cell change CELL --capacity '{number_words(capacity)} mAh'")
        return f"From {self._name}, a unicycler protocol"

    def _protocol_name(self) -> str:
        stem = re.sub(r"[^A-Za-z0-9_]+", "-", re.sub(r"\.json$", "", self._name, flags=re.IGNORECASE)).strip("-_")
        return stem[:64].rstrip("-_") or "unicycler"


def _quoted(text: str) -> str:
    return json.dumps(" ".join(text.split())[:200], ensure_ascii=False)
