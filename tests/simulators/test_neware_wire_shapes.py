"""Replies have the shape of those recorded from a BTS 8.0, line by line: elements, attributes, their order, blanks."""

import re
from pathlib import Path

import pytest

from simulators.lab.client import LabControl
from tests.simulators.bts_wire import TERMINATOR, BtsWire, at

RECORDED = Path(__file__).parents[2] / ".." / "shared" / "data" / "neware" / "replies"

HEAD = ['<?xml version="1.0" encoding="UTF-8"?>', '<bts version="1.0">']
FOOT = ["  </list>", "</bts>"]
ADDRESS = 'devtype="" devid="" subdevid="" chlid=""'
VALUES = 'stepid="" cycleid="" steptype=""'


def listed(command: str, *rows: str, between: tuple[str, ...] = ()) -> list[str]:
    return [*HEAD, f"  <cmd>{command}</cmd>", *between, '  <list count="">', *(f"    {row}" for row in rows), *FOOT]


def verdicts(command: str, tag: str) -> list[str]:
    return listed(command, f'<{tag} ip="" {ADDRESS}>…</{tag}>')


SHAPES = {
    "connect": [*HEAD, "  <cmd>connect_resp</cmd>", "  <result>…</result>", "</bts>"],
    "getdevinfo": [
        *HEAD,
        "  <cmd>getdevinfo_resp</cmd>",
        '  <serverip count="">',
        '    <server ip="" port="" />',
        "  </serverip>",
        '  <middle count="">',
        '    <channel ip="" devtype="" devid="" subdevid="" Channelid="">…</channel>',
        "</middle>",
        "</bts>",
    ],
    "getchlstatus": listed("getchlstatus_resp", f'<status ip="" {ADDRESS} reservepause="">…</status>'),
    "inquire": listed(
        "inquire_resp",
        '<inquire dev="" cycle_id="" step_type="" workstatus="" barcode="" current="" voltage="" capacity="" energy=""'
        ' totaltime="" relativetime="" open_or_close="" log_code="" />',
        '<inquire dev="" cycle_id="" step_id="" step_type="" workstatus="" barcode="" current="" voltage="" capacity=""'
        ' energy="" totaltime="" relativetime="" open_or_close="" log_code="" />',
    ),
    "inquiredf": listed("inquiredf_resp", f'<chl {ADDRESS} testid="" count="">…</chl>'),
    "start": verdicts("start_resp", "start"),
    "stop": verdicts("stop_resp", "stop"),
    "light": verdicts("light_resp", "light"),
    "clearflag": verdicts("clearflag_resp", "clearflag"),
    "download": listed(
        "donwload_resp",
        f'<data seqid="" {VALUES} testtime="" atime="" volt="" curr="" cap="" eng="" />',
        between=(f'  <download {ADDRESS} testid="" startpos="" count="" auxid="" />',),
    ),
    "download nothing": [
        *HEAD,
        "  <cmd>donwload_resp</cmd>",
        f'  <download {ADDRESS} testid="" startpos="" count="" auxid="" />',
        '  <list count="" />',
        "</bts>",
    ],
    "downloadStepLayer": listed(
        "downloadStepLayer_resp",
        f'<data startseqid="" endseqid="" stepindex="" {VALUES} steptime="" endatime="" startvolt="" endvolt=""'
        ' startcurr="" endcurr="" cap="" eng="" dcir="" />',
        between=(f'  <downloadStepLayer {ADDRESS} testid="" />',),
    ),
    "downloadlog": listed(
        "donwloadlog_resp",
        '<data seqid="" log_code="" atime="" />',
        between=(f'  <download {ADDRESS} testid="" log_lever="" />',),
    ),
}

RECORDINGS = {
    "connect_response": "connect",
    "get_devinfo_response": "getdevinfo",
    "get_status_21_1_1_response": "getchlstatus",
    "get_status_all_response": "getchlstatus",
    "inquire_21_1_1_and_2_response": "inquire",
    "inquiredf_21_1_1_response": "inquiredf",
    "inquiredf_all_response": "inquiredf",
    "start_21_1_1_response": "start",
    "start_21_1_4_bad_response": "start",
    "stop_21_1_1_and_21_1_2_response": "stop",
    "stop_21_1_4_bad_reponse": "stop",
    "light_response": "light",
    "clear_flag_response": "clearflag",
    "download_21_1_1_repsonse": "download",
    "download0_response_21_1_1": "download nothing",
    "download_step_layer_21_1_1_response": "downloadStepLayer",
    "downloadlog_21_1_1_response": "downloadlog",
}


def shape(reply: bytes) -> list[str]:
    """Lines with every value blanked; equal lines in a row become one."""
    text = reply.decode("utf-8")
    assert "\n" not in text.replace("\r\n", ""), "every line ends with CR LF"
    lines = text.split("\r\n")
    blank = [re.sub(r'(?<= )(?!version|encoding)(\w+)="[^"]*"', r'\1=""', line) for line in lines]
    blank = [line if "<cmd>" in line else re.sub(r">[^<]+<", ">…<", line) for line in blank]
    return [line for i, line in enumerate(blank) if i == 0 or line != blank[i - 1]]


@pytest.mark.shared
@pytest.mark.parametrize(("recording", "name"), RECORDINGS.items())
def test_the_shapes_are_those_of_the_recordings(recording: str, name: str) -> None:
    path = RECORDED / f"{recording}.xml"
    if not path.exists():
        pytest.skip("the recorded replies are not beside this checkout")
    assert shape(path.read_bytes()) == SHAPES[name]


CHANNEL = at("27-21-1-1")
REQUESTS = {
    "connect": "<cmd>connect</cmd><username>admin</username><password>neware</password><type>bfgs</type>",
    "getdevinfo": "<cmd>getdevinfo</cmd>",
    "getchlstatus": f'<cmd>getchlstatus</cmd><list count="1"><status {CHANNEL}>true</status></list>',
    "inquire": f'<cmd>inquire</cmd><list count="2"><inquire {at("27-21-2-3")} aux="0" barcode="1">true</inquire>'
    f'<inquire {CHANNEL} aux="0" barcode="1">true</inquire></list>',
    "inquiredf": f'<cmd>inquiredf</cmd><list count="1"><chl {CHANNEL} testid="0"/></list>',
    "light": f'<cmd>light</cmd><list count="1"><light {CHANNEL}>true</light></list>',
    "clearflag": f'<cmd>clearflag</cmd><list count="1"><clearflag {CHANNEL}>true</clearflag></list>',
    "download": f'<cmd>download</cmd><download {CHANNEL} auxid="0" testid="0" startpos="1" count="1000"/>',
    "download nothing": f'<cmd>download</cmd><download {CHANNEL} auxid="0" testid="0" startpos="0" count="0"/>',
    "downloadStepLayer": f"<cmd>downloadStepLayer</cmd><downloadStepLayer {CHANNEL} />",
    "downloadlog": f'<cmd>downloadlog</cmd><download {CHANNEL} testid="0"/>',
    "stop": f'<cmd>stop</cmd><list count="1"><stop {CHANNEL}>true</stop></list>',
}


def test_every_reply_has_its_shape(wire: BtsWire, control: LabControl, steps: Path) -> None:
    start = rf"<start {at('27-21-1-1', barcode='251203_kigr')}>D:\steps\short.xml</start>"
    assert (
        shape(wire.ask(f'<cmd>start</cmd><list count="1">{start}</list>').removesuffix(TERMINATOR)) == SHAPES["start"]
    )
    control.advance(600)
    for name, request in REQUESTS.items():
        reply = wire.ask(request)
        assert reply.endswith(TERMINATOR)
        assert (name, shape(reply.removesuffix(TERMINATOR))) == (name, SHAPES[name])
