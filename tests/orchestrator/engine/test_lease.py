"""A lease is for one process. On PostgreSQL it ends with its connection: then it is taken again, or let go of."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import pytest
import sqlalchemy as sa

from drivers.contracts import ChannelStatus
from orchestrator.engine.lease import Lease, LeaseHeld, claimed, lock_key, take_lease
from orchestrator.store.database import open_database
from orchestrator.store.errors import StoreUnavailable
from orchestrator.store.nodes import claim_instrument
from orchestrator.store.tables import intents
from orchestrator.store.transactions import reading, writing
from orchestrator.store.upgrade import upgrade
from tests.orchestrator.engine.engine_bench import EngineBench
from tests.orchestrator.fake_cycler import NoPauses

ADDRESS = "192.0.2.10:502"


@pytest.fixture
def server(postgres_database: str) -> Iterator[sa.Engine]:
    database = open_database(postgres_database)
    upgrade(database)
    yield database
    database.dispose()


@dataclass
class CountingCycler(NoPauses):
    """It counts how often it is looked at."""

    looks: int = 0

    def observe(self) -> Mapping[str, ChannelStatus]:
        self.looks += 1
        return super().observe()


def cut_all(server: sa.Engine) -> None:
    """End every connection but this one, as a restart of the server does; they have ended when this returns."""
    others = "datname = current_database() AND pid <> pg_backend_pid()"
    waiting_ms = 60_000
    end = sa.text(f"SELECT pg_terminate_backend(pid, {waiting_ms}) FROM pg_stat_activity WHERE {others}")
    with server.begin() as connection:
        assert all(connection.execute(end).scalars())


def require(database: sa.Engine, lease: Lease) -> None:
    with reading(database) as connection:
        lease.require(connection)


@pytest.mark.postgres
def test_after_a_restart_of_postgresql_the_lease_is_taken_again(server: sa.Engine) -> None:
    lease = take_lease(server, "bts-1", ADDRESS, 1.0)
    cut_all(server)

    require(server, lease)

    with pytest.raises(LeaseHeld, match=r"bts-1 \(192.0.2.10:502\) is driven by process \d+ on"):
        take_lease(server, "bts-1", ADDRESS, 2.0)
    lease.release()
    take_lease(server, "bts-1", ADDRESS, 3.0).release()


@pytest.mark.postgres
def test_who_comes_too_late_after_a_restart_lets_go(server: sa.Engine) -> None:
    old = take_lease(server, "bts-1", ADDRESS, 1.0)
    cut_all(server)
    new = take_lease(server, "bts-1", ADDRESS, 2.0)

    with pytest.raises(LeaseHeld):
        require(server, old)
    new.release()

    with pytest.raises(LeaseHeld, match="this process lets go of it"):
        require(server, old)  # the lock is free again, but the instrument was somebody else's meanwhile
    assert new.epoch == old.epoch + 1
    old.release()


@pytest.mark.postgres
def test_a_lease_whose_connection_is_about_to_end_is_waited_for(
    server: sa.Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The node before this one was killed, and the server has not seen to its connection yet."""
    monkeypatch.setattr("orchestrator.engine.lease._ENDED_LETS_GO_S", 120.0)
    dying = server.connect().execution_options(isolation_level="AUTOCOMMIT")
    dying.execute(sa.select(sa.func.pg_advisory_lock(lock_key(ADDRESS))))
    dying.detach()
    end = threading.Timer(0.3, dying.close)
    end.start()
    lease = take_lease(server, "bts-1", ADDRESS, 1.0)
    end.join()
    require(server, lease)
    assert lease.epoch == 1, "it is the first: who held the lock had claimed nothing"
    lease.release()


@pytest.mark.postgres
def test_what_was_released_is_free_at_once(server: sa.Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("orchestrator.engine.lease._ENDED_LETS_GO_S", 0.0)
    taken = []
    for second in range(50):
        lease = take_lease(server, "bts-1", ADDRESS, float(second))
        lease.release()
        taken.append(lease.epoch)
    assert taken == list(range(taken[0], taken[0] + 50))


@pytest.mark.parametrize("name", ["bts-1", "vsp-1", "oven-1"])
def test_cycler_and_chamber_have_one_node_each(engine: sa.Engine, name: str) -> None:
    first = take_lease(engine, name, f"192.0.2.10:{name}", 1.0)
    with pytest.raises(LeaseHeld, match=rf"{name} \(192.0.2.10:{name}\) is driven by process \d+ on \S+; stop that"):
        take_lease(engine, name, f"192.0.2.10:{name}", 2.0)
    first.release()
    take_lease(engine, name, f"192.0.2.10:{name}", 3.0).release()


def test_a_claim_that_cannot_be_stored_gives_the_lock_back(engine: sa.Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    def away(*_: object, **__: object) -> None:
        raise StoreUnavailable("the database is away")

    with monkeypatch.context() as broken:
        broken.setattr("orchestrator.engine.lease.claim_instrument", away)
        with pytest.raises(StoreUnavailable) as kept:  # and with it its frames
            take_lease(engine, "bts-1", ADDRESS, 1.0)

    take_lease(engine, "bts-1", ADDRESS, 2.0, patient=False).release()
    assert str(kept.value) == "the database is away"


def test_no_intent_is_written_once_somebody_else_has_claimed_the_instrument(engine: sa.Engine) -> None:
    with writing(engine) as connection:
        epoch = claim_instrument(connection, "bts-1", "us", now=1.0)
        assert claimed("bts-1", epoch, lambda _: "written")(connection) == "written"
        claim_instrument(connection, "bts-1", "somebody else", now=2.0)

        with pytest.raises(LeaseHeld, match="driven by somebody else"):
            claimed("bts-1", epoch, lambda _: pytest.fail("it was written"))(connection)


def test_after_standing_still_nothing_is_asked_of_an_instrument_that_another_node_drives(tmp_path: Path) -> None:
    """A look may empty an instrument's memory, so the lease comes first."""
    cycler = CountingCycler()
    bench = EngineBench(tmp_path, cycler)
    loop = bench.node()
    bench.tick()

    def gone() -> None:
        raise LeaseHeld("bts-1 is driven by process 7 on another-pc now")

    loop._lease.keep = gone  # type: ignore[method-assign]
    looks = cycler.looks
    with pytest.raises(LeaseHeld):
        bench.tick(3600.0)

    assert cycler.looks == looks > 0
    with reading(bench.database) as connection:
        assert connection.scalar(sa.select(sa.func.count()).select_from(intents)) == 0
    bench.close()
