"""What stands on the page of one version."""

from __future__ import annotations

from dataclasses import dataclass, field

from sqlalchemy import Connection

from orchestrator.launch.known_protocol import library_protocols
from orchestrator.launch.plan_text import plan_lines
from orchestrator.protocol_versions.needs import Needs, needs_of, typical_plan
from orchestrator.protocol_versions.where_used import Usage, where_used
from orchestrator.store.cells import list_cells
from orchestrator.store.instruments import list_channels
from orchestrator.store.protocol_files import ProtocolVersion, list_versions
from orchestrator.web.models.protocol_version import VersionText
from orchestrator.web.pages.protocols.highlight import Piece, highlighted
from orchestrator.web.pages.protocols.library_view import Able, able_of
from orchestrator.web.service import Service
from protocols.errors import ProtocolErrors
from protocols.reading import Protocol, parse_protocol

__all__ = ["History", "Meaning", "VersionView", "cell_ids", "history_of", "version_view"]

_VERSIONS_SHOWN = 100


@dataclass(frozen=True, slots=True)
class History:
    """Versions of one name, newest first, and the library's text where it has this name."""

    versions: tuple[ProtocolVersion, ...]
    total: int
    shipped: str | None
    """Hash of the library's text."""

    @property
    def newest(self) -> str | None:
        """Hash of the newest that is not the library's; else the library's."""
        return next((one.sha256 for one in self.versions if one.sha256 != self.shipped), self.shipped)


@dataclass(frozen=True, slots=True)
class Meaning:
    """What the text says; empty where this cellbench cannot read it."""

    description: str = ""
    parameters: dict[str, str] = field(default_factory=dict)
    analyses: tuple[str, ...] = ()
    plan: tuple[str, ...] = ()
    """Lines for the typical cell."""


@dataclass(frozen=True, slots=True)
class VersionView:
    """Everything on the page."""

    version: VersionText
    meaning: Meaning
    needs: Needs
    able: Able
    lines: list[list[Piece]]
    history: History
    usage: Usage

    @property
    def choice(self) -> str:
        """As a launch takes it."""
        return self.version.name if self.version.library else self.version.sha256

    @property
    def is_newest(self) -> bool:
        """Whether nobody has stored a version of this name since."""
        return self.history.newest == self.version.sha256


def version_view(service: Service, connection: Connection, version: VersionText) -> VersionView:
    """Put together what is known of a version."""
    needs = needs_of(version.source, f"{version.name}.yaml")
    return VersionView(
        version,
        _meaning(version),
        needs,
        able_of(service.lab, list_channels(connection), needs),
        highlighted(version.source),
        history_of(connection, version.name),
        where_used(connection, version.sha256),
    )


def history_of(connection: Connection, name: str) -> History:
    """The versions of a name."""
    shipped = next((one.sha256 for one in library_protocols() if one.name == name), None)
    found, total = list_versions(connection, name, limit=_VERSIONS_SHOWN)
    return History(tuple(found), total, shipped)


def cell_ids(connection: Connection) -> list[str]:
    """Barcodes, to choose from."""
    return [cell.id for cell in list_cells(connection)]


def _meaning(version: VersionText) -> Meaning:
    try:
        protocol = parse_protocol(version.source, f"{version.name}.yaml")
    except ProtocolErrors:
        return Meaning()
    names = tuple(entry.name for entry in protocol.definition.analyses)
    return Meaning(protocol.description, protocol.parameters, names, _plan(protocol))


def _plan(protocol: Protocol) -> tuple[str, ...]:
    try:
        return tuple(plan_lines(typical_plan(protocol)))
    except ProtocolErrors:
        return ()
