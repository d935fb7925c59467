"""One step of the file as a Step: which cells, where, after what, with which values."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from orchestrator.campaigns.bind_condition import bind_condition
from orchestrator.campaigns.bind_groups import ALL
from orchestrator.campaigns.bind_timing import bind_timing
from orchestrator.campaigns.check_protocol import is_file
from orchestrator.campaigns.definition import Condition, Option, Step
from orchestrator.campaigns.schema import CampaignFile, StepSection
from protocols.compile.analyses import option_value
from protocols.errors import Place, Refusal, quoted
from protocols.node import ScalarNode
from protocols.schema.section import unknown_word

__all__ = ["StepBinder"]

_FILLED_IN = re.compile(r"\{([^{}]*)\}")
_OF_A_PROTOCOL = ("on", "set", "analyses", "together", "chamber")


@dataclass
class StepBinder:
    """Binds the steps of one file; what is wrong goes to ``findings``."""

    file: CampaignFile
    groups: Mapping[str, tuple[str, ...]]
    pools: Mapping[str, tuple[str, ...]]
    sources: Mapping[str, str]
    zone: str | None
    findings: list[Refusal]

    def bind(self, section: StepSection) -> Step:
        """The step, as far as it could be read."""
        name = section.name.text
        if sum(one.name.text == name for one in self.file.steps) > 1:
            self._refuse(section.name, f"another step is called {quoted(name)} too", "give each its own name")
        self._check_kind(section)
        cells = self._cells(section)
        after = self._after(section, cells)
        return Step(
            name=name,
            line=section.place.line or 0,
            cells=cells,
            after=after,
            pool=self._pool(section),
            protocol=section.protocol.text if section.protocol else None,
            source=self._source(section),
            parameters=section.set,
            analyses={one.name: self._options(one.options) for one in section.analyses},
            prompt=self._prompt(section),
            when=self._when(section, after),
            timing=bind_timing(section, self.zone, self.findings),
            priority=section.priority or self.file.priority,  # type: ignore[arg-type]  # checked by the model
            if_one_fails=section.if_one_fails or self.file.if_one_fails,  # type: ignore[arg-type]
            together=section.together,
            chamber=section.chamber.text if section.chamber else None,
        )

    def _check_kind(self, section: StepSection) -> None:
        """A step is a protocol or a prompt, with the keys of its kind."""
        keys = set(section.node.keys())
        if ("protocol" in keys) == ("prompt" in keys):
            both = "protocol" in keys
            message = "has a protocol and a prompt" if both else "has neither a protocol nor a prompt"
            self.findings.append(Refusal(section.place, message, "write one of them; make two steps of both"))
            return
        wrong = [key for key in _OF_A_PROTOCOL if key in keys] if "prompt" in keys else sorted({"to"} & keys)
        for key in wrong:
            kind = "a prompt" if "prompt" in keys else "a protocol"
            remedy = "write to: POOL where a cell is moved" if key == "on" else "take it out"
            self.findings.append(Refusal(section.place, f"{key} does not go with {kind}", remedy))

    def _cells(self, section: StepSection) -> tuple[str, ...]:
        """Cells of the named groups, and single cells, in the order of the campaign; all where none are named."""
        everyone = [cell for group in self.groups.values() for cell in group]
        if section.cells is None:
            return tuple(everyone)
        wanted: set[str] = set()
        for name in section.cells:
            if name.text in self.groups:
                wanted.update(self.groups[name.text])
            elif name.text in everyone:
                wanted.add(name.text)
            elif name.text == ALL:
                wanted.update(everyone)
            else:
                self._refuse(name, *unknown_word(name.text, [*self.groups, *everyone]))
        return tuple(cell for cell in everyone if cell in wanted)

    def _after(self, section: StepSection, cells: tuple[str, ...]) -> tuple[str, ...]:
        """What is named; else, of each of its cells, the step that stands before it."""
        names = [one.name.text for one in self.file.steps]
        if section.after is not None:
            for name in section.after:
                if name.text not in names:
                    self._refuse(name, *unknown_word(name.text, names))
            return tuple(name.text for name in section.after if name.text in names)
        before = self.file.steps[: names.index(section.name.text)]
        last = {cell: step.name.text for step in before for cell in self._quietly(step) if cell in cells}
        return tuple(dict.fromkeys(last.values()))

    def _quietly(self, section: StepSection) -> tuple[str, ...]:
        """Cells of another step, whose mistakes are found in its own turn."""
        found = len(self.findings)
        cells = self._cells(section)
        del self.findings[found:]
        return cells

    def _pool(self, section: StepSection) -> str | None:
        written = section.on or section.to
        if written is not None:
            if written.text not in self.pools:
                self._refuse(written, *unknown_word(written.text, list(self.pools)))
            return written.text
        if section.protocol is None:
            return None
        if len(self.pools) != 1:
            message = f"on which benches? There are {', '.join(self.pools) or 'none'}"
            self.findings.append(Refusal(section.place, message, "add on: POOL"))
        return next(iter(self.pools), None)

    def _source(self, section: StepSection) -> str | None:
        if section.protocol is None or not is_file(section.protocol.text):
            return None
        source = self.sources.get(section.protocol.text)
        if source is None:
            message = f"protocol file {quoted(section.protocol.text)} was not found"
            self._refuse(
                section.protocol, message, "write its path from the campaign file on, or a name of the library"
            )
        return source

    def _options(self, options: Mapping[str, object]) -> dict[str, Option]:
        nodes = ((name, written.node) for name, written in options.items())  # type: ignore[attr-defined]
        return {name: option_value(node.text) if node.plain else node.text for name, node in nodes}

    def _prompt(self, section: StepSection) -> str | None:
        if section.prompt is None:
            return None
        known = ["cell", "bench"] if section.to is not None else ["cell"]
        for name in _FILLED_IN.findall(section.prompt.text):
            if name not in known:
                remedy = f"known here: {', '.join(f'{{{one}}}' for one in known)}"
                self._refuse(section.prompt, f"{{{name}}} stands for nothing", remedy)
        return section.prompt.text

    def _when(self, section: StepSection, after: tuple[str, ...]) -> Condition | None:
        if section.when is None:
            return None
        try:
            return bind_condition(section.when, after)
        except Refusal as refusal:
            self.findings.append(refusal)
            return None

    def _refuse(self, written: ScalarNode, message: str, remedy: str) -> None:
        self.findings.append(Refusal(Place(written.line, written.place.key), message, remedy))
