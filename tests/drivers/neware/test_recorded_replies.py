"""Replies recorded from a real BTS 8.0 (aurora-neware's tests, MIT), read where they lie beside the checkout."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from drivers.contracts import ChannelState, StepKind, TestHandle, Translation
from drivers.errors import Refused
from drivers.neware.address import Address
from tests.drivers.contract import check_observation
from tests.drivers.neware.conftest import OpenCycler
from tests.drivers.neware.loopback import Answer, Loopback, command_of

REPLIES = Path(__file__).parents[3].parent / "shared" / "data" / "neware" / "replies"
pytestmark = [
    pytest.mark.shared,
    pytest.mark.skipif(not REPLIES.is_dir(), reason="recorded replies are not beside the checkout"),
]
BY_COMMAND = {
    "connect": "connect_response",
    "getdevinfo": "get_devinfo_response",
    "inquire": "inquire_all_response",
    "inquiredf": "inquiredf_all_response",
    "getchlstatus": "get_status_all_response",
    "download": "download_21_1_1_repsonse",
    "downloadlog": "downloadlog_21_1_1_response",
    "downloadStepLayer": "download_step_layer_21_1_1_response",
    "light": "light_response",
    "clearflag": "clear_flag_response",
    "start": "start_21_1_1_response",
    "stop": "stop_21_1_1_response",
}
FIRST = Address(27, 21, 1, 1)


def recorded(request: str, **instead: str) -> Answer:
    command = command_of(request)
    if 'count="1"' in request and command in ("inquire", "inquiredf"):
        name = f"{command}_21_1_1_response"
    else:
        name = instead.get(command, BY_COMMAND[command])
    return Answer(((REPLIES / f"{name}.xml").read_bytes() + b"\n\n#\r\n",))


def test_all_sixteen_channels(cycler: OpenCycler) -> None:
    with Loopback(recorded) as server:
        seen = check_observation(cycler(server.address, login=True))
    assert len(seen) == 16
    first, second = seen["27-21-1-1"], seen["27-21-1-2"]
    assert (first.state, first.tag, first.test_id) == (ChannelState.FINISHED, "251203_kigr_gen17_01", "143")
    assert (first.records, first.records_complete, first.voltage_V) == (219585, True, 3.8834)
    assert (second.state, second.cycle, second.step, second.step_time_s) == (ChannelState.RUNNING, 44, 4, 12319.0)
    assert (second.records, second.records_complete) == (320850, False)
    assert {status.state for status in seen.values()} == {ChannelState.FINISHED, ChannelState.RUNNING}


def test_the_last_rows_of_a_long_test(cycler: OpenCycler) -> None:
    with Loopback(recorded) as server:
        cursor = '{"next_seq":219576}'
        batch = cycler(server.address).read(TestHandle("27-21-1-1", "", "143"), cursor, limit=10)
    assert batch.columns["seq"].tolist() == list(range(219576, 219586))
    assert set(batch.columns["cycle"].tolist()) == {30}
    assert set(batch.columns["step_kind"].tolist()) == {StepKind.CC_DISCHARGE}
    assert batch.columns["step_time_s"][-1] == 36136.4
    assert batch.columns["step_capacity_Ah"][-1] == pytest.approx(0.00296173, rel=1e-5)
    assert batch.columns["unix_time_s"][0] == 1766957345.0, "2025-12-28 22:29:05 in Zurich"
    assert batch.problems == ()


def test_steps_log_light_and_flag(cycler: OpenCycler) -> None:
    with Loopback(recorded) as server:
        client = cycler(server.address).client
        steps = client.step_layer(FIRST, "143")
        assert [(s.step, s.cycle, s.steptype, s.start_seq, s.end_seq) for s in steps] == [
            (1, 1, "rest", 1, 4321),
            (2, 1, "cc", 4322, 7518),
            (3, 1, "cv", 7519, 7927),
        ]
        assert steps[1].duration_s == 31799.1
        assert [row.code for row in client.log(FIRST, "143")] == ["100000", "100215", "100213", "100007", "100001"]
        assert client.light(FIRST, on=True) is True
        assert client.clear_flag(FIRST) is False


def test_start_and_its_refusal(cycler: OpenCycler) -> None:
    steps = Translation(b"<root/>", "application/xml", ())
    with Loopback(recorded) as server:
        assert cycler(server.address).start("27-21-1-1", steps, "a#1.1.1").test_id is None
    refusing = Loopback(lambda request: recorded(request, start="start_21_1_4_bad_response"))
    with refusing as server, pytest.raises(Refused, match="refused to start"):
        cycler(server.address).start("27-21-1-1", steps, "a#1.1.1")


def test_no_devices(cycler: OpenCycler) -> None:
    with Loopback(lambda request: recorded(request, getdevinfo="get_devinfo_bad_response")) as server:
        assert cycler(server.address).observe() == {}


def test_every_recorded_file_is_one_that_is_known_here() -> None:
    names = set(json.loads((REPLIES / "request_to_response_map.json").read_text()).values())
    assert {f"_{name}" for name in BY_COMMAND.values()} <= names
