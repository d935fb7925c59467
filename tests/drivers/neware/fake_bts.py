"""A BTS Client over loopback that holds some channels and one recorded test, and answers in any order."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from tests.drivers.neware.loopback import Answer, command_of
from tests.drivers.neware.replies import LOGIN_OK, Channel, Row, devinfo, download, inquire, inquiredf, listed, said


@dataclass
class FakeBts:
    """Stateless but for what a test sets; ``words`` are its answers to commands (``ok`` unless set)."""

    channels: Sequence[Channel]
    rows: Sequence[Row] = ()
    words: dict[str, str] = field(default_factory=dict)

    def __call__(self, request: str) -> Answer:
        command = command_of(request)
        asked = self._asked(request)
        match command:
            case "connect":
                return LOGIN_OK
            case "getdevinfo":
                return devinfo(self.channels)
            case "inquire":
                return inquire(asked)
            case "inquiredf":
                return inquiredf(asked)
            case "getchlstatus":
                return listed(command, [_status(channel) for channel in asked])
            case "download":
                return self._download(request, asked[0])
            case _:
                return said(command, asked[0], self.words.get(command, "ok"))

    def _asked(self, request: str) -> list[Channel]:
        places = re.findall(r'subdevid="(\d+)" chlid="(\d+)"', request)
        found = {(c.subdevid, c.chlid): c for c in self.channels}
        return [found[int(subdevid), int(chlid)] for subdevid, chlid in places if (int(subdevid), int(chlid)) in found]

    def _download(self, request: str, channel: Channel) -> Answer:
        start, count = (int(re.findall(rf'{name}="(\d+)"', request)[0]) for name in ("startpos", "count"))
        return download([r for r in self.rows if r.seqid >= start][:count], start=start, channel=channel, count=count)


def _status(channel: Channel) -> str:
    """As quirk 2: any subdevice is answered as subdevice 1."""
    where = f'devtype="27" devid="21" subdevid="1" chlid="{channel.chlid}"'
    return f'<status ip="127.0.0.1" {where} reservepause="1">{channel.status}</status>'
