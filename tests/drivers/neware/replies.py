"""Replies of the shape recorded from a real BTS 8.0, with values of our own."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from xml.sax.saxutils import quoteattr

from tests.drivers.neware.loopback import Answer, reply

ADDRESS = 'devtype="27" devid="21" subdevid="{}" chlid="{}"'
LOGIN_OK = reply("  <cmd>connect_resp</cmd>\n  <result>ok</result>")
CHANNELS = ((1, 1), (1, 2), (2, 1))


@dataclass(frozen=True)
class Channel:
    """One channel as the replies tell it."""

    chlid: int
    status: str = "finish"
    barcode: str = "cell-1#1.1.1"
    testid: int = 143
    count: int = 10
    complete: bool = True
    subdevid: int = 1


def attributes(channel: Channel) -> str:
    return ADDRESS.format(channel.subdevid, channel.chlid)


def devinfo(channels: Sequence[Channel]) -> Answer:
    rows = "".join(
        f'    <channel ip="127.0.0.1" {attributes(c).replace("chlid", "Channelid")}>true</channel>\n' for c in channels
    )
    return reply(
        "  <cmd>getdevinfo_resp</cmd>\n"
        '  <serverip count="1">\n    <server ip="127.0.0.1" port="3306" />\n  </serverip>\n'
        f'  <middle count="{len(channels)}">\n{rows}</middle>'
    )


def listed(command: str, items: Sequence[str]) -> Answer:
    rows = "".join(f"    {item}\n" for item in items)
    return reply(f'  <cmd>{command}_resp</cmd>\n  <list count="{len(items)}">\n{rows}  </list>')


def inquire(channels: Sequence[Channel]) -> Answer:
    items = []
    for c in channels:
        live = 'cycle_id="1" step_type="--"' if c.status != "working" else 'cycle_id="44" step_id="4" step_type="dc"'
        items.append(
            f'<inquire dev="27-21-{c.subdevid}-{c.chlid}-0" {live} workstatus="{c.status}" '
            f"barcode={quoteattr(c.barcode)} "
            'current="-0.0003" voltage="4.6947" capacity="0.001" energy="0.0047" totaltime="3189199.3" '
            'relativetime="12319" open_or_close="0" log_code="102000" />'
        )
    return listed("inquire", items)


def inquiredf(channels: Sequence[Channel]) -> Answer:
    return listed(
        "inquiredf",
        [
            f'<chl {attributes(c)} testid="{c.testid}" count="{c.count}">{str(c.complete).lower()}</chl>'
            for c in channels
        ],
    )


def said(command: str, channel: Channel, word: str) -> Answer:
    return listed(command, [f'<{command} ip="127.0.0.1" {attributes(channel)}>{word}</{command}>'])


@dataclass(frozen=True)
class Row:
    """One row of a download."""

    seqid: int
    stepid: int = 1
    cycleid: int = 0
    steptype: str = "cc"
    testtime: int = 0
    atime: str = "2025-12-28 22:29:05"
    volt: str = "3.6780698299408"
    curr: str = "-0.000295051460852847"
    cap: str = "0.00295628436449786"
    eng: str = "0.0135611368830335"
    aux: str = ""

    def xml(self) -> str:
        return (
            f'<data seqid="{self.seqid}" stepid="{self.stepid}" cycleid="{self.cycleid}" steptype="{self.steptype}" '
            f'testtime="{self.testtime}" atime="{self.atime}" volt="{self.volt}" curr="{self.curr}" cap="{self.cap}" '
            f'eng="{self.eng}"{self.aux} />'
        )


def download(
    rows: Sequence[Row], *, start: int, channel: Channel | None = None, count: int = 1000, command: str = "donwload"
) -> Answer:
    channel = channel or Channel(1)
    head = f'  <cmd>{command}_resp</cmd>\n  <download {attributes(channel)} testid="{channel.testid}"'
    head += f' startpos="{start}" count="{count}" auxid="0" />\n'
    if not rows:
        return reply(head + '  <list count="0" />')
    body = "".join(f"    {row.xml()}\n" for row in rows)
    return reply(f'{head}  <list count="{len(rows)}">\n{body}  </list>')
