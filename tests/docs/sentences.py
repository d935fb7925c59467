"""The sentences that come from data: alarms, reasons, events, refusals, the lines of a plan.

They are written in English where something happens and are stored so; a page in another language shows its own, by the
pattern of the sentence (:mod:`orchestrator.web.sentences`). Here every text of the packages below that reads like words
for people is found in the source, f-strings with their placeholders: ``{name} does not answer: {error}``. It is right
that a text which nobody ever sees on a page is among them: a missing one would be English in the middle of a page.
"""

from __future__ import annotations

import ast
import re
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

from orchestrator.report.headline import HEADLINES
from orchestrator.report.paper import read_paper
from orchestrator.web.sentences.pattern import PLACEHOLDER
from tests.docs.field_messages import field_messages

ROOT = Path(__file__).parents[2]
PACKAGES = (
    "drivers",
    "orchestrator/backup",
    "orchestrator/campaigns",
    "orchestrator/config/temperature_source.py",
    "orchestrator/disk",
    "orchestrator/engine",
    "orchestrator/entered",
    "orchestrator/interlocks",
    "orchestrator/launch",
    "orchestrator/messages",
    "orchestrator/preview",
    "orchestrator/protocol_versions",
    "orchestrator/spool",
    "orchestrator/store",
    "orchestrator/web",
    "protocols",
)
"""Whose words a page may show."""
_LEFT_OUT = re.compile(
    r"/(migrations|exchange|metrics)/|web/(openapi|example_value|application|server|entity_tag|prompts_view|bench/notes|"
    r"pages/(bench/shown_card|protocols/draft|moment)|routes/metrics)\.py|"
    r"store/(binary_copy|database_clock|protocol_files|read_columns|table_metadata)\.py|"
    r"messages/(letter|webhook_formats|heartbeat/beat)\.py|preview/figure\.py|engine/(node|loop)\.py|protocols/units\.py|"
    r"drivers/(crash_point|\w+/(options|discovery|structs|step_file))\.py|backup/(restore|nobody_drives|manifest)\.py"
)
"""What only the command line, the database or a program reads, or the catalogue of the pages has."""
_SILENT_CALLS = re.compile(
    r"^(_|N_|cast|repr|Field|Query|Path|Body|Header|TypeVar|Parameter|APIRouter|FastAPI|StringConstraints|"
    r"(\w+\.)*(_?log|_?logger|_LOG)\.\w+|re\.\w+|sa\.text|text|exec_driver_sql|"
    r"AssertionError|TypeError|KeyError|LookupError|NotImplementedError|RuntimeError)$"
)
"""What they are called with is translated otherwise, or is for no reader of a page."""
_NOT_SAID = re.compile(
    r"\b(SELECT|INSERT INTO|UPDATE|DELETE FROM|BEGIN|PRAGMA)\b|\bFROM\b|"
    r"^(attachment;|private,|text/|default-src|Bearer |Accept|<\?xml|REPEATABLE|BTS |\d+ [nup]A$)|:R(ACTION|SCALE) "
)
"""SQL and headers."""
_UNIT = re.compile(r"\b(m?Ah?|mV|V|k?Hz|[kM]?B|[cm]m|m?g|degC|min|K|Re|Im)\b")
_WORDS = re.compile(r"[A-Za-z]{2,}")
_SAME = frozenset({"replace", "decode", "tolist", "strip", "lower", "format", "isoformat"})
"""Methods after which a thing is still called what it was."""
_NAME = re.compile(r"[^0-9A-Za-z]+")

_PUT_TOGETHER = (
    "{name} → {action}, {severity}",
    "{number:d} ({state})",
    "{quantity} above {value:g} {unit}",
    "{frequency_count:d} points",
    "{quantity} below {value:g} {unit}",
    "{state} → {state2}",
    "{state} → {state2}: {reason}",
    "{text} {of_chamber:+.1f} K/min",
    "after {settle_s:g} s there",
    "average of {average:d}",
    "capacity",
    "cell any",
    "chamber any",
    "current",
    "drift corrected",
    "instrument any",
    "is BTS Client running with its API active?",
    "instrument {name}",
    "nothing",
    "label",
    "limits",
    "order",
    "parked",
    "pause",
    "prompt",
    "record",
    "run",
    "set point {target_degC:g} °C",
    "silent",
    "step",
    "step time",
    "stop",
    "temperature",
    "the state of its cells is unknown",
    "until",
    "voltage",
)
"""What no text in the source shows: words of ours that are filled in, and sentences of nothing but placeholders."""

_RESULTS = "orchestrator/analysis"
"""What is raised there is a sentence; the rest names and explains results, and has a catalogue of its own."""
_RESULTS_NOT_SHOWN = re.compile(r"/(errors|option_checks|registry|result|worker|queue|running|dataset)\.py$")
_NAMED = frozenset({"Value", "Column", "Table"})
"""What their first argument says is a name, also if it is a single word."""
_NAME_OF_LETTERS = re.compile(r"[a-z]{3,}")
"""Others are symbols, the same in every language: ``R_ct``, ``dQ/dV``."""
_RESULTS_PUT_TOGETHER = (
    "%/cycle",
    "R² = {r_squared:.3f}, {different:d} values",
    "; L²/D",
    "R error {place:d}",
    "activation energy, lower 95 % bound",
    "activation energy, upper 95 % bound",
    "anodic",
    "cathodic",
    "charge",
    "cycle {listed}",
    "cycles {listed}",
    "diffusion",
    "diffusion coefficient, {direction} diffusion part",
    "diffusion coefficient, {direction} peak",
    "discharge",
    "exponent {place:d}",
    "fails",
    "full cell: as asked for",
    "gap",
    "half cell: as asked for",
    "incomplete",
    "log-log over {n} rates, baseline zero",
    "measured",
    "source: measured",
    "surface",
    "{cell} (run {run:d})",
    "{cell} (run {run:d}), b = {b:.3f}",
    "{cell} (run {run:d}), {direction}",
    "{cell} (run {run:d}), {energy:.2f} kJ/mol",
    "{different:d} values",
    "{direction} peak",
    "passes",
    "{degC:.1f} degC",
)


def sentences() -> dict[str, set[str]]:
    """Every text, with the files in which it stands. Two that differ only by what is filled in are one."""
    found: dict[str, set[str]] = {}
    for package in PACKAGES:
        below = sorted((ROOT / package).rglob("*.py"))
        for path in below or [ROOT / package]:
            place = path.relative_to(ROOT).as_posix()
            if _LEFT_OUT.search(place):
                continue
            for text in _texts(ast.parse(path.read_text(encoding="utf-8"))):
                found.setdefault(text, set()).add(place)
    for place, tree in _analyses():
        for error in (node for node in ast.walk(tree) if isinstance(node, ast.Raise)):
            for text in _texts(error):
                found.setdefault(text, set()).add(place)
    for text in field_messages():
        found.setdefault(text, set()).add("tests/docs/field_messages.py")
    return _merged(found, _PUT_TOGETHER)


def results() -> dict[str, set[str]]:
    """What analyses call, note and warn of, with the names of the analyses themselves."""
    found: dict[str, set[str]] = {}
    for place, tree in _analyses():
        if _RESULTS_NOT_SHOWN.search(place):
            continue
        for text in _texts(_WithoutErrors().visit(tree)):
            found.setdefault(text, set()).add(place)
        for text in _names(tree):
            found.setdefault(text, set()).add(place)
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    for name in project["entry-points"]["cellbench.analyses"]:
        found.setdefault(name, set()).add("pyproject.toml")
    for text, place in _axes():
        found.setdefault(text, set()).add(place)
    for text in _of_the_report():
        found.setdefault(text, set()).add("orchestrator/report/paper.yaml")
    return _merged(found, _RESULTS_PUT_TOGETHER)


def _analyses() -> Iterator[tuple[str, ast.AST]]:
    for path in sorted((ROOT / _RESULTS).rglob("*.py")):
        yield path.relative_to(ROOT).as_posix(), ast.parse(path.read_text(encoding="utf-8"))


def _axes() -> Iterator[tuple[str, str]]:
    """Labels of the figures' axes, with the file in which each stands: ``voltage / V``."""
    for path in sorted((ROOT / "orchestrator/report/figures").glob("*.py")):
        for text in _texts(ast.parse(path.read_text(encoding="utf-8"))):
            if " / " in text and not text.startswith("{"):
                yield text, path.relative_to(ROOT).as_posix()


def _of_the_report() -> Iterator[str]:
    """Headlines, and what the paper's table names and says."""
    yield from (headline.short for headline in HEADLINES)
    for quantity in read_paper().quantities:
        said = (one.text for one in quantity.stated.values() if one.text is not None and _WORDS.search(one.text))
        yield from filter(None, (quantity.name, quantity.note, *said))


class _WithoutErrors(ast.NodeTransformer):
    def visit_Raise(self, node: ast.Raise) -> None:
        """Leave it out."""


def _names(tree: ast.AST) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in _NAMED and node.args:
            first = node.args[0]
            text = _pattern(first) if isinstance(first, ast.Constant | ast.JoinedStr) else None
            if text is not None and _NAME_OF_LETTERS.search(PLACEHOLDER.sub("", text)):
                yield text


def _merged(found: dict[str, set[str]], by_hand: Iterable[str]) -> dict[str, set[str]]:
    """With those that no source shows; two that differ only by what is filled in are one."""
    for text in by_hand:
        found.setdefault(text, set()).add("tests/docs/sentences.py")
    alike: dict[str, list[str]] = {}
    for text in sorted(found):
        alike.setdefault(_skeleton(text), []).append(text)
    return {texts[0]: set().union(*(found[text] for text in texts)) for texts in alike.values()}


def with_earlier(found: Mapping[str, set[str]], earlier: Iterable[str]) -> dict[str, set[str]]:
    """With what earlier versions said, which stands in databases; it names the placeholders where both say the same."""
    known = {_skeleton(text): text for text in earlier}
    kept: dict[str, set[str]] = {text: set() for text in known.values()}
    return kept | {known.get(_skeleton(text), text): places for text, places in found.items()}


def _skeleton(text: str) -> str:
    return PLACEHOLDER.sub(lambda found: "{}" if found[2] is None else "{:}", text)


def _texts(tree: ast.AST) -> Iterator[str]:
    """Of a module, or of a part of it."""
    if isinstance(tree, ast.Constant | ast.JoinedStr):
        text = _pattern(tree)
        if text is not None and _is_for_people(text):
            yield text
    if isinstance(tree, ast.FormattedValue) and isinstance(tree.value, ast.IfExp):
        yield from _single_words(tree.value)
    for child in _heard(tree):
        yield from _texts(child)


def _heard(node: ast.AST) -> Iterator[ast.AST]:
    """The parts in which texts are looked for: no docstrings, no types, nothing that is only logged."""
    if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
        return
    if isinstance(node, ast.Assert):
        return
    if isinstance(node, ast.Call) and _SILENT_CALLS.match(ast.unparse(node.func)):
        return
    silent = {"annotation", "returns", "format_spec", "decorator_list"}
    for name, value in ast.iter_fields(node):
        if name in silent or (isinstance(node, ast.Dict) and name == "keys"):
            continue
        for part in value if isinstance(value, list) else [value]:
            if isinstance(part, ast.AST) and not (isinstance(node, ast.JoinedStr) and isinstance(part, ast.Constant)):
                yield part


def _single_words(choice: ast.IfExp) -> Iterator[str]:
    """``'before' if … else 'after'``: words that are filled into a sentence."""
    for part in (choice.body, choice.orelse):
        if isinstance(part, ast.Constant) and isinstance(part.value, str) and _WORDS.fullmatch(part.value):
            yield part.value


def _is_for_people(text: str) -> bool:
    bare = _UNIT.sub("", PLACEHOLDER.sub("0", text))
    return " " in text.strip() and _WORDS.search(bare) is not None and not _NOT_SAID.search(text)


def _pattern(node: ast.Constant | ast.JoinedStr) -> str | None:
    """The text with its placeholders; None where it is no text, or holds braces of its own."""
    if isinstance(node, ast.Constant):
        return node.value if isinstance(node.value, str) and not set("{}") & set(node.value) else None
    parts: list[str] = []
    names: dict[str, int] = {}
    for value in node.values:
        if isinstance(value, ast.Constant):
            if set("{}") & set(str(value.value)):
                return None
            parts.append(str(value.value))
        elif isinstance(value, ast.FormattedValue):
            name = _name(value.value)
            names[name] = names.get(name, 0) + 1
            number = str(names[name]) if names[name] > 1 else ""
            parts.append(f"{{{name}{number}{_specification(value)}}}")
    return "".join(parts)


def _specification(value: ast.FormattedValue) -> str:
    """``:.1f`` where a number is filled in; of times and the like nothing."""
    if not isinstance(value.format_spec, ast.JoinedStr):
        return ""
    written = "".join(str(part.value) for part in value.format_spec.values if isinstance(part, ast.Constant))
    return f":{written}" if re.fullmatch(r"[+,]?(\.\d+)?[defg%]", written) else ""


def _name(node: ast.expr) -> str:
    """What a placeholder is called: the last word of its expression."""
    match node:
        case ast.Name(name):
            return name.strip("_")
        case ast.Attribute(_, name):
            return name.strip("_")
        case ast.Call(ast.Attribute(_, "join"), [inner, *_]):
            return _name(inner)
        case ast.Call(ast.Attribute(inner, method), _) if method in _SAME:
            return _name(inner)
        case ast.Call(function, [inner, *_]) if isinstance(inner, ast.Name | ast.Attribute | ast.Subscript):
            return _name(inner) if isinstance(function, ast.Name) else _name(function)
        case ast.Call(function, _):
            return _name(function)
        case ast.Subscript(value, _):
            return _name(value)
        case ast.BoolOp(_, [first, *_]):
            return _name(first)
        case ast.IfExp(_, ast.Constant(str(one)), ast.Constant(str(other))):
            return f"{_word(one)}_or_{_word(other)}"
        case ast.GeneratorExp(element, _) | ast.ListComp(element, _):
            return _name(element)
    return "value"


def _word(text: str) -> str:
    return _NAME.sub("_", text).strip("_") or "nothing"
