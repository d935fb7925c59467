"""Finds what another language says for a sentence, by its pattern."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache
from typing import NamedTuple

from orchestrator.web.sentences.pattern import HEAD, WORD, Pattern

__all__ = ["Phrasebook"]

_KEPT = 8192
"""Sentences whose translation is remembered: a bench of 1,000 channels says a few thousand."""
_LENGTH_MAX = 2000
"""Longer ones stay as they are."""
_WORDS_IN = re.compile(
    r"\{(\w+_or_\w+|state|current|desired|verb|word|action|member|role|own|needed|kind|outcome|what|shown|way|"
    r"quantity|why|severity|direction|message)\d?\}"
)
"""Placeholders for one word of ours. Elsewhere a single word is a name, and stays."""
_QUANTITY = re.compile(r"[-+−]?\d[\d., ]*( ?\S{1,4})?")
_NUMBERS = re.compile(r"[\d, –-]+")
_NAME = re.compile(rf"\S*|{_QUANTITY.pattern}|{_NUMBERS.pattern}")
_SEVERAL = re.compile(r"[:;,] ")
_SEPARATORS = (("; ", "；"), (", ", "，"), (" or ", " 或 "))
_ABOUT = re.compile(r"(\S+\.ya?ml(?::\d+)? +|\"[^\"]*\" )(.+)")
_ASIDE = re.compile(r"(.+) \((.+)\)")
_SPACE_WITHIN = re.compile(r"(?<=[一-鿿，；：（）]) (?=[一-鿿（])")
"""Where what is filled in is Chinese itself."""
_FREE_FROM = 3
"""A pattern of so many words takes anything for its placeholders; a shorter one only names and what is known."""


class _Said(NamedTuple):
    """A translation."""

    text: str
    sure: bool
    """Whether everything that is filled in is a name, or known itself."""
    whole: bool = True
    """Whether it is one sentence, not several put together."""


class Phrasebook:
    """The sentences of one language. A sentence that is not among them stays English, whole.

    What is filled into a sentence may be a sentence itself, up to ``depth`` times: people's own words may look
    like anything, and must not cost more than others.
    """

    def __init__(
        self,
        sentences: Mapping[str, str],
        word: Callable[[str], str] = str,
        depth: int = 8,
        free_from: int = _FREE_FROM,
    ) -> None:
        """``word`` translates one word, such as a state; a pattern of ``free_from`` words takes anything."""
        patterns = [Pattern.of(english, translation) for english, translation in sentences.items()]
        self._fixed = {one.english: one.translation for one in patterns if one.fixed}
        self._word = word
        by_word = _by_rarest_word([one for one in patterns if not one.fixed])
        within = None
        for _ in range(depth):
            within = _Level(self._fixed, by_word, self.word, within, free_from)
        self._outermost = within

    def say(self, sentence: str) -> str:
        """The translation, with what is filled in translated where it is a sentence itself."""
        if not self._fixed or self._outermost is None or len(sentence) > _LENGTH_MAX:
            return sentence
        said = self._outermost.said(sentence)
        return sentence if said is None else said.text

    def word(self, word: str) -> str:
        """What may be one word of ours, such as a state or a kind of step, or a sentence."""
        if not word or " " in word:
            return self.say(word)
        return self._fixed.get(word) or self._word(word)

    def match(self, sentence: str) -> tuple[Pattern, Mapping[str, str]] | None:
        """Which pattern a sentence has, and what is filled in."""
        return None if self._outermost is None else self._outermost.match(sentence)


class _Level:
    """Translates sentences, and by the level within what is filled into them."""

    def __init__(
        self,
        fixed: Mapping[str, str],
        by_word: Mapping[str, Sequence[Pattern]],
        word: Callable[[str], str],
        within: _Level | None,
        free_from: int,
    ) -> None:
        self._fixed = fixed
        self._by_word = by_word
        self._word = word
        self._within = within
        self._free_from = free_from
        self.said = lru_cache(_KEPT)(self._translated)
        """None: it is not known."""

    def _said_within(self, sentence: str) -> _Said | None:
        return None if self._within is None else self._within.said(sentence)

    def match(self, sentence: str) -> tuple[Pattern, Mapping[str, str]] | None:
        """The pattern that says most by itself, and what is filled in; one that leaves nothing unknown comes first."""
        words = set(WORD.findall(sentence))
        near = [pattern for word in (*words, "") for pattern in self._by_word.get(word, ()) if pattern.words <= words]
        possible: tuple[Pattern, Mapping[str, str]] | None = None
        for pattern in sorted(near, key=lambda one: one.rank, reverse=True):
            values = pattern.match(sentence)
            if values is None or not self._may_take(pattern, values):
                continue
            if all(map(self._is_sure, values.values())):
                return pattern, values
            is_better = possible is None or (pattern.goes_on and not possible[0].goes_on)
            if is_better and all(self._fits(pattern, *filled) for filled in values.items()):
                possible = pattern, values
        return possible

    def _translated(self, sentence: str) -> _Said | None:
        if sentence in self._fixed:
            return _Said(self._fixed[sentence], True)
        if " " not in sentence:
            return None
        possible: list[_Said] = []
        for way in (self._by_pattern, self._in_any_parts, self._of_somebody, self._with_aside):
            said = way(sentence)
            if said is not None and said.sure:
                return said
            possible += [said] if said is not None else []
        return min(possible, key=_english_left, default=None)

    def _by_pattern(self, sentence: str) -> _Said | None:
        found = self.match(sentence)
        if found is None:
            return None
        pattern, values = found
        filled = {name: self._filled(name, value) for name, value in values.items()}
        return _Said(_SPACE_WITHIN.sub("", pattern.fill(filled)), all(map(self._is_sure, values.values())))

    def _filled(self, placeholder: str, value: str) -> str:
        if not value or " " in value:
            said = self._said_within(value)
            return value if said is None else said.text
        return value if _WORDS_IN.fullmatch(placeholder) is None else self._word(value)

    def _fits(self, pattern: Pattern, placeholder: str, value: str) -> bool:
        """A pattern of few words takes only names and what is known, but for what somebody else has said."""
        if len(pattern.words) >= self._free_from:
            return True
        return f": {placeholder}" in pattern.english or self._is_name_or_known(value)

    def _may_take(self, pattern: Pattern, values: Mapping[str, str]) -> bool:
        """What goes on must go on from something known; few words must not take several sentences for one name."""
        if pattern.goes_on and self._said_within(values[HEAD]) is None:
            return False
        if len(pattern.words) >= self._free_from:
            return True
        named = [value for name, value in values.items() if name != HEAD and f": {name}" not in pattern.english]
        several = [value for value in named if _SEVERAL.search(value) and not _NUMBERS.fullmatch(value)]
        return all(said is not None and said.whole for said in map(self._said_within, several))

    def _is_name_or_known(self, value: str) -> bool:
        return _NAME.fullmatch(value) is not None or self._said_within(value) is not None

    def _is_sure(self, value: str) -> bool:
        if _NAME.fullmatch(value) is not None:
            return True
        said = self._said_within(value)
        return said is not None and said.sure

    def _in_any_parts(self, sentence: str) -> _Said | None:
        found = (self._in_parts(sentence, *separators) for separators in _SEPARATORS)
        return next((said for said in found if said is not None), None)

    def _in_parts(self, sentence: str, separator: str, translated: str) -> _Said | None:
        """Several sentences in one, or quantities: all of them, or none."""
        parts = sentence.split(separator)
        if len(parts) < 2:
            return None
        said = [_Said(part, True) if _QUANTITY.fullmatch(part) else self._said_within(part) for part in parts]
        known = [one for one in said if one is not None]
        if len(known) < len(parts):
            return None
        return _Said(translated.join(one.text for one in known), all(one.sure for one in known), False)

    def _of_somebody(self, sentence: str) -> _Said | None:
        """``bts-1: no answer``, ``my.yaml:14  has no unit``, ``"rst" is no step``: what it is about, what is said."""
        about = _ABOUT.fullmatch(sentence)
        said = self._said_within(about[2]) if about is not None else None
        if about is not None and said is not None:
            return _Said(f"{about[1]}{said.text}", said.sure, False)
        whom, found, rest = sentence.partition(": ")
        said = self._said_within(rest) if found and self._is_name_or_known(whom) else None
        return None if said is None else _Said(f"{self._filled('', whom)}：{said.text}", said.sure, False)

    def _with_aside(self, sentence: str) -> _Said | None:
        """``voltage 0 … 2 V (not measured here)``: both are known."""
        found = _ASIDE.fullmatch(sentence)
        said, aside = (None, None) if found is None else (self._said_within(found[1]), self._said_within(found[2]))
        if said is None or aside is None:
            return None
        return _Said(f"{said.text}（{aside.text}）", said.sure and aside.sure, False)


def _english_left(said: _Said) -> int:
    """How many letters are left of what was said."""
    return sum(char.isascii() and char.isalpha() for char in said.text)


def _by_rarest_word(patterns: Sequence[Pattern]) -> Mapping[str, Sequence[Pattern]]:
    """Under the one of its words that the fewest others have; under nothing what has none."""
    often = Counter(word for pattern in patterns for word in pattern.words)
    found: defaultdict[str, list[Pattern]] = defaultdict(list)
    for pattern in patterns:
        found[min(pattern.words, key=lambda word: (often[word], word), default="")].append(pattern)
    return found
