"""The spool: what it has taken is stored once, whatever dies in between; damage and fullness are said."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator, Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from hypothesis import given
from hypothesis import strategies as st

from orchestrator.config import read_lab
from orchestrator.engine.writer import Writer
from orchestrator.interlocks.built_in import all_rules
from orchestrator.interlocks.evaluate import Over, Trip
from orchestrator.interlocks.rule import Place
from orchestrator.interlocks.watch import Found
from orchestrator.spool.kinds import CHAMBER_RECORD, STOP_SENT, applied, found_entry
from orchestrator.spool.spool import Spool
from orchestrator.spool.spool_file import SpoolFile, SpoolFull, waiting_in
from orchestrator.store.alarms import list_alarms
from orchestrator.store.chamber_records import ChamberRecord, read_chamber
from orchestrator.store.errors import StoreError
from orchestrator.store.events import append_event, list_events
from orchestrator.store.recorder import Recorder
from orchestrator.store.transactions import reading
from orchestrator.store.trips import latched_trips

SIZE_B = 200_000
LAB = """
lab: spooled
instruments:
  bts-1: {driver: neware, address: 192.0.2.10:502, step_dir: steps, channel: {voltage: [-5 V, 5 V], current: 50 mA}}
benches: {A1: {channel: bts-1/27-21-1-1}}
limits: {voltage: [-0.5 V, 5 V], current: 100 mA}
"""


@pytest.fixture
def recorder(engine: sa.Engine) -> Iterator[Recorder]:
    with Recorder(engine) as opened:
        yield opened


def note(connection: sa.Connection, facts: Mapping[str, Any]) -> None:
    append_event(connection, now=1.0, actor="engine", kind="note", message=facts["message"])


def refuse(connection: sa.Connection, facts: Mapping[str, Any]) -> None:
    append_event(connection, now=1.0, actor="engine", kind="note", message="rolled back with what refuses")
    raise StoreError("nobody wants it")


def spool_on(path: Path, recorder: Recorder, size_B: int = SIZE_B) -> Spool:
    return Spool(SpoolFile(path, size_B), recorder, {"note": note, "refused": refuse}, lambda: 7.0)


def messages(engine: sa.Engine) -> list[str]:
    with reading(engine) as connection:
        return [event.message for event in list_events(connection)]


def test_what_was_kept_is_stored_once_though_the_process_died_before_and_behind_the_commit(
    tmp_path: Path, engine: sa.Engine, recorder: Recorder, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "node.spool"

    async def story() -> None:
        killed = spool_on(path, recorder)
        for number in range(3):
            assert await killed.keep("note", {"message": f"entry {number}"})
        with monkeypatch.context() as dies:
            dies.setattr(SpoolFile, "reset", lambda _: None)  # killed between the commit and the emptying
            await spool_on(path, recorder).replay()
        another = spool_on(path, recorder)
        assert another.entries == 3
        assert Writer(recorder, another).backlog == 3, "what /health and /metrics tell"
        assert await another.keep("note", {"message": "entry 3"})
        await another.replay()
        await another.replay()
        assert another.entries == 0

    asyncio.run(story())
    assert messages(engine) == [f"entry {number}" for number in range(4)]
    assert SpoolFile(path, SIZE_B).frames == []


def test_a_long_backlog_is_stored_in_order_in_several_transactions(
    tmp_path: Path, engine: sa.Engine, recorder: Recorder, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("orchestrator.spool.spool._AT_ONCE", 4)
    spool = spool_on(tmp_path / "node.spool", recorder)

    async def story() -> None:
        for number in range(11):
            await spool.keep("note", {"message": str(number)})
        await spool.replay()

    asyncio.run(story())
    assert messages(engine) == [str(number) for number in range(11)]


def test_an_entry_that_the_database_refuses_holds_up_no_other_and_is_an_alarm(
    tmp_path: Path, engine: sa.Engine, recorder: Recorder
) -> None:
    spool = spool_on(tmp_path / "node.spool", recorder)

    async def story() -> None:
        for kind, message in (("note", "before"), ("refused", "this one"), ("unheard-of", "that"), ("note", "behind")):
            await spool.keep(kind, {"message": message})
        await spool.replay()

    asyncio.run(story())
    assert messages(engine) == ["before", "behind"]
    with reading(engine) as connection:
        told = [alarm.message for alarm in list_alarms(connection)]
    assert any("nobody wants it" in message and "this one" in message for message in told)
    assert any("that" in message for message in told)


def test_a_full_spool_says_so_and_tells_people_when_the_database_is_back(
    tmp_path: Path, engine: sa.Engine, recorder: Recorder
) -> None:
    spool = spool_on(tmp_path / "node.spool", recorder, size_B=400)

    async def story() -> list[bool]:
        kept = [await spool.keep("note", {"message": "x" * 100}) for _ in range(4)]
        await spool.replay()
        return kept

    assert asyncio.run(story()) == [True, True, False, False]
    assert len(messages(engine)) == 2
    with reading(engine) as connection:
        [alarm] = list_alarms(connection, open_only=False)
    assert "are full" in alarm.message


@given(st.lists(st.binary(max_size=60), max_size=8), st.data())
def test_a_damaged_tail_costs_what_is_behind_the_damage_and_nothing_before_it(
    tmp_path_factory: pytest.TempPathFactory, payloads: list[bytes], data: st.DataObject
) -> None:
    payloads = [payload or b"-" for payload in payloads]
    path = tmp_path_factory.mktemp("spool") / "node.spool"
    file = SpoolFile(path, 4096)
    ends = [file.used_B]
    for payload in payloads:
        file.append(payload)
        ends.append(file.used_B)
    torn_B = data.draw(st.integers(ends[0], ends[-1]))
    path.write_bytes(path.read_bytes()[:torn_B])
    whole = sum(end <= torn_B for end in ends) - 1
    again = SpoolFile(path, 4096)
    assert again.frames == payloads[:whole]
    assert (again.damage is not None) == (torn_B - ends[whole] >= 8)  # less than a frame's head: nothing was begun
    again.append(b"afterwards")
    assert waiting_in(path) == (whole + 1, None)


def test_a_flipped_bit_and_a_ruined_header_are_said(tmp_path: Path) -> None:
    path = tmp_path / "node.spool"
    file = SpoolFile(path, 4096)
    for number in range(3):
        file.append(f"entry {number}".encode())
    content = bytearray(path.read_bytes())
    content[content.index(b"entry 1")] ^= 1
    path.write_bytes(content)
    assert waiting_in(path) == (1, "node.spool: entry 2 is damaged; it and what is behind it is lost")
    content[3] ^= 1
    path.write_bytes(content)
    again = SpoolFile(path, 4096)
    assert again.frames == []
    assert "damaged at its beginning" in str(again.damage)


def test_what_is_left_of_earlier_contents_is_never_taken_for_an_entry(tmp_path: Path) -> None:
    file = SpoolFile(tmp_path / "node.spool", 4096)
    for number in range(5):
        file.append(f"old {number}".encode())
    file.reset()
    file.append(b"new 0")  # as long as an old one: behind it stands the head of `old 1`
    assert SpoolFile(file.path, 4096).frames == [b"new 0"]


def test_its_room_is_taken_in_advance(tmp_path: Path) -> None:
    file = SpoolFile(tmp_path / "node.spool", SIZE_B)
    assert file.reserved
    assert file.path.stat().st_blocks * 512 >= SIZE_B
    with pytest.raises(SpoolFull):
        file.append(bytes(SIZE_B))


@pytest.fixture
def apply_to(tmp_path: Path, engine: sa.Engine, recorder: Recorder) -> Callable[..., None]:
    """Keep entries of the real kinds, then replay them as another process does."""
    (tmp_path / "lab.yaml").write_text(LAB, encoding="utf-8")
    kinds = applied(read_lab(tmp_path / "lab.yaml"))

    def run(*entries: tuple[str, dict[str, Any]]) -> None:
        async def story() -> None:
            path = tmp_path / "node.spool"
            for kind, facts in entries:
                await Spool(SpoolFile(path, SIZE_B), recorder, kinds, lambda: 7.0).keep(kind, facts)
            await Spool(SpoolFile(path, SIZE_B), recorder, kinds, lambda: 7.0).replay()

        asyncio.run(story())

    return run


def test_chamber_records_and_sent_stops_come_back_as_they_were(
    engine: sa.Engine, apply_to: Callable[..., None]
) -> None:
    looks = [ChamberRecord("oven-1", 100.0 + 10 * n, 25.125 + n, 25.0, None, "running") for n in range(3)]
    looks.append(ChamberRecord("oven-1", 130.0, float("nan"), None, None, "off"))
    stop = {"now": 9.0, "message": "sent", "run_id": 4, "instrument": "bts-1", "channel": "27-21-1-1"}
    apply_to(*((CHAMBER_RECORD, asdict(look)) for look in looks), (STOP_SENT, stop))
    with reading(engine) as connection:
        found = read_chamber(connection, "oven-1", 0.0, 1000.0)
        [event] = list_events(connection)
    assert found["unix_time_s"].tolist() == [100.0, 110.0, 120.0, 130.0]
    assert found["process_degC"][:3].tolist() == [25.125, 26.125, 27.125]
    assert (event.kind, event.run_id, event.unix_time_s) == ("stop", 4, 9.0)


def test_a_trip_holds_after_it_was_replayed_and_one_that_is_over_does_not_stay(
    tmp_path: Path, engine: sa.Engine, apply_to: Callable[..., None]
) -> None:
    lab_file = tmp_path / "lab.yaml"
    rules = all_rules(read_lab(lab_file))
    latches = next(rule for rule in rules if rule.latches and rule.subject.kind == "cell")
    tells = next(rule for rule in rules if not rule.latches)
    place = Place("bts-1", "27-21-1-1", "A1")
    trip = Trip(latches, "A1", "5.2 V, above 5 V", 3.0, place)
    told = Trip(tells, "oven-1", "silent", 3.0)
    apply_to(*(found_entry(Found(news, 50.0)) for news in (trip, told, Over(told.key))))
    with reading(engine) as connection:
        [held] = latched_trips(connection)
        open_alarms = [alarm.message for alarm in list_alarms(connection)]
    assert (held.rule, held.subject, held.raised_unix_s, held.channel) == (str(latches), "cell A1", 50.0, "27-21-1-1")
    assert len(open_alarms) == 1
    assert "5.2 V, above 5 V" in open_alarms[0]
