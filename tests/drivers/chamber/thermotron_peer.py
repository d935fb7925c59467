"""A Thermotron 8200 for tests, from its list of commands and not from the driver's table."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from tests.drivers.chamber.tcp_peer import Peer, lines

_VARIABLE = re.compile(r"(SETP|MRMP)1,(.*)")


@dataclass
class Thermotron:
    """Settings are answered by a number, 0 for accepted."""

    ending: str = "\r\n"
    values: dict[str, str] = field(
        default_factory=lambda: {
            "IDEN": "8200", "VRSN": "2.0.1", "PVAR1": "24.93", "SETP1": "25.00", "MRMP1": "0.00", "THTL1": "12.5",
            "SCOD": "0", "ALRM1": "0",
        }
    )  # fmt: skip
    refuses: str = ""
    """Beginning of commands that it does not accept."""
    commands: list[str] = field(default_factory=list)

    def peer(self) -> Peer:
        return Peer(lines, lambda request: (self._answer(request.decode()) + self.ending).encode())

    def _answer(self, line: str) -> str:
        if line.endswith("?"):
            return self.values[line[:-1]]
        self.commands.append(line)
        if self.refuses and line.startswith(self.refuses):
            return "7"
        if variable := _VARIABLE.fullmatch(line):
            self.values[f"{variable[1]}1"] = variable[2]
        else:
            self.values["SCOD"] = {"RUNM": "1", "STOP": "5"}[line]
        return "0"
