"""Rows of a download: the fast path tells exactly what the hardened tree tells, or leaves it to the tree."""

from __future__ import annotations

from xml.sax.saxutils import quoteattr

import pytest
from hypothesis import given
from hypothesis import strategies as st

from drivers.errors import Garbled
from drivers.neware.download_rows import RowColumns, download_rows, rows_from_bytes, rows_from_tree
from drivers.neware.replies import Reply, parse_reply
from tests.drivers.neware.loopback import frame
from tests.drivers.neware.replies import Row, download

NAMES = ["seqid", "stepid", "cycleid", "steptype", "testtime", "atime", "volt", "curr", "cap", "eng"]
AUX = ["V1", "T1", "t1", "Thk1", "N14", "CPU"]
NUMBERS = st.one_of(
    st.integers(-(10**9), 10**9).map(str),
    st.floats(allow_nan=False, allow_infinity=False).map(repr),
    st.sampled_from(["0", "-0", "1E-05", "-2.5e+03", "+.5", "1.#QNAN", ""]),
)
TEXTS = st.text(st.characters(codec="utf-8", exclude_categories=["Cs", "Cc"]), max_size=6)


def anything(_: Reply) -> None:
    """Pass every envelope."""


def envelope(body: str, count: int) -> str:
    return f'  <cmd>donwload_resp</cmd>\n  <download testid="7" />\n  <list count="{count}">{body}</list>'


def texts(rows: RowColumns) -> dict[str, list[str | None]]:
    for column in rows.columns.values():
        column.validate(full=True)
    return {name: column.to_pylist() for name, column in rows.columns.items()}


def both(body: str, count: int) -> tuple[RowColumns | None, RowColumns]:
    text = envelope(body, count)
    reply = parse_reply(frame(text)[: -len(b"\n\n#\r\n")], "download")
    return rows_from_bytes(body.replace("\n", "\r\n").encode()), rows_from_tree(reply)


@st.composite
def bodies(draw: st.DrawFn) -> tuple[str, int]:
    names = draw(st.permutations(NAMES + draw(st.lists(st.sampled_from(AUX), unique=True))))
    indent = draw(st.sampled_from(["\n    ", " ", ""]))
    end = draw(st.sampled_from([" />", "/>"]))
    rows = []
    for _ in range(draw(st.integers(1, 5))):
        row = names if draw(st.integers(0, 5)) else draw(st.permutations(names))[1:]
        values = {name: draw(TEXTS if name == "steptype" else NUMBERS) for name in row}
        rows.append("<data" + "".join(f" {name}={quoteattr(value)}" for name, value in values.items()) + end)
    return indent + indent.join(rows) + draw(st.sampled_from(["\n  ", ""])), len(rows)


@given(bodies())
def test_the_fast_path_tells_what_the_tree_tells(drawn: tuple[str, int]) -> None:
    fast, tree = both(*drawn)
    if fast is not None:
        assert fast.count == tree.count == drawn[1]
        assert texts(fast) == texts(tree)


def test_recorded_rows_take_the_fast_path() -> None:
    rows = "".join(f"\r\n    {Row(n, aux=aux).xml()}" for n, aux in ((1, ' T1="25.1"'), (2, ' T1="25.2"'))) + "\r\n  "
    found = rows_from_bytes(rows.encode())
    assert found is not None
    assert list(found.columns) == [*NAMES, "T1"]
    assert found.columns["T1"].to_pylist() == ["25.1", "25.2"]


GOOD = Row(1).xml()


@pytest.mark.parametrize(
    "body",
    [
        GOOD + Row(2, aux=' T1="25"').xml(),
        Row(1, aux=' T1="25"').xml() + GOOD,
        GOOD + "<data/>",
        GOOD + GOOD.replace('volt="', "volt='").replace('"3.', "'3."),
        GOOD.replace('steptype="cc"', "steptype='cc'"),
        GOOD + "<!-- " + Row(2).xml() + " -->",
        GOOD + "<rest/>" + GOOD,
        GOOD + "x" + GOOD,
        GOOD.replace('"cc"', '"a&amp;b"'),
        GOOD.replace('"cc"', '"a\nb"'),
        GOOD.replace('"cc"', '"a\tb"'),
        GOOD.replace("<data ", "<data  "),
        GOOD.replace(" volt=", " volt ="),
        GOOD.replace(" volt=", "\nvolt="),
        GOOD.replace(" curr=", " volt="),
        GOOD[:-3],
        GOOD + GOOD[:40],
        GOOD.replace(' eng="', ' eng"'),
        "",
        "  ",
    ],
)
def test_whatever_is_not_plain_is_left_to_the_tree(body: str) -> None:
    assert rows_from_bytes(body.encode()) is None


@pytest.mark.parametrize("body", [GOOD + Row(2, aux=' T1="25"').xml(), GOOD.replace('"cc"', '"a&amp;b"')])
def test_the_tree_reads_it(body: str) -> None:
    rows = download_rows(frame(envelope(body, 9))[: -len(b"\n\n#\r\n")], "download", anything)
    assert rows.count == body.count("<data ")
    assert texts(rows).get("T1", [None, "25"]) == [None, "25"]
    assert texts(rows)["steptype"][0] in ("cc", "a&b")


@pytest.mark.parametrize(
    "text",
    [
        envelope(GOOD + "<data", 2),
        envelope(GOOD + "<step />", 2),
        envelope(GOOD.replace("volt=", "curr="), 1),
        "  <cmd>download_resp</cmd>\n  <download />",
        envelope(GOOD, 1).replace("donwload_resp", "inquire_resp"),
    ],
)
def test_what_makes_no_sense_is_garbled(text: str) -> None:
    with pytest.raises(Garbled):
        download_rows(frame(text)[: -len(b"\n\n#\r\n")], "download", anything)


def test_a_column_that_a_row_lacks_is_garbled_where_it_is_needed() -> None:
    lacking = envelope(GOOD + GOOD.replace(' volt="3.6780698299408"', ""), 2)
    rows = download_rows(frame(lacking)[:-5], "download", anything)
    with pytest.raises(Garbled, match="rows without volt"):
        rows.required("volt")
    with pytest.raises(Garbled, match="rows without nothing_such"):
        rows.required("nothing_such")


def test_entity_bombs_and_external_entities_are_refused() -> None:
    bomb = (
        b'<!DOCTYPE bts [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;">]>'
        b'<bts><cmd>download_resp</cmd><download/><list count="1"><data seqid="&b;"/></list></bts>'
    )
    with pytest.raises(Garbled, match="no XML"):
        download_rows(bomb, "download", anything)
    with pytest.raises(Garbled, match="no XML"):
        parse_reply(bomb.replace(b'"aaaaaaaaaa"', b'SYSTEM "file:///etc/hostname"'), "download")


def test_an_empty_list_has_no_rows() -> None:
    rows = download_rows(download([], start=11).packets[0][:-5], "download", anything)
    assert rows.count == 0
