"""What the virtual NEWARE says and does over its wire."""

import socket
import time
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import numpy as np
import pytest

from simulators.lab.client import LabControl
from simulators.lab.lab_file import parse_lab
from simulators.lab.thread import LabThread
from tests.simulators.bts_wire import TERMINATOR, BtsWire, at, parse

ONE, TWO, NOWHERE = "27-21-1-1", "27-21-1-2", "27-99-1-1"


def start(wire: BtsWire, *channels: str, barcode: str = "cell", file: str = r"D:\steps\short.xml") -> list[str | None]:
    items = [f"<start {at(channel, barcode=barcode)}>{file}</start>" for channel in channels]
    return [item.text for item in wire.ask_list("start", *items, '<backup backupdir="D:\\backup" filetype="0" />')]


def act(wire: BtsWire, command: str, *channels: str, **attributes: str) -> list[str | None]:
    items = [f"<{command} {at(channel, **attributes)}>true</{command}>" for channel in channels]
    return [item.text for item in wire.ask_list(command, *items)]


def status(wire: BtsWire, channel: str = ONE) -> str | None:
    return wire.ask_list("getchlstatus", f"<status {at(channel)}>true</status>")[0].text


def uploaded(wire: BtsWire, channel: str = ONE, testid: int = 0) -> tuple[int, int, str | None]:
    item = wire.ask_list("inquiredf", f'<chl {at(channel)} testid="{testid}"/>')[0]
    return int(item.attrib["testid"]), int(item.attrib["count"]), item.text


def point(wire: BtsWire, channel: str = ONE) -> dict[str, str]:
    return wire.ask_list("inquire", f'<inquire {at(channel)} aux="0" barcode="1">true</inquire>')[0].attrib


def download(wire: BtsWire, first: int, count: int, testid: int = 0, channel: str = ONE) -> list[dict[str, str]]:
    request = f'<download {at(channel)} auxid="0" testid="{testid}" startpos="{first}" count="{count}"/>'
    listed = parse(wire.ask(f"<cmd>download</cmd>{request}")).find("list")
    assert listed is not None
    assert int(listed.attrib["count"]) == len(listed)
    return [row.attrib for row in listed]


# ---- start, and what is told of it


def test_what_is_told_lags_and_commands_act_at_once(wire: BtsWire, control: LabControl, steps: Path) -> None:
    assert start(wire, ONE) == ["ok"]
    control.advance(4.9)
    assert status(wire) == "finish"
    assert uploaded(wire) == (0, 0, "true")
    assert start(wire, ONE) == ["false"], "it runs, whatever it tells"
    control.advance(0.2)
    assert status(wire) == "working"
    assert uploaded(wire) == (1, 1, "false")
    control.advance(60)
    assert uploaded(wire) == (1, 8, "false")
    assert act(wire, "stop", ONE) == ["ok"]
    assert status(wire) == "working"
    assert act(wire, "stop", ONE) == ["false"], "nothing runs any more"
    control.advance(5)
    assert status(wire) == "stop"
    told = uploaded(wire)
    assert told == (1, control.tests("bts-1")[0]["records"], "true")


def test_a_batch_shares_its_test_id_and_a_refused_start_uses_none(
    wire: BtsWire, control: LabControl, steps: Path
) -> None:
    assert start(wire, ONE, file=r"D:\steps\absent.xml") == ["false"]
    assert start(wire, NOWHERE) == ["false"]
    assert start(wire, ONE, NOWHERE, TWO) == ["ok", "false", "ok"]
    assert start(wire, "27-21-1-3") == ["ok"]
    control.advance(10)
    assert [uploaded(wire, channel)[0] for channel in (ONE, TWO, "27-21-1-3")] == [1, 1, 2]
    act(wire, "stop", ONE)
    start(wire, ONE, barcode="next")
    control.advance(10)
    assert uploaded(wire) == (3, 1, "false")
    assert uploaded(wire, testid=1)[2] == "true"
    assert point(wire)["barcode"] == "next"
    tests = [(t["channel"], t["test_id"], t["barcode"], t["state"]) for t in control.tests("bts-1")]
    assert tests == [
        (ONE, 1, "cell", "stop"),
        (ONE, 3, "next", "working"),
        (TWO, 1, "cell", "working"),
        ("27-21-1-3", 2, "cell", "working"),
    ]


@pytest.mark.parametrize(
    "path",
    [
        "",
        r"D:\steps\absent.xml",
        r"D:\steps\bad.xml",
        r"E:\steps\short.xml",
        r"D:\steps\..\steps\short.xml",
        "D:\\steps",
    ],
)
def test_a_start_without_a_sound_step_file_is_refused(
    wire: BtsWire, control: LabControl, steps: Path, path: str
) -> None:
    (steps / "bad.xml").write_bytes(b"<root><config")
    assert start(wire, ONE, file=path) == ["false"]
    control.advance(60)
    assert status(wire) == "finish"
    assert control.tests("bts-1") == []


@pytest.mark.parametrize("path", [r"d:\STEPS\short.xml", "D:/steps/short.xml", "\n  D:\\steps\\short.xml\n"])
def test_paths_are_read_as_windows_reads_them(wire: BtsWire, steps: Path, path: str) -> None:
    assert start(wire, ONE, file=path) == ["ok"]


def test_barcodes_are_text_of_any_kind(wire: BtsWire, control: LabControl, steps: Path) -> None:
    assert start(wire, ONE, barcode="251203_1 样品 #2 &lt;&amp;&quot;") == ["ok"]
    control.advance(10)
    assert point(wire)["barcode"] == '251203_1 样品 #2 <&"'
    assert control.tests("bts-1")[0]["barcode"] == '251203_1 样品 #2 <&"'


# ---- what is measured


def test_downloaded_rows_are_the_ledger_in_every_column(wire: BtsWire, control: LabControl, steps: Path) -> None:
    start(wire, ONE)
    control.advance(200_000)
    testid, count, complete = uploaded(wire)
    assert complete == "true"
    rows = [row for first in range(1, count + 1, 1000) for row in download(wire, first, 1000)]
    ledger = control.ledger("bts-1", ONE, testid)
    assert len(rows) == count == len(ledger["seqid"]) > 2000
    for wire_name, column in (
        ("seqid", "seqid"),
        ("stepid", "stepid"),
        ("cycleid", "cycleid"),
        ("testtime", "testtime_ms"),
    ):
        assert [int(row[wire_name]) for row in rows] == ledger[column].tolist()
    for wire_name, column in (("volt", "volt_V"), ("curr", "curr_A"), ("cap", "cap_Ah"), ("eng", "eng_Wh")):
        assert [float(row[wire_name]) for row in rows] == ledger[column].tolist()
    assert [row["steptype"] for row in rows] == ledger["steptype"].tolist()
    zone = ZoneInfo("Asia/Shanghai")
    told = [datetime.fromisoformat(row["atime"]).replace(tzinfo=zone).timestamp() for row in rows]
    np.testing.assert_allclose(told, np.floor(np.round(ledger["unix_time_s"], 3)))


def test_download_serves_a_thousand_rows_at_most_and_none_beyond_the_end(
    wire: BtsWire, control: LabControl, steps: Path
) -> None:
    start(wire, ONE)
    control.advance(200_000)
    count = uploaded(wire)[1]
    assert len(download(wire, 1, 5000)) == 1000
    assert [row["seqid"] for row in download(wire, count, 1000)] == [str(count)]
    for first, wanted, testid in ((count + 1, 1000, 0), (1, 0, 0), (0, 0, 0), (1, 1000, 77)):
        assert download(wire, first, wanted, testid) == []
    assert download(wire, 1, 10, channel=NOWHERE) == []


def test_records_of_the_last_seconds_are_not_told_yet(wire: BtsWire, control: LabControl, steps: Path) -> None:
    start(wire, ONE)
    control.advance(64)  # records at 0, 10, … 60 s, told is 59 s
    assert uploaded(wire)[1] == len(download(wire, 1, 1000)) == 6
    assert len(control.ledger("bts-1", ONE, 1)["seqid"]) > 6


def test_inquire_tells_four_decimals_seconds_and_cycles_from_one(
    wire: BtsWire, control: LabControl, steps: Path
) -> None:
    start(wire, ONE)
    control.advance(65 + 600)
    told = point(wire)
    assert {name: told[name] for name in ("dev", "cycle_id", "step_id", "step_type", "workstatus", "log_code")} == {
        "dev": "27-21-1-1-0", "cycle_id": "1", "step_id": "2", "step_type": "dc", "workstatus": "working",
        "log_code": "102000",
    }  # fmt: skip
    assert (told["totaltime"], told["relativetime"], told["current"]) == ("660", "600", "-0.002")
    assert all(len(told[name].partition(".")[2]) <= 4 for name in ("current", "voltage", "capacity", "energy"))
    control.advance(200_000)
    over = point(wire)
    assert "step_id" not in over
    assert (over["step_type"], over["workstatus"], over["cycle_id"], over["current"]) == ("--", "finish", "1", "0")


def test_step_layer_and_log_agree_with_the_records(wire: BtsWire, control: LabControl, steps: Path) -> None:
    start(wire, ONE)
    control.advance(200_000)
    ledger = control.ledger("bts-1", ONE, 1)
    reply = parse(wire.ask(f'<cmd>downloadStepLayer</cmd><downloadStepLayer {at(ONE)} dcir="0" testid="1"/>'))
    layers = [item.attrib for item in reply.findall("list/data")]
    assert [(x["stepindex"], x["stepid"], x["cycleid"], x["steptype"]) for x in layers] == [
        ("1", "1", "1", "rest"), ("2", "2", "1", "dc"), ("3", "3", "1", "cc"),
        ("4", "1", "2", "rest"), ("5", "2", "2", "dc"), ("6", "3", "2", "cc"),
    ]  # fmt: skip
    for layer in layers:
        first, last = int(layer["startseqid"]) - 1, int(layer["endseqid"]) - 1
        assert float(layer["startvolt"]) == ledger["volt_V"][first]
        assert float(layer["endcurr"]) == ledger["curr_A"][last]
        assert float(layer["cap"]) == ledger["cap_Ah"][last]
        assert int(layer["steptime"]) == ledger["testtime_ms"][last]
        assert int(layer["cycleid"]) == ledger["cycleid"][last] + 1
    log = parse(wire.ask(f'<cmd>downloadlog</cmd><download {at(ONE)} testid="0" log_lever="0"/>')).findall("list/data")
    assert [(row.attrib["seqid"], row.attrib["log_code"]) for row in log] == [
        ("1", "100000"), (str(len(ledger["seqid"])), "100001"),
    ]  # fmt: skip
    assert log[0].attrib["atime"] == "2026-01-05 08:00:00"


# ---- pause and other commands


def test_pause_now_continue_and_stop(wire: BtsWire, control: LabControl, steps: Path) -> None:
    start(wire, ONE)
    control.advance(100)
    assert act(wire, "continue", ONE) == ["false"]
    assert act(wire, "setpause", ONE, cycleid="-1", stepid="-1", timeout="") == ["ok"]
    control.advance(600)
    assert status(wire) == "pause"
    assert start(wire, ONE) == ["false"], "a start would displace the paused test"
    assert act(wire, "continue", ONE) == ["ok"]
    control.advance(10)
    assert status(wire) == "working"
    assert point(wire)["totaltime"] == "105"
    assert act(wire, "stop", ONE, TWO) == ["ok", "false"]


def test_a_reserved_pause_comes_at_its_step(wire: BtsWire, control: LabControl, steps: Path) -> None:
    start(wire, ONE)
    assert act(wire, "getpause", ONE) == ["false"]
    assert act(wire, "setpause", ONE, cycleid="2", stepid="1", timeout="") == ["ok"]
    control.advance(10)
    listed = wire.ask_list("getchlstatus", f"<status {at(ONE)}>true</status>")
    assert (listed[0].attrib["reservepause"], listed[0].text) == ("1", "working")
    assert act(wire, "getpause", ONE) == ["ok"]
    assert act(wire, "cancelpause", ONE, cycleid="2", stepid="1") == ["ok"]
    assert act(wire, "cancelpause", ONE, cycleid="2", stepid="1") == ["false"]
    act(wire, "setpause", ONE, cycleid="2", stepid="1", timeout="")
    control.advance(200_000)
    assert status(wire) == "pause"
    assert set(control.ledger("bts-1", ONE, 1)["cycleid"].tolist()) == {0}


def test_every_other_command_answers_item_by_item(wire: BtsWire, control: LabControl, steps: Path) -> None:
    assert act(wire, "light", ONE, NOWHERE) == ["ok", "false"]
    assert act(wire, "chl_ctrl", ONE) == ["ok"]
    assert act(wire, "clearflag", ONE) == ["false"], "recorded: false where there is no flag"
    for refused in ("goto", "parallel", "getparallel"):
        assert act(wire, refused, ONE) == ["false"]
    assert act(wire, "resetalarm", "27-21") == ["ok"]
    assert act(wire, "resetalarm", "27-99") == ["false"]
    reset = parse(wire.ask(f'<cmd>reset</cmd><reset {at(ONE)} DBC_CAN="0">D:\\x.xml</reset>'))
    assert reset.findtext("list/reset") == "false"
    start(wire, ONE, "27-21-2-1")
    stopped = wire.ask_list("broadcaststop", '<stop ip="127.0.0.1" devtype="27" devid="21">true</stop>')
    assert [(item.tag, item.text) for item in stopped] == [("stop", "ok")]
    control.advance(10)
    assert [status(wire, channel) for channel in (ONE, "27-21-2-1")] == ["stop", "stop"]


def test_devices_are_idle_or_not(wire: BtsWire, control: LabControl, steps: Path) -> None:
    start(wire, TWO)
    control.advance(10)
    channels = parse(wire.ask("<cmd>getdevinfo</cmd>")).findall("middle/channel")
    assert [(c.attrib["subdevid"], c.attrib["Channelid"]) for c in channels[7:9]] == [("1", "8"), ("2", "1")]
    assert [channel.text for channel in channels] == ["true", "false", *["true"] * 14]


def test_unknown_channels_are_false_everywhere(wire: BtsWire) -> None:
    assert status(wire, NOWHERE) == "false"
    assert status(wire, "x-y-z-w") == "false"
    assert uploaded(wire, NOWHERE) == (0, 0, "false")
    assert wire.ask_list("inquire", f"<inquire {at(NOWHERE)}>true</inquire>")[0].text == "false"
    assert act(wire, "stop", NOWHERE) == ["false"]


def test_the_clips_may_be_empty_and_a_cell_stays_while_a_test_runs(
    wire: BtsWire, control: LabControl, steps: Path
) -> None:
    start(wire, ONE)
    with pytest.raises(Exception, match="a test runs here"):
        control.unplug("bts-1", ONE)
    act(wire, "stop", ONE)
    control.unplug("bts-1", ONE)
    control.advance(10)
    assert point(wire)["workstatus"] == "stop"


# ---- transport


@pytest.mark.parametrize("end", [b"#\r\n", b"\n\n#\r\n"])
def test_both_terminators_and_any_cutting_are_read(wire: BtsWire, end: bytes) -> None:
    request = f'<bts version="1.0"><cmd>light</cmd><list count = "1"><light {at(ONE)}>true</light></list>"</bts>'
    for byte in request.encode() + end:
        wire.socket.sendall(bytes([byte]))
    assert b">ok</light>" in wire.receive()


def test_requests_in_one_piece_are_answered_in_their_order(wire: BtsWire) -> None:
    wire.send("<cmd>connect</cmd>")
    wire.send("<cmd>getdevinfo</cmd>")
    received = wire.receive()
    while received.count(TERMINATOR) < 2:
        received += wire.receive()
    assert received.index(b"connect_resp") < received.index(b"getdevinfo_resp")


def test_bytes_that_are_no_request_end_the_connection_only(lab: LabThread, wire: BtsWire) -> None:
    with BtsWire(lab.port("bts-1")) as hostile:
        hostile.socket.sendall(b'<!DOCTYPE x [<!ENTITY a "b">]><bts>&a;</bts>#\r\n')
        assert hostile.receive() == b""
    with BtsWire(lab.port("bts-1")) as endless:
        endless.socket.sendall(b"a" * (1 << 20))
        endless.socket.sendall(b"b")
        assert endless.receive() == b""
    assert b"<result>ok</result>" in wire.ask("<cmd>connect</cmd>")
    assert b"<result>fail</result>" in wire.ask("<cmd>nonsense</cmd>")


def test_tests_run_on_while_the_port_is_closed(lab: LabThread, control: LabControl, steps: Path) -> None:
    with BtsWire(lab.port("bts-1")) as before:
        start(before, ONE)
        control.power("bts-1", on=False)
        with pytest.raises(ConnectionError):
            before.ask("<cmd>connect</cmd>")
        control.advance(665)
        control.power("bts-1", on=True)
    with BtsWire(lab.port("bts-1")) as after:
        assert point(after)["totaltime"] == "660"


# ---- quirks


def test_quirks_seen_on_real_systems(tmp_path: Path, lab_text: str) -> None:
    config = parse_lab(f"{lab_text}    quirks: {{wrong_subdevid: true, count_wrong: true}}\n", tmp_path)
    with LabThread(config) as lab, BtsWire(lab.port("bts-1")) as wire:
        listed = wire.ask_list("getchlstatus", f"<status {at('27-21-2-3')}>true</status>")
        assert (listed[0].attrib["subdevid"], listed[0].attrib["chlid"]) == ("1", "3")
        items = "".join(f"<inquire {at(channel)}>true</inquire>" for channel in (ONE, TWO))
        reply = parse(wire.ask(f'<cmd>inquire</cmd><list count="2">{items}</list>')).find("list")
        assert reply is not None
        assert (reply.attrib["count"], len(reply)) == ("1", 2)


# ---- faults


def test_faults_happen_at_the_nth_exchange_of_their_command_only(wire: BtsWire, control: LabControl) -> None:
    control.fault("bts-1", "light", "refuse", nth=2)
    assert act(wire, "light", ONE) == ["ok"]
    assert status(wire) == "finish"
    assert act(wire, "light", ONE) == ["false"]
    assert act(wire, "light", ONE) == ["ok"]
    control.fault("bts-1", "*", "refuse")
    assert b"<result>fail</result>" in wire.ask("<cmd>connect</cmd>")


@pytest.mark.parametrize(
    ("fault", "starts"),
    [("refuse", False), ("drop_request", False), ("drop_reply", True), ("close_before_reply", True), ("garble", True)],
)
def test_a_faulty_start_has_started_or_not(
    lab: LabThread, control: LabControl, steps: Path, fault: str, starts: bool
) -> None:
    control.fault("bts-1", "start", fault)
    with BtsWire(lab.port("bts-1")) as wire:
        wire.send(f'<cmd>start</cmd><list count="1"><start {at(ONE)}>D:\\steps\\short.xml</start></list>')
        match fault:
            case "close_before_reply":
                assert wire.receive() == b""
            case "garble":
                garbled = wire.receive()
                assert garbled.endswith(TERMINATOR)
                with pytest.raises(UnicodeDecodeError):
                    garbled.decode()
            case "refuse":
                assert b">false</start>" in wire.receive()
            case _:
                assert b"connect_resp" in wire.ask("<cmd>connect</cmd>"), "the first that comes answers what came next"
    assert len(control.tests("bts-1")) == int(starts)


def test_a_reply_may_end_in_the_middle(lab: LabThread, control: LabControl) -> None:
    control.fault("bts-1", "getdevinfo", "close_mid_reply")
    with BtsWire(lab.port("bts-1")) as wire:
        half = wire.ask("<cmd>getdevinfo</cmd>")
        assert half.startswith(b"<?xml")
        assert TERMINATOR not in half
        assert wire.socket.recv(1) == b""


def test_a_reply_may_come_in_pieces_or_late_and_the_next_request_waits(wire: BtsWire, control: LabControl) -> None:
    whole = wire.ask("<cmd>getdevinfo</cmd>")
    control.fault("bts-1", "getdevinfo", {"split": 7})
    assert wire.ask("<cmd>getdevinfo</cmd>") == whole
    control.fault("bts-1", "getdevinfo", {"delay_s": 0.5})
    began_s = time.monotonic()
    wire.send("<cmd>getdevinfo</cmd>")
    wire.send("<cmd>connect</cmd>")
    assert wire.receive().startswith(whole)
    assert time.monotonic() - began_s >= 0.5


def test_a_client_that_goes_away_while_its_reply_is_late_does_no_harm(lab: LabThread, control: LabControl) -> None:
    control.fault("bts-1", "connect", {"delay_s": 0.05})
    with BtsWire(lab.port("bts-1")) as wire:
        wire.send("<cmd>connect</cmd>")
        wire.socket.shutdown(socket.SHUT_RDWR)
    with BtsWire(lab.port("bts-1")) as wire:
        assert b"ok" in wire.ask("<cmd>connect</cmd>")
