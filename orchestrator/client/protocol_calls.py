"""Protocols: the library, the versions of a lab, what a text would do."""

from __future__ import annotations

from orchestrator.client.connection import Connection, part
from orchestrator.web.models.page import Page
from orchestrator.web.models.parameters import ParametersAnswer
from orchestrator.web.models.preview import PreviewAnswer, PreviewRequest
from orchestrator.web.models.protocol import (
    CheckAnswer,
    CheckRequest,
    PlanAnswer,
    PlanRequest,
    ProtocolChoice,
    ProtocolSummary,
    ProtocolText,
)
from orchestrator.web.models.protocol_version import (
    ImportAnswer,
    ImportRequest,
    NewVersion,
    UnicyclerAnswer,
    VersionAnswer,
    VersionText,
)

__all__ = ["ProtocolCalls"]


class ProtocolCalls(Connection):
    """Protocols."""

    def protocols(self) -> list[ProtocolSummary]:
        """Protocols of the library."""
        return self.get(list[ProtocolSummary], "protocols")

    def protocol(self, name: str) -> ProtocolText:
        """One protocol of the library, with its text."""
        return self.get(ProtocolText, f"protocols/{part(name)}")

    def check(self, source: str, name: str, cell: str | None = None) -> CheckAnswer:
        """What is wrong with a protocol text; with a cell also what that one does not allow."""
        return self.send("POST", CheckAnswer, "protocols/check", CheckRequest(source=source, name=name, cell=cell))

    def protocol_parameters(self, choice: ProtocolChoice) -> ParametersAnswer:
        """What may be chosen at a launch, with defaults."""
        return self.send("POST", ParametersAnswer, "protocols/parameters", choice)

    def plan(self, request: PlanRequest) -> PlanAnswer:
        """Preview a plan."""
        return self.send("POST", PlanAnswer, "protocols/plan", request)

    def preview(self, request: PreviewRequest) -> PreviewAnswer:
        """Voltage and current over time on a model of the cell."""
        return self.send("POST", PreviewAnswer, "protocols/preview", request)

    def protocol_versions(self, name: str | None = None, *, limit: int = 50, offset: int = 0) -> Page[VersionAnswer]:
        """Versions that were launched or saved, newest first."""
        return self.get(Page[VersionAnswer], "protocols/versions", {"name": name, "limit": limit, "offset": offset})

    def protocol_version(self, sha256: str) -> VersionText:
        """One version with its text; those of the library too."""
        return self.get(VersionText, f"protocols/versions/{part(sha256)}")

    def protocol_file(self, sha256: str) -> bytes:
        """The very bytes of a version."""
        return self.content(f"protocols/versions/{part(sha256)}/file")

    def save_protocol(self, version: NewVersion) -> VersionAnswer:
        """Keep a text as a version, without launching it."""
        return self.send("POST", VersionAnswer, "protocols", version)

    def unicycler(self, sha256: str, cell: str) -> UnicyclerAnswer:
        """A version's plan for a cell as unicycler JSON."""
        return self.get(UnicyclerAnswer, f"protocols/versions/{part(sha256)}/unicycler", {"cell": cell})

    def import_unicycler(self, file: ImportRequest) -> ImportAnswer:
        """A unicycler file as the text of a protocol; nothing is stored."""
        return self.send("POST", ImportAnswer, "protocols/import", file)
