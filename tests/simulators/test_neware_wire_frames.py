"""Bytes to requests and back, without an instrument."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from simulators.neware.address import ChannelAddress
from simulators.neware.frames import FRAME_LIMIT_BYTES, FrameBuffer, FrameTooLongError
from simulators.neware.wire import MalformedRequestError, parse_request

FRAMES = [
    b'<?xml version="1.0" encoding="UTF-8" ?><bts version="1.0"><cmd>connect</cmd></bts>',
    b'<bts version="1.0">\r\n <cmd>getdevinfo</cmd>\r\n</bts>',
    '<bts><cmd>start</cmd><list count = "1"><start barcode="样品#\r\n7">#\r\n</start></list>"</bts>'.encode(),
]


@given(
    frames=st.lists(st.sampled_from(FRAMES), min_size=1, max_size=4),
    end=st.sampled_from([b"#\r\n", b"\n\n#\r\n", b" \r\n#\r\n"]),
    cuts=st.lists(st.integers(0, 400), max_size=12),
)
def test_requests_survive_any_cutting(frames: list[bytes], end: bytes, cuts: list[int]) -> None:
    stream = b"".join(frame + end for frame in frames)
    places = sorted({0, len(stream), *(cut for cut in cuts if cut < len(stream))})
    buffer = FrameBuffer()
    found = [f for a, b in pairwise(places) for f in buffer.feed(stream[a:b])]
    assert found == frames


def test_byte_by_byte() -> None:
    buffer = FrameBuffer()
    found = [frame for byte in FRAMES[2] + b"\n\n#\r\n" for frame in buffer.feed(bytes([byte]))]
    assert found == [FRAMES[2]]


def test_a_request_that_never_ends_is_an_error() -> None:
    buffer = FrameBuffer()
    buffer.feed(b"x" * FRAME_LIMIT_BYTES)
    with pytest.raises(FrameTooLongError):
        buffer.feed(b"x")


def test_items_are_found_with_and_without_a_list() -> None:
    listed = parse_request(b'<bts><cmd> stop </cmd><list count="7"><stop chlid="1"/><stop chlid="2"/></list></bts>')
    assert listed.command == "stop"
    assert [item.get("chlid") for item in listed.items] == ["1", "2"]
    bare = parse_request(b'<bts><cmd>downloadStepLayer</cmd><downloadStepLayer chlid="1"/><V1I1 type="1"/></bts>')
    assert [item.get("chlid") for item in bare.only("downloadStepLayer")] == ["1"]


@pytest.mark.parametrize(
    "frame",
    [
        b"",
        b"hello</bts>",
        b"<bts></bts>",
        b"<other><cmd>stop</cmd></other>",
        b"<bts><cmd>stop</bts>",
        b"<bts><cmd>\xff</cmd></bts>",
        b'<?xml version="1.0" encoding="klingon"?><bts><cmd>stop</cmd></bts>',
        b'<?xml version="1.0" encoding="GB2312"?><bts><cmd>stop</cmd></bts>',
        b'<!DOCTYPE bts [<!ENTITY a "aaaa">]><bts><cmd>&a;</cmd></bts>',
        b'<!DOCTYPE bts SYSTEM "file:///etc/passwd"><bts><cmd>stop</cmd></bts>',
    ],
)
def test_what_is_no_request_is_refused_and_entities_are_never_expanded(frame: bytes) -> None:
    with pytest.raises(MalformedRequestError):
        parse_request(frame)


@given(st.binary(max_size=300))
def test_no_bytes_raise_anything_else(frame: bytes) -> None:
    try:
        parse_request(frame)
    except MalformedRequestError:
        return


@given(st.tuples(*[st.integers(0, 10**9 - 1)] * 4))
def test_an_address_reads_back(numbers: tuple[int, int, int, int]) -> None:
    address = ChannelAddress(*numbers)
    assert ChannelAddress.parse(str(address)) == address
    assert ChannelAddress.from_attributes(address.attributes()) == address


@pytest.mark.parametrize("text", ["", "27-21-1", "27-21-1-1-0", "27-21-1-x", "27-21-1--1", "27-21-1-١"])
def test_what_is_no_address(text: str) -> None:
    with pytest.raises(ValueError, match="is not a channel address"):
        ChannelAddress.parse(text)
