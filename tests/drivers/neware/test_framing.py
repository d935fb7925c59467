"""Frames: whatever packets TCP makes of a reply, it is one reply or none."""

from __future__ import annotations

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from drivers.errors import Garbled
from drivers.neware.framing import FrameBuffer
from tests.drivers.neware.loopback import frame

WHOLE = frame('  <cmd>inquire_resp</cmd>\n  <x barcode="Zürich 电池 #1">ok</x>')
BODY = WHOLE[: WHOLE.index(b"</bts>") + 6]


@given(st.lists(st.integers(1, len(WHOLE) - 1), max_size=20))
def test_a_reply_is_whole_at_its_last_byte_however_it_is_cut(cuts: list[int]) -> None:
    edges = [0, *sorted(set(cuts)), len(WHOLE)]
    buffer = FrameBuffer()
    found = [buffer.feed(WHOLE[a:b]) for a, b in itertools.pairwise(edges)]
    assert found[:-1] == [None] * (len(found) - 1)
    assert found[-1] == BODY


@pytest.mark.parametrize("terminator", [b"#\r\n", b"\n\n#\r\n", b"\r\n\r\n#\r\n"])
def test_both_terminators_end_a_reply(terminator: bytes) -> None:
    assert FrameBuffer().feed(BODY + terminator) == BODY


def test_a_hash_inside_the_text_is_no_end() -> None:
    body = b'<bts><x barcode="c#1.1\r\n#\r\n"/></bts>'
    assert FrameBuffer().feed(body) is None
    assert FrameBuffer().feed(body + b"#\r\n") == body


@pytest.mark.parametrize("behind", [WHOLE, b"x", b"# \r\n", b"#\r\n<"])
def test_bytes_behind_the_end_are_garbled(behind: bytes) -> None:
    with pytest.raises(Garbled, match="behind the end"):
        FrameBuffer().feed(BODY + b"#\r\n" + behind if behind is WHOLE else BODY + behind)


def test_bytes_that_begin_no_reply_are_garbled_at_once() -> None:
    with pytest.raises(Garbled, match="begin no reply") as caught:
        FrameBuffer().feed(b"\x00\x01HTTP/1.1 400")
    assert caught.value.received == b"\x00\x01HTTP/1.1 400"


def test_a_reply_without_end_is_bounded() -> None:
    buffer = FrameBuffer(bytes_max=100)
    buffer.feed(b"<" * 99)
    with pytest.raises(Garbled, match="more than 100 bytes"):
        buffer.feed(b"<<")
