"""The words of the pages: ``python -m tests.docs.words`` writes the catalogues, a test compares them.

Every text in ``_("…")`` or ``{% trans %}`` of a template, in ``t("…")`` of a script, and in ``_("…")``, ``t("…")`` or
``N_("…")`` of Python below ``orchestrator/web`` and ``orchestrator/report`` gets its entry in
``locale/LANGUAGE/LC_MESSAGES/cellbench.po``, to be translated by hand; what stands nowhere any more loses it. From each
the ``.mo`` is compiled that the service reads. What comes from data has catalogues of its own beside it,
``sentences.po`` and ``results.po``: :mod:`tests.docs.sentences` finds these texts.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Callable, Iterator, Mapping, Set
from io import BytesIO
from pathlib import Path

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract_from_dir
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

from tests.docs.sentences import results, sentences, with_earlier

ROOT = Path(__file__).parents[2]
WEB = ROOT / "orchestrator" / "web"
REPORT = ROOT / "orchestrator" / "report"
LOCALE = WEB / "locale"
_METHODS = [("**.html", "jinja2"), ("**.j2", "jinja2"), ("**.py", "python"), ("static/js/**.js", "javascript")]
_JINJA = {"newstyle_gettext": "true", "trim_blocks": "true", "lstrip_blocks": "true", "silent": "false"}
_OPTIONS = {"**.html": _JINJA, "**.j2": _JINJA}
_KEYWORDS = {"_": None, "N_": None, "t": None, "gettext": None, "ngettext": (1, 2)}
_PLACEHOLDER = re.compile(r"%\(\w+\)[sdif]|%%|\{\w+(?::[^{}]*)?\}")
PAGES = "cellbench"


def languages() -> list[str]:
    """Those into which the pages are translated; English is what they are written in."""
    return sorted(path.parents[1].name for path in LOCALE.glob("*/LC_MESSAGES/cellbench.po"))


Text = str | tuple[str, ...]
"""Or a singular and a plural."""
Texts = Mapping[Text, Set[str]]
"""With the files in which each stands."""


def extracted() -> dict[Text, set[str]]:
    """Every text, with the files in which it stands."""
    found: dict[Text, set[str]] = {}
    for folder in (WEB, REPORT):
        walk = extract_from_dir(
            folder, method_map=_METHODS, options_map=_OPTIONS, keywords=_KEYWORDS, directory_filter=_is_ours
        )
        for path, _line, text, _comments, _context in walk:
            found.setdefault(text, set()).add((folder / path).relative_to(ROOT).as_posix())
    return found


def _with_earlier(name: str, found: Mapping[str, set[str]]) -> Texts:
    catalogues = [read_catalogue(language, name) for language in languages()]
    said = (message.id for catalogue in catalogues for message in messages(catalogue) if is_translated(message))
    return {**with_earlier(found, said)}


FOUND: Mapping[str, Callable[[], Texts]] = {
    PAGES: extracted,
    "sentences": lambda: _with_earlier("sentences", sentences()),
    "results": lambda: _with_earlier("results", results()),
}
"""By catalogue, who finds its texts."""


def placeholders(text: Text) -> set[str]:
    """What is filled in: ``%(name)s`` by templates, ``{name}`` by scripts."""
    return set(_PLACEHOLDER.findall(text if isinstance(text, str) else " ".join(text)))


def po_path(language: str, name: str = PAGES) -> Path:
    """Where the texts of a catalogue stand in a language."""
    return LOCALE / language / "LC_MESSAGES" / f"{name}.po"


def read_catalogue(language: str, name: str = PAGES) -> Catalog:
    """What is translated so far."""
    with po_path(language, name).open("rb") as file:
        return read_po(file, locale=language)


def merged(language: str, name: str, found: Texts) -> Catalog:
    """The texts that there are, with what is translated of them."""
    old = read_catalogue(language, name)
    # the dates are those of the file: two runs write the same
    new = Catalog(
        locale=language, project="cellbench", version="1", copyright_holder="The cellbench developers", fuzzy=False,
        header_comment="# Words of the pages of cellbench; docs/reference/pages.md says how to change them.",
        msgid_bugs_address="none", last_translator="The cellbench developers", language_team="The cellbench developers",
        creation_date=old.creation_date, revision_date=old.revision_date,
    )  # fmt: skip
    for text in sorted(found, key=lambda one: (min(found[one], default="~"), str(one))):
        known = old.get(text)
        string = known.string if known is not None and not known.fuzzy else ""
        new.add(text, string, locations=[(place, None) for place in sorted(found[text])])
    return new


def messages(catalogue: Catalog) -> Iterator[Message]:
    """Without the header."""
    return (message for message in catalogue if message.id)


def is_translated(message: Message) -> bool:
    """Whether it, and its plural, stand in the other language."""
    return bool(message.string) and all([message.string] if isinstance(message.string, str) else message.string)


def mo_bytes(catalogue: Catalog) -> bytes:
    """What the service reads."""
    buffer = BytesIO()
    write_mo(buffer, catalogue)
    return buffer.getvalue()


def write(language: str, name: str, catalogue: Catalog) -> None:
    """Both files."""
    with po_path(language, name).open("wb") as file:
        write_po(file, catalogue, width=120, include_lineno=False)
    po_path(language, name).with_suffix(".mo").write_bytes(mo_bytes(read_catalogue(language, name)))


def _is_ours(folder: str | Path) -> bool:
    return Path(folder).name not in {"vendor", "__pycache__", "locale"}


def main() -> int:
    """Write every language; the exit code is 1 while a text is not translated."""
    missing = []
    for name, find in FOUND.items():
        found = find()
        for language in languages():
            catalogue = merged(language, name, found)
            write(language, name, catalogue)
            missing += [f"{language}: {message.id}" for message in messages(catalogue) if not is_translated(message)]
    print(*(f"not translated into {line}" for line in missing), sep="\n", end="\n" if missing else "")  # noqa: T201
    return 1 if missing else 0


if __name__ == "__main__":
    sys.exit(main())
