"""Which analyses exist: entry points of the group ``cellbench.analyses``, each loaded when it is asked for."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from importlib.metadata import EntryPoint, entry_points

from orchestrator.analysis.errors import AnalysisError, UnknownAnalysisError
from orchestrator.analysis.result import AnalysisResult

__all__ = ["GROUP", "RegisteredAnalysis", "find_analysis", "known_analyses"]

GROUP = "cellbench.analyses"

AnalysisFunction = Callable[..., AnalysisResult]
"""``analysis(dataset, *, option=default, …)``."""


@dataclass(frozen=True, slots=True)
class RegisteredAnalysis:
    """An analysis with its name and the distribution that brings it."""

    name: str
    function: AnalysisFunction
    code_version: str
    """Distribution and version: ``cellbench 0.1.0``."""

    def check_options(self, options: Mapping[str, object]) -> None:
        """Raise AnalysisError where one is no keyword-only parameter of the function, or a needed one is missing."""
        parameters = inspect.signature(self.function).parameters.values()
        known = {parameter.name: parameter for parameter in parameters if parameter.kind is parameter.KEYWORD_ONLY}
        for option in options:
            if option not in known:
                offered = ", ".join(known) or "none"
                raise AnalysisError(f"analysis {self.name} has no option {option!r}; it has: {offered}")
        missing = [name for name, one in known.items() if one.default is one.empty and name not in options]
        if missing:
            raise AnalysisError(f"analysis {self.name} needs the option {' and '.join(missing)}")


def known_analyses() -> tuple[str, ...]:
    """Names of all installed analyses, sorted; imports none of them."""
    return tuple(sorted({entry.name for entry in entry_points(group=GROUP)}))


def find_analysis(name: str) -> RegisteredAnalysis:
    """Load one analysis; a broken plugin spoils nothing but itself. Raises UnknownAnalysisError, AnalysisError."""
    entries = tuple(entry_points(group=GROUP, name=name))
    if not entries:
        offered = ", ".join(known_analyses()) or "none (is cellbench installed?)"
        raise UnknownAnalysisError(f"no analysis is called {name!r}; known: {offered}")
    return RegisteredAnalysis(name, _load(entries[0]), _version_of(entries[0]))


def _load(entry: EntryPoint) -> AnalysisFunction:
    try:
        function = entry.load()
    except Exception as error:  # foreign code may fail in any way while it is imported
        reason = f"{type(error).__name__}: {error}".splitlines()[0]
        raise AnalysisError(f"analysis {entry.name} ({entry.value}) cannot be imported: {reason}") from error
    if not callable(function):
        raise AnalysisError(f"analysis {entry.name} ({entry.value}) is not a function")
    checked: AnalysisFunction = function
    return checked


def _version_of(entry: EntryPoint) -> str:
    return f"{entry.dist.name} {entry.dist.version}" if entry.dist else "unknown"
