"""The faults file, checked."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import yaml
from pydantic import ValidationError

from simulators.faults.fault_section import FaultFile
from simulators.faults.plain_yaml import PlainYaml
from simulators.faults.yaml_lines import YamlLines

__all__ = ["FaultFileError", "Faults", "load_faults", "parse_faults"]

_LONGEST = 1 << 20


class FaultFileError(ValueError):
    """The faults file makes no sense, or not in this lab; one line that names file, line, key and remedy."""


@dataclass(frozen=True, slots=True)
class Faults:
    """A faults file that is right in itself; whether a lab knows what it names, arming tells."""

    file: FaultFile
    lines: YamlLines
    source: str = "faults"

    def mistake(self, place: Sequence[str | int], what: str) -> FaultFileError:
        """Return an error about a key."""
        return FaultFileError(f"{self.source}: line {self.lines.line(place)}: {_key(place)}: {what}")


def load_faults(path: Path) -> Faults:
    """Read and check a faults file; raises FaultFileError."""
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise FaultFileError(f"{path}: cannot be read: {error}") from error
    return parse_faults(text, str(path))


def parse_faults(text: str, source: str = "faults") -> Faults:
    """Check the text of a faults file; raises FaultFileError."""
    if len(text) > _LONGEST:
        raise FaultFileError(f"{source}: longer than {_LONGEST} characters")
    try:
        content = yaml.load(text, Loader=PlainYaml)  # noqa: S506 - a SafeLoader: it builds plain data only
        if not isinstance(content, dict):
            raise FaultFileError(f"{source}: line 1: begin with 'cellbench_faults: 1', then a list 'faults:'")
        lines = YamlLines(text)
    except yaml.MarkedYAMLError as error:
        line = f"line {error.problem_mark.line + 1}: " if error.problem_mark else ""
        raise FaultFileError(f"{source}: {line}{error.problem}") from error
    except (yaml.YAMLError, RecursionError) as error:
        raise FaultFileError(f"{source}: {' '.join(str(error).split()) or 'nested too deeply'}") from error
    try:
        return Faults(FaultFile.model_validate(content), lines, source)
    except ValidationError as error:
        problems = error.errors(include_url=False)
        # a key misspelt is also a key missing: the former says more
        problem = next((it for it in problems if it["type"] == "extra_forbidden"), problems[0])
        place, what = problem["loc"], problem["msg"].removeprefix("Value error, ")
        raise FaultFileError(f"{source}: line {lines.line(place)}: {_key(place)}: {_remedy(what)}") from error


def _remedy(what: str) -> str:
    """Say what to write instead, where the words of the checker alone do not."""
    return "there is no such key; see the list in docs/reference/virtual-lab.md" if what.startswith("Extra") else what


def _key(place: Sequence[str | int]) -> str:
    """``faults.2.do``: faults are counted from 1, as a person does."""
    return ".".join(str(part + 1) if isinstance(part, int) else part for part in place) or "the file"
