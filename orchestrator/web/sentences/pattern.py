"""A sentence with placeholders, as it stands in the source: ``{name} does not answer: {error}``."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

__all__ = ["HEAD", "PLACEHOLDER", "WORD", "Pattern"]

PLACEHOLDER = re.compile(r"\{(\w+)(:[^{}]*)?\}")
"""``{name}``, or ``{voltage_V:.3f}`` for a number."""
_NUMBER = r"[-+−]?(?:\d[\d,]*(?:\.\d+)?(?:e[-+]?\d+)?|inf|nan)%?"
WORD = re.compile(r"\w{2,}|→")
_UNITS = frozenset({"mV", "mA", "mAh", "Ah", "Hz", "kHz", "MB", "min", "mg", "mm", "cm", "degC"})
HEAD = "{head}"
"""What a sentence says before it goes on: ``; the state of its cells is unknown``, `` relative to its chamber``."""


@dataclass(frozen=True)
class Pattern:
    """One sentence and what another language says for it."""

    english: str
    translation: str

    @cached_property
    def literal(self) -> str:
        """What stands outside the placeholders."""
        return PLACEHOLDER.sub("\0", self.english)

    @property
    def fixed(self) -> bool:
        """Whether nothing is filled in."""
        return PLACEHOLDER.search(self.english) is None

    @cached_property
    def words(self) -> frozenset[str]:
        """Words that every such sentence has; one that a placeholder touches is none."""
        touched = re.compile(r"\w*\0\w*")
        return frozenset(WORD.findall(touched.sub(" ", self.literal))) - _UNITS

    @property
    def rank(self) -> tuple[int, int]:
        """The higher, the more it says by itself."""
        filled = self.literal.count("\0")
        return len(self.literal) - filled, -filled

    @property
    def goes_on(self) -> bool:
        """Whether it is how another sentence goes on."""
        return self.english.startswith(HEAD)

    @classmethod
    def of(cls, english: str, translation: str) -> Pattern:
        """One of the catalogue; such as begin with a blank or a comma go on from another sentence."""
        head = HEAD if english.startswith((" ", ",", ";")) else ""
        return cls(f"{head}{english}", f"{head}{translation}")

    def match(self, sentence: str) -> Mapping[str, str] | None:
        """What is filled in, by placeholder with its format; None where it is another sentence.

        Time is linear in the length of the sentence: what a placeholder takes is the shortest that lets the text behind
        it follow, and is not tried again longer.
        """
        found = self._expression.fullmatch(sentence)
        return None if found is None else dict(zip(self._placeholders, found.groups(), strict=True))

    def fill(self, values: Mapping[str, str]) -> str:
        """The translation with these values; one that it has no use for is left out."""
        return PLACEHOLDER.sub(lambda found: values[found[0]], self.translation)

    @cached_property
    def _placeholders(self) -> list[str]:
        return [found[0] for found in PLACEHOLDER.finditer(self.english)]

    @cached_property
    def _expression(self) -> re.Pattern[str]:
        """Each run of text behind a placeholder is one atomic group with it."""
        groups: list[str] = [""]
        end = 0
        for found in PLACEHOLDER.finditer(self.english):
            groups[-1] += re.escape(self.english[end : found.start()])
            if found[2] is not None:
                groups[-1] += f"({_NUMBER})"
            else:
                groups.append("(.*?)")
            end = found.end()
        groups[-1] += re.escape(self.english[end:])
        last = groups.pop()
        if groups:
            last = last.replace("(.*?)", "(.*)", 1)
        return re.compile("".join(f"(?>{group})" for group in groups) + last, re.DOTALL)
