"""The NEWARE cycler over a loopback socket: what goes out on the wire, what is refused, what is made of replies."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

from drivers.contracts import ChannelState, Identity, TestHandle, Translation
from drivers.errors import Garbled, Refused, Unreachable
from tests.drivers.neware.conftest import OpenCycler
from tests.drivers.neware.fake_bts import FakeBts
from tests.drivers.neware.loopback import HANG, Answer, Loopback, Script, reply
from tests.drivers.neware.programs import formation
from tests.drivers.neware.replies import Channel, Row, devinfo, download, inquire, inquiredf, said

FREE = Channel(1)
BUSY = Channel(2, "working", "251203_1", 144, 100, complete=False)
FAR = Channel(1, "protect", "007", 102, 5, subdevid=2)
ALL = (FREE, BUSY, FAR)
TAG = "L1 & <b>#17.1.1"
STEPS = Translation(b"<root/>", "application/xml", ())
HANDLE = TestHandle("27-21-1-1", TAG, "143")
LISTED = ("getdevinfo", devinfo(ALL))
LOOK = [("<inquire ", inquire([FREE])), ("<chl ", inquiredf([FREE]))]


def test_observing_all_channels_takes_two_exchanges(cycler: OpenCycler) -> None:
    with Loopback(FakeBts(ALL)) as server:
        one = cycler(server.address)
        one.observe()
        seen = one.observe()
    assert server.commands() == ["getdevinfo", "inquire", "inquiredf", "inquire", "inquiredf"]
    assert list(seen) == ["27-21-1-1", "27-21-1-2", "27-21-2-1"]
    busy = seen["27-21-1-2"]
    assert (busy.state, busy.native_state, busy.tag, busy.test_id) == (
        ChannelState.RUNNING,
        "working",
        "251203_1",
        "144",
    )
    assert (busy.records, busy.records_complete) == (100, False)
    assert (busy.voltage_V, busy.current_A, busy.cycle, busy.step, busy.step_time_s) == (
        4.6947,
        -0.0003,
        44,
        4,
        12319.0,
    )
    assert seen["27-21-2-1"].state is ChannelState.TRIPPED
    assert seen["27-21-2-1"].tag == "007", "a barcode is text, whatever it looks like"
    assert (seen["27-21-1-1"].step, seen["27-21-1-1"].records_complete) == (None, True)


@pytest.mark.parametrize("word", ["synCtrl", "waitStart", "waitTimeOut", "ligth", "false", "Working", ""])
def test_a_state_that_is_not_understood_is_unknown_and_never_running(cycler: OpenCycler, word: str) -> None:
    with Loopback(FakeBts([Channel(1, word)])) as server:
        assert cycler(server.address).observe()["27-21-1-1"].state is ChannelState.UNKNOWN


def test_the_list_of_channels_is_followed_when_it_shrinks_or_grows(cycler: OpenCycler) -> None:
    bts = FakeBts(ALL)
    with Loopback(bts) as server:
        one = cycler(server.address)
        assert len(one.observe()) == 3
        bts.channels = (FREE, FAR)
        assert list(one.observe()) == ["27-21-1-1", "27-21-2-1"]
        bts.channels = ALL
        one.close()
        assert len(one.observe()) == 3


def test_a_channel_that_is_listed_but_not_answered_for_is_unknown(cycler: OpenCycler) -> None:
    live = [("<inquire ", inquire([FREE])), ("<chl ", inquiredf([FREE]))]
    with Loopback(Script([LISTED, *live, LISTED, *live])) as server:
        seen = cycler(server.address).observe()
    assert seen["27-21-1-1"].state is ChannelState.FINISHED
    assert {seen[name].state for name in ("27-21-1-2", "27-21-2-1")} == {ChannelState.UNKNOWN}


def test_test_ids_of_another_channel_are_garbled(cycler: OpenCycler) -> None:
    wrong = ("<chl ", inquiredf([BUSY, FREE, FAR]))
    live = ("<inquire ", inquire(ALL))
    script = [LISTED, live, wrong, wrong, LISTED, live, wrong, wrong]
    with Loopback(Script(script)) as server, pytest.raises(Garbled, match="inquiredf answered"):
        cycler(server.address).observe()


def test_identity(cycler: OpenCycler) -> None:
    tree = reply(
        '  <cmd>getdevinfo_resp</cmd>\n  <client version="8.0.1.492" />\n  <server ip="127.0.0.1" port="3306">\n'
        '    <dev devtype="24" devid="3"><xwj subdevid="1"><channel Channelid="1">true</channel>'
        '<channel Channelid="2">true</channel></xwj></dev>\n  </server>'
    )
    with Loopback(Script([("getdevinfo", tree), ("getdevinfo", tree)])) as server:
        one = cycler(server.address)
        assert one.identify() == Identity("NEWARE", "BTS 8, devtype 24", server.address, "8.0.1.492")
        assert one.channels() == ["24-3-1-1", "24-3-1-2"], "the tree of 2025 clients; devtype as told, not 27"


def test_a_client_without_devices_has_no_channels(cycler: OpenCycler) -> None:
    with Loopback(FakeBts(())) as server:
        assert cycler(server.address).observe() == {}


def test_start_puts_the_file_and_sends_one_start(cycler: OpenCycler, tmp_path: Path) -> None:
    with Loopback(Script([LISTED, *LOOK, ("<cmd>start</cmd>", said("start", FREE, "ok"))])) as server:
        handle = cycler(server.address).start("27-21-1-1", STEPS, TAG)
    assert handle == TestHandle("27-21-1-1", TAG, None)
    (written,) = tmp_path.iterdir()
    assert written.read_bytes() == STEPS.content
    sent = ET.fromstring(server.requests[-1])
    start, backup = sent.findall("list/*")
    address = {"ip": "127.0.0.1", "devtype": "27", "devid": "21", "subdevid": "1", "chlid": "1"}
    assert start.attrib == {**address, "barcode": TAG}
    assert start.text == rf"D:\steps\{written.name}"
    assert (backup.tag, backup.get("backupdir")) == ("backup", r"D:\steps")


@pytest.mark.parametrize(
    ("channel", "says"),
    [
        (replace(FREE, status="working"), r"busy \(working: test 143, barcode cell-1#1.1.1\)"),
        (replace(FREE, status="pause"), r"busy \(pause: test 143, barcode cell-1#1.1.1\)"),
        (replace(FREE, status="waitStart"), "tells the state 'waitStart': not started"),
    ],
)
def test_a_channel_that_is_not_free_is_refused_and_no_start_is_sent(
    cycler: OpenCycler, tmp_path: Path, channel: Channel, says: str
) -> None:
    with Loopback(FakeBts([channel])) as server, pytest.raises(Refused, match=says):
        cycler(server.address).start("27-21-1-1", STEPS, TAG)
    assert "start" not in server.commands()
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("status", ["finish", "stop", "protect"])
def test_a_free_channel_is_started(cycler: OpenCycler, status: str) -> None:
    with Loopback(FakeBts([replace(FREE, status=status)])) as server:
        cycler(server.address).start("27-21-1-1", STEPS, TAG)
    assert server.commands().count("start") == 1


def test_a_refused_start_is_refused_with_the_file(cycler: OpenCycler) -> None:
    with (
        Loopback(FakeBts(ALL, words={"start": "false"})) as server,
        pytest.raises(Refused, match=r"D:\\steps\\.*\.xml"),
    ):
        cycler(server.address).start("27-21-1-1", STEPS, TAG)


@pytest.mark.parametrize(
    "lost",
    [
        HANG,
        Answer(close=True),
        Answer(reset=True),
        Answer((b"<bts><cmd>start_r",), close=True),
        Answer((b"\x15\x15",)),
        said("stop", FREE, "ok"),
        said("start", FREE, "perhaps"),
    ],
    ids=["silence", "closed", "reset", "half", "garbage", "another answer", "another word"],
)
def test_a_start_whose_reply_is_lost_is_never_sent_again(cycler: OpenCycler, lost: Answer) -> None:
    bts = FakeBts([FREE])

    def answer(request: str) -> Answer:
        return lost if "<cmd>start</cmd>" in request else bts(request)

    with Loopback(answer) as server:
        one = cycler(server.address, timeout=1.0 if lost is HANG else 30.0)
        with pytest.raises(Unreachable) as caught:
            one.start("27-21-1-1", STEPS, TAG)
        assert caught.value.sent
        assert one.observe()["27-21-1-1"].test_id == "143", "goes on with looking"
    assert server.commands().count("start") == 1


def test_a_start_to_a_dead_instrument_was_not_sent(cycler: OpenCycler) -> None:
    with Loopback(FakeBts([FREE])) as server:
        one = cycler(server.address)
        one.observe()
    with pytest.raises(Unreachable) as caught:
        one.start("27-21-1-1", STEPS, TAG)
    assert not caught.value.sent


def test_nothing_starts_without_a_step_folder(cycler: OpenCycler, tmp_path: Path) -> None:
    with Loopback(FakeBts([FREE])) as server:
        absent = str(tmp_path / "not-mounted")
        with pytest.raises(Refused, match=r"cannot write the step file .*not-mounted.*No such file"):
            cycler(server.address, step_dir=absent).start("27-21-1-1", STEPS, TAG)
        with pytest.raises(Refused, match="no step_dir"):
            cycler(server.address, step_dir="").start("27-21-1-1", STEPS, TAG)
    assert "start" not in server.commands()


def test_a_channel_that_is_not_there_is_refused(cycler: OpenCycler) -> None:
    with Loopback(FakeBts(ALL)) as server, pytest.raises(Refused, match=r"no channel 27-9-9-9; .*27-21-1-1"):
        cycler(server.address).stop("27-9-9-9")


def test_translation_of_what_cannot_run_is_refused_with_every_reason(cycler: OpenCycler) -> None:
    with pytest.raises(Refused, match=r"line 9: .* beyond .*; line 10: "):
        cycler("192.0.2.1", channel={"voltage_min_V": -5.0, "voltage_max_V": 5.0, "current_max_A": 1e-4}).translate(
            formation(), "27-21-1-1"
        )


def test_a_temperature_limit_is_named_as_watched_by_the_service(cycler: OpenCycler) -> None:
    watched = cycler("192.0.2.1").translate(formation(), "27-21-1-1").watched_by_service
    assert watched == (
        ("temperature 15 … 40.5 degC: held by the channel only where a temperature sensor is connected to it"),
    )


ORDERS: list[tuple[str, Callable[..., None], str]] = [
    (
        "stop",
        lambda c: c.stop("27-21-1-2"),
        '<stop ip="127.0.0.1" devtype="27" devid="21" subdevid="1" chlid="2">true<',
    ),
    ("continue", lambda c: c.resume("27-21-1-2"), 'chlid="2">true</continue>'),
    ("setpause", lambda c: c.pause("27-21-1-2"), 'chlid="2" cycleid="-1" stepid="-1" timeout="" />'),
    ("setpause", lambda c: c.pause_before_cycle("27-21-1-2", 12, 3), 'chlid="2" cycleid="12" stepid="3" timeout="" />'),
]


@pytest.mark.parametrize(("command", "order", "sent"), ORDERS)
def test_orders_are_sent_once(cycler: OpenCycler, command: str, order: Callable[..., None], sent: str) -> None:
    with Loopback(FakeBts(ALL)) as server:
        order(cycler(server.address))
    assert server.commands() == ["getdevinfo", command]
    assert sent in server.requests[-1]


@pytest.mark.parametrize(("command", "order", "sent"), ORDERS[1:])
def test_an_order_that_is_not_obeyed_is_refused(
    cycler: OpenCycler, command: str, order: Callable[..., None], sent: str
) -> None:
    with Loopback(FakeBts(ALL, words={command: "false"})) as server, pytest.raises(Refused, match="27-21-1-2 refused"):
        order(cycler(server.address))


def test_a_stop_where_nothing_runs_is_no_error(cycler: OpenCycler) -> None:
    with Loopback(FakeBts(ALL, words={"stop": "false"})) as server:
        one = cycler(server.address)
        one.stop("27-21-1-1")
        one.stop("27-21-1-1")
    assert server.commands().count("stop") == 2


def test_a_reserved_pause_is_asked_for_until_the_channel_rests(cycler: OpenCycler) -> None:
    bts = FakeBts(ALL)
    with Loopback(bts) as server:
        one = cycler(server.address)
        one.pause_before_cycle("27-21-1-2", 5, 1)
        assert [status.pause_reserved for status in one.observe().values()] == [False, True, False]
        bts.channels = (FREE, replace(BUSY, status="pause"), FAR)
        one.observe()
        one.observe()
    assert server.commands().count("getchlstatus") == 2


def test_every_other_command_of_the_client(cycler: OpenCycler) -> None:
    layer = reply(
        '  <cmd>downloadStepLayer_resp</cmd>\n  <downloadStepLayer devtype="27" />\n  <list count="1">\n'
        '    <data startseqid="1" endseqid="61" stepindex="1" stepid="2" cycleid="1" steptype="rest" steptime="60500"'
        ' endatime="2020-03-20 14:43:30" endvolt="2.5" cap="0" eng="0" dcir="0" />'
        "\n  </list>"
    )
    log = reply(
        '  <cmd>donwloadlog_resp</cmd>\n  <download devtype="27" log_lever="0" />\n  <list count="1">\n'
        '    <data seqid="1" log_code="100000" atime="2025-12-03 16:44:02" />\n  </list>'
    )
    script = [
        LISTED,
        ('chlid="1">false</light>', said("light", FREE, "ok")),
        ('chlid="1">true</clearflag>', said("clearflag", FREE, "false")),
        ('<resetalarm ip="127.0.0.1" devtype="27" devid="21">true</resetalarm>', said("resetalarm", FREE, "ok")),
        ('<stop ip="127.0.0.1" devtype="27" devid="21">true</stop>', said("broadcaststop", FREE, "ok")),
        ('<cancelpause ip="127.0.0.1" devtype="27" devid="21" subdevid="1" chlid="1" cycleid="-1" stepid="-1" />',
         said("cancelpause", FREE, "ok")),
        ("<getpause ip=", said("getpause", FREE, "ok")),
        ('testid="0" dcir="1" /><V1I1 previousstep="1"', layer),
        ('testid="143" log_lever="0" />', log),
    ]  # fmt: skip
    with Loopback(Script(script)) as server:
        one = cycler(server.address)
        address = one.client.devices().addresses[0]
        assert one.client.light(address, on=False) is True
        assert one.client.clear_flag(address) is False
        assert one.client.reset_alarm(address) is True
        assert one.client.broadcast_stop(address) is True
        assert one.client.cancel_pause(address) is True
        assert one.client.reserved_pauses([address])[0]["chlid"] == "1"
        (row,) = one.client.step_layer(address, dcir=True)
        assert (row.start_seq, row.end_seq, row.cycle, row.step, row.duration_s) == (1, 61, 1, 2, 60.5)
        (line,) = one.client.log(address, "143")
        assert (line.seq, line.code) == (1, "100000")


def row(seqid: int) -> Row:
    return Row(seqid, testtime=(seqid - 1) * 1000)


def test_a_count_that_was_observed_saves_the_empty_exchange_once(cycler: OpenCycler) -> None:
    bts = FakeBts([replace(FREE, count=2)], [row(1), row(2), row(3)])
    with Loopback(bts) as server:
        one = cycler(server.address)
        one.observe()
        batch = one.read(HANDLE, "")
        assert (len(batch), batch.more, batch.problems) == (2, False, ())
        one.observe()
        assert len(one.read(HANDLE, batch.cursor)) == 0
        assert server.commands().count("download") == 1
        assert one.read(HANDLE, batch.cursor).columns["seq"].tolist() == [3], "not believed a second time"


def test_reading_ends_at_the_limit_and_says_that_there_is_more(cycler: OpenCycler) -> None:
    with Loopback(FakeBts([replace(FREE, count=9)], [row(n) for n in range(1, 10)])) as server:
        one = cycler(server.address)
        one.observe()
        batch = one.read(HANDLE, "", limit=4)
        assert (len(batch), batch.more) == (4, True)
        rest = one.read(HANDLE, batch.cursor, limit=5)
        assert (rest.columns["seq"].tolist(), rest.more) == ([5, 6, 7, 8, 9], False)


def test_a_test_without_id_has_nothing_to_read(cycler: OpenCycler) -> None:
    batch = cycler("192.0.2.1").read(TestHandle("27-21-1-1", TAG), "")
    assert (len(batch), batch.cursor, batch.more) == (0, "", False)


def test_an_incomplete_download_is_asked_for_twice_and_then_named(cycler: OpenCycler) -> None:
    def chunk(start: int, *seqids: int) -> tuple[str, Answer]:
        return f'startpos="{start}"', download([row(n) for n in seqids], start=start)

    healed = [chunk(1, 1, 2, 5), chunk(3, 5), chunk(3, 3, 4, 5), chunk(6)]
    with Loopback(Script([LISTED, healed[0], *healed[1:3]])) as server:
        batch = cycler(server.address).read(HANDLE, "", limit=5)
    assert batch.columns["seq"].tolist() == [1, 2, 3, 4, 5]
    assert batch.problems == ()
    lost = [chunk(1, 1, 2, 5), chunk(3, 5), chunk(3, 5)]
    with Loopback(Script([LISTED, *lost])) as server:
        batch = cycler(server.address).read(HANDLE, "", limit=3)
    assert batch.columns["seq"].tolist() == [1, 2, 5]
    assert len(batch.problems) == 1
    assert batch.problems[0].startswith("records 3 to 4 are missing in the download, asked for twice")


def test_an_empty_download_where_records_were_told_is_named(cycler: OpenCycler) -> None:
    with Loopback(FakeBts([replace(FREE, count=7)])) as server:
        one = cycler(server.address)
        one.observe()
        assert one.read(HANDLE, "").problems == ("the download from record 1 on is empty, though 7 records were told",)


@pytest.mark.parametrize(
    "stranger",
    [
        download([row(1)], start=2),
        download([row(1)], start=1, channel=replace(FREE, testid=144)),
        download([row(1)], start=1, channel=BUSY),
    ],
    ids=["an earlier chunk", "another test", "another channel"],
)
def test_rows_that_were_not_asked_for_are_garbled(cycler: OpenCycler, stranger: Answer) -> None:
    with (
        Loopback(Script([LISTED, ("download", stranger), ("download", stranger)])) as server,
        pytest.raises(Garbled, match="asked for"),
    ):
        cycler(server.address).read(HANDLE, "")


def test_a_download_that_is_denied_is_refused(cycler: OpenCycler) -> None:
    denied = reply('  <cmd>download_resp</cmd>\n  <download devtype="27">false</download>')
    with (
        Loopback(Script([LISTED, ("download", denied)])) as server,
        pytest.raises(Refused, match="answered with 'false'"),
    ):
        cycler(server.address).read(HANDLE, "")


def test_the_documented_spelling_of_download_is_read_too(cycler: OpenCycler) -> None:
    good = download([row(1)], start=1, command="download")
    with Loopback(Script([LISTED, ("download", good)])) as server:
        assert len(cycler(server.address).read(HANDLE, "", limit=1)) == 1


def test_the_cell_temperature_comes_from_the_named_aux_column(cycler: OpenCycler) -> None:
    rows = [replace(row(1), aux=' T1="30.5" T2="21.25" V1="0.1"')]
    with Loopback(FakeBts([replace(FREE, count=1)], rows)) as server:
        default = cycler(server.address)
        assert default.read(HANDLE, "").columns["temperature_degC"].tolist() == [30.5]
        default.close()
        named = cycler(server.address, temperature_aux="T2")
        assert named.read(HANDLE, "").columns["temperature_degC"].tolist() == [21.25]
        named.observe()
    assert 'aux="1" barcode="1"' in [text for text in server.requests if "<inquire " in text][-1]
