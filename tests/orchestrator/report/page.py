"""A report read back: figures, tables and texts by the standard library's own parser."""

from __future__ import annotations

from dataclasses import dataclass, field
from html.parser import HTMLParser

_VOID = {"meta", "link", "br", "img", "input", "hr"}


@dataclass
class Page(HTMLParser):
    figures: list[dict[str, str]] = field(default_factory=list)
    ids: list[str] = field(default_factory=list)
    references: list[str] = field(default_factory=list)
    tags: set[str] = field(default_factory=set)
    rows: dict[str, list[list[str]]] = field(default_factory=dict)
    """Rows of tables by the id of the section or article they stand in."""
    text: str = ""
    unclosed: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self._place = ""
        self._cell: list[str] | None = None

    def __hash__(self) -> int:
        return id(self)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        self.tags.add(tag)
        if tag not in _VOID:
            self.unclosed.append(tag)
        if "id" in given:
            self.ids.append(given["id"])
        self.references += [given[name] for name in ("href", "xlink:href", "src", "action") if name in given]
        if tag == "figure":
            self.figures.append(given)
        if tag in ("section", "article"):
            self._place = given.get("id", "")
        if tag == "tr":
            self.rows.setdefault(self._place, []).append([])
        if tag in ("td", "th"):
            self._cell = []

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)
        if tag not in _VOID:
            self.unclosed.pop()

    def handle_endtag(self, tag: str) -> None:
        assert self.unclosed.pop() == tag
        if tag in ("td", "th") and self._cell is not None:
            self.rows[self._place][-1].append(" ".join("".join(self._cell).split()))
            self._cell = None

    def handle_data(self, data: str) -> None:
        self.text += data
        if self._cell is not None:
            self._cell.append(data)


def read_page(text: str) -> Page:
    page = Page()
    page.feed(text)
    page.close()
    assert page.unclosed == []
    return page
