"""The client asks a running service, over a socket, with a token."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from orchestrator.client import Client, ClientError
from orchestrator.people.role import Role
from orchestrator.web.models.cell import NewCell
from orchestrator.web.models.people import NewToken, NewUser, UserChange
from orchestrator.web.models.plots import NewNote
from orchestrator.web.models.preview import PreviewRequest
from orchestrator.web.models.protocol import ProtocolChoice
from orchestrator.web.models.run import LaunchRequest, Placement
from orchestrator.web.models.written_cell import WrittenCellRequest
from tests.orchestrator.web.people_served import People, people_served


@pytest.fixture
def people(tmp_path: Path) -> Iterator[People]:
    with people_served(tmp_path) as served:
        yield served


@pytest.fixture
def clients() -> Iterator[ExitStack]:
    with ExitStack() as stack:
        yield stack


def client(people: People, stack: ExitStack, name: str, role: Role) -> Client:
    made = Client(people.url, token=people.token(name, role))
    stack.callback(made.close)
    return made


def test_people_and_tokens(people: People, clients: ExitStack) -> None:
    admin = client(people, clients, "adam", Role.ADMIN)

    assert (admin.session().name, admin.session().role) == ("adam", Role.ADMIN)
    admin.add_user(NewUser(name="nina", role=Role.VIEWER, password="cathode slurry 7"))
    assert admin.change_user("nina", UserChange(role=Role.OPERATOR)).role == Role.OPERATOR
    assert "nina" in {one.name for one in admin.users()}

    made = admin.add_token(NewToken(label="night script", role=Role.VIEWER, days=1))
    script = clients.enter_context(Client(people.url, token=made.secret))
    assert script.session().token == "night script"
    with pytest.raises(ClientError, match="takes operator"):
        script.add_cell(NewCell(id="X1"))

    assert admin.revoke_token(made.id).revoked_unix_s is not None
    assert next(one for one in admin.tokens() if one.id == made.id).revoked_unix_s is not None
    with pytest.raises(ClientError, match="log in first"):
        script.cells()


def test_a_run_its_notes_and_its_marks(people: People, clients: ExitStack, tmp_path: Path) -> None:
    olga = client(people, clients, "olga", Role.OPERATOR)
    launched = olga.launch(LaunchRequest(protocol="formation", placements=[Placement(cell="L1", bench="A1")]))
    (run,) = launched.runs

    note = olga.add_note(run.run_id, NewNote(text="contact of the cell holder tightened"))

    assert (note.actor, note.kind) == ("olga (token a test)", "note")
    assert olga.events(run.run_id, limit=1)[0].id == note.id
    assert olga.events(run.run_id, limit=1, newest=False)[0].id < note.id
    assert note.message in [mark.message for mark in olga.marks(run.run_id).marks]
    assert olga.voltammograms(run.run_id) == []
    assert olga.runs(instrument="bts-1").total == 1
    assert olga.runs(instrument="bts-2").items == []
    saved = olga.save_records(run.run_id, "csv", tmp_path / "records.csv")
    assert saved.read_text(encoding="utf-8").startswith('"seq","cycle"')


def test_long_lists_come_in_pages(people: People, clients: ExitStack) -> None:
    viewer = client(people, clients, "vera", Role.VIEWER)

    whole = viewer.cells()
    assert [viewer.cells(limit=1, offset=place)[0] for place in range(len(whole))] == whole
    assert viewer.alarms(open_only=False, limit=1, offset=0) == []
    assert viewer.trips(open_only=False, limit=1, offset=0) == []
    assert viewer.analysis_versions(state="done", limit=1).total == 0


def test_protocols_and_cells_as_people_write_them(people: People, clients: ExitStack) -> None:
    viewer = client(people, clients, "vera", Role.VIEWER)

    text = viewer.protocol("formation")
    assert viewer.check(text.source, "formation.yaml", cell="L1").ok
    choice = viewer.protocol_parameters(ProtocolChoice(protocol="formation"))
    assert viewer.protocol_file(choice.sha256).decode() == text.source
    assert viewer.read_written_cell(WrittenCellRequest(diameter="12 mm")).properties.area_cm2 == pytest.approx(
        1.131, rel=1e-3
    )
    with pytest.raises(ClientError, match="started without models of cells"):
        viewer.preview(PreviewRequest(protocol="formation", cell="L1"))
