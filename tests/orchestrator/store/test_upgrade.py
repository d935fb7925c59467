"""Migrations: their result is the schema of the code, and an old database keeps its data.

Add every new revision's rows to _ADDED: the rows of an older database must still be there, and readable, at head.
"""

from __future__ import annotations

import subprocess
import sys

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import inspect
from sqlalchemy.exc import IntegrityError

from orchestrator.store import upgrade as module
from orchestrator.store.cells import list_cells
from orchestrator.store.errors import SchemaMismatch
from orchestrator.store.protocol_files import list_versions
from orchestrator.store.runs import get_run
from orchestrator.store.segments import get_segment
from orchestrator.store.tables import metadata
from orchestrator.store.transactions import reading, writing
from orchestrator.store.upgrade import code_version, require_current, schema_version, upgrade

_FIRST = """
        INSERT INTO cells (id, active_mass_g, metadata, created_unix_s) VALUES ('0042', 0.00275, '{"batch": "7"}', 1);
        INSERT INTO protocols (sha256, name, source, created_unix_s) VALUES ('abc', 'formation', 'x', 1);
        INSERT INTO runs (id, cell_id, protocol_sha256, protocol, instrument, channel, plan, desired, state, item,
            created_unix_s, created_by, cycles_done)
            VALUES (7, '0042', 'abc', 'formation', 'bts-1', '27-21-1-1', '{}', 'run', 'running', 0, 2, 'mina', 3);
        INSERT INTO segments (id, run_id, number, attempt, tag, media_type, content, step_map, cursor, records,
            cycle_offset, time_offset_s)
            VALUES (9, 7, 0, 1, '0042#7.0.1', 'application/xml', 'x', '[]', '12', 1, 0, 0);
        INSERT INTO records VALUES (9, 1, 1, 1, 3, 1700000000.5, 0.5, 0.5, 0.8, -0.0027, 1e-6, 2e-6, NULL);
        INSERT INTO cycles VALUES (7, 1, true, 'ladder', 0, 1, 0.1, 0.2, 0.3, 0.4, false)
    """
_SECOND = """
        INSERT INTO spectra VALUES (9, 1, 1, 1, 2, 1700000001, 1, 1e5, 2.1, -0.5, 0.01, 0.005, -0.2, 0.4, 1e-6, NULL);
        INSERT INTO chambers (name, state, native_state, alarms, simulated) VALUES ('oven', 'off', 'off', '[]', true);
        INSERT INTO chamber_records VALUES ('oven', 1700000001, 25.1, 25.0, 3.5, 'running');
        INSERT INTO batches VALUES (3, 'oven', 2, 'active');
        INSERT INTO prompts VALUES (7, 0, 'Plug the cell in', 2, NULL, NULL);
        UPDATE runs SET chamber = 'oven', batch_id = 3;
        INSERT INTO analyses (id, run_id, name, options, state, created_unix_s, owner)
            VALUES (1, 7, 'cycles', '{}', 'running', 5, 'pc-2')
    """
_THIRD = 'UPDATE chambers SET "wanted_degC" = 40, wanted_unix_s = 7, "low_degC" = -20, "high_degC" = 80'
_FOURTH = """
        INSERT INTO trips (id, rule, origin, subject, message, severity, action, latches, chamber, raised_unix_s)
            VALUES (1, 'any', 'built in', 'chamber oven', '91 degC', 'critical', 'stop', true, 'oven', 6)
    """
_FIFTH = """
        UPDATE analyses SET leased_until_unix_s = 9;
        INSERT INTO analysis_runs VALUES (1, 7, 0)
    """
_SIXTH = """
        INSERT INTO alarms (id, raised_unix_s, severity, source, message) VALUES (1, 5, 'critical', 'run 7', 'lost');
        INSERT INTO messages (id, alarm_id, receiver, kind, queued_unix_s, queued_wall_unix_s)
            VALUES (1, 1, 'email bench', 'raised', 5, 5);
        INSERT INTO outlets (name, kind, failures) VALUES ('email bench', 'receiver', 0)
    """
_SEVENTH = """
        INSERT INTO campaigns (id, name, source, definition, desired, state, occurrence, created_unix_s, created_by)
            VALUES (1, 'sio', 'campaign: sio', '{}', 'run', 'running', 1, 5, 'mina');
        INSERT INTO campaign_jobs (id, campaign_id, occurrence, step, cell_id, state, bench, run_id)
            VALUES (1, 1, 1, 'formation', '0042', 'running', 'A1', 7);
        INSERT INTO campaign_seats VALUES (1, 1, '0042', 'neware', 'A1', 5, NULL);
        INSERT INTO calendar VALUES (1, 1, 1, '', '', 5, 'begun', 5)
    """
_EIGHTH = """
        INSERT INTO node_status VALUES ('left', 'process 7 on pc', 1, 2, true, 0.1, NULL, 0, 1, 0);
        INSERT INTO instrument_status VALUES ('bts-1', 'left', '{"ok": 3}', 0.2, 2)
    """
_NINTH = """
        INSERT INTO disks VALUES ('left', 'database', '/srv', 5, 9, 'ok', '5 of 9 free', 2);
        INSERT INTO spools VALUES ('ab12', 3, 2);
        INSERT INTO restores VALUES (1, 9, 8, 42)
    """
_TENTH = """
        INSERT INTO users (name, password_hash, role, created_unix_s) VALUES ('mina', 'x', 'admin', 5);
        INSERT INTO login_sessions VALUES ('f', 'mina', 5, 6);
        INSERT INTO tokens (id, fingerprint, user_name, label, role, created_unix_s, expires_unix_s)
            VALUES (1, 'g', 'mina', 'night script', 'viewer', 5, 9)
    """
_ELEVENTH = "UPDATE runs SET queue_order = 4"
_TWELFTH = "UPDATE protocols SET version = 2, created_by = 'mina', parent_sha256 = 'abb', note = 'slower'"
_THIRTEENTH = "UPDATE runs SET held_up_unix_s = 5"
_ADDED = (
    _FIRST,
    _SECOND,
    _THIRD,
    _FOURTH,
    _FIFTH,
    _SIXTH,
    _SEVENTH,
    _EIGHTH,
    _NINTH,
    _TENTH,
    _ELEVENTH,
    _TWELFTH,
    _THIRTEENTH,
)
OLD = {f"{number:04}": ";".join(_ADDED[:number]) for number in range(1, len(_ADDED) + 1)}


def _chamber_of_the_run(revision):
    """A run knows its chamber and its batch from the second revision on."""
    return (None, None) if revision == "0001" else ("oven", 3)


def _upgrade_to(engine, revision):
    with writing(engine) as connection:
        config = module._config()
        config.attributes["connection"] = connection
        command.upgrade(config, revision)


def test_migrations_give_the_tables_of_the_code(engine):
    with reading(engine) as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True, "compare_server_default": True})
        assert compare_metadata(context, metadata) == []


def test_sqlite_tables_are_those_of_the_code_to_the_letter(engine, open_engine, tmp_path):
    if engine.dialect.name != "sqlite":
        assert "records" in inspect(engine).get_table_names()
        return
    direct = open_engine(f"sqlite:///{tmp_path / 'direct.sqlite'}")
    metadata.create_all(direct)

    def shape(of):
        with reading(of) as connection:
            tables = connection.exec_driver_sql("PRAGMA table_list").all()
        return {(row.name, row.wr, row.ncol) for row in tables if not row.name.startswith(("sqlite_", "alembic_"))}

    assert shape(engine) == shape(direct)


@pytest.mark.parametrize("revision", list(OLD))
def test_an_old_database_keeps_its_data(database_url, open_engine, revision):
    engine = open_engine(database_url)
    _upgrade_to(engine, revision)
    with writing(engine) as connection:
        for statement in OLD[revision].split(";"):
            connection.exec_driver_sql(statement)
    upgrade(engine)
    require_current(engine)
    with reading(engine) as connection:
        assert [cell.metadata for cell in list_cells(connection)] == [{"batch": "7"}]
        run = get_run(connection, 7)
        assert (run.cycles_done, (run.chamber, run.batch_id)) == (3, _chamber_of_the_run(revision))
        assert get_segment(connection, 9).cursor == "12"
        assert connection.exec_driver_sql('SELECT "current_A", "temperature_degC" FROM records').one() == (
            -0.0027,
            None,
        )
        assert connection.exec_driver_sql('SELECT label, "discharge_capacity_Ah" FROM cycles').one() == ("ladder", 0.2)


def test_texts_of_one_name_are_counted_as_they_came(database_url, open_engine):
    engine = open_engine(database_url)
    _upgrade_to(engine, "0011")
    with writing(engine) as connection:
        for sha256, name, at in (("c", "ladder", 3), ("a", "ladder", 9), ("b", "other", 5)):
            connection.exec_driver_sql(f"INSERT INTO protocols VALUES ('{sha256}', '{name}', 'x', {at})")
    upgrade(engine)
    with reading(engine) as connection:
        kept = {(row.sha256, row.version, row.created_by, row.note) for row in list_versions(connection)[0]}
    assert kept == {("c", 1, None, None), ("a", 2, None, None), ("b", 1, None, None)}


def test_a_run_belongs_to_a_batch_that_there_is(database_url, open_engine):
    engine = open_engine(database_url)
    _upgrade_to(engine, "0001")
    with writing(engine) as connection:
        for statement in _FIRST.split(";"):
            connection.exec_driver_sql(statement)
    upgrade(engine)
    with pytest.raises(IntegrityError, match=r"(?i)foreign key"), writing(engine) as connection:
        connection.exec_driver_sql("UPDATE runs SET batch_id = 4")


def test_upgrade_is_idempotent(engine):
    upgrade(engine)
    require_current(engine)
    assert schema_version(engine) == code_version()


def test_every_revision_has_its_old_database():
    scripts = module.ScriptDirectory.from_config(module._config())
    assert {script.revision for script in scripts.walk_revisions()} == set(OLD)


def test_an_empty_database_says_what_to_do(database_url, open_engine):
    engine = open_engine(database_url)
    assert schema_version(engine) is None
    with pytest.raises(SchemaMismatch, match="run `cellbench db upgrade`"):
        require_current(engine)


def test_an_older_database_says_what_to_do(engine, mocker):
    mocker.patch.object(module, "code_version", return_value="0999")
    with pytest.raises(SchemaMismatch, match=r"at 0013, this code needs 0999; run `cellbench db upgrade`"):
        require_current(engine)


def test_a_database_from_newer_code_is_refused_and_left_alone(engine):
    with writing(engine) as connection:
        connection.exec_driver_sql("UPDATE alembic_version SET version_num = '9999'")
    for use in (require_current, upgrade):
        with pytest.raises(SchemaMismatch, match="at 9999, newer than this code"):
            use(engine)
    assert schema_version(engine) == "9999"


def test_somebody_elses_database_is_refused(database_url, open_engine):
    engine = open_engine(database_url)
    with writing(engine) as connection:
        connection.exec_driver_sql("CREATE TABLE invoices (id INTEGER)")
    with pytest.raises(SchemaMismatch, match="tables of something else"):
        upgrade(engine)


def test_migrations_are_found_from_any_folder(tmp_path):
    code = (
        "from orchestrator.store.database import open_database; from orchestrator.store.upgrade import upgrade;"
        "engine = open_database('sqlite:///lab.sqlite'); upgrade(engine); engine.dispose()"
    )
    subprocess.run([sys.executable, "-W", "error", "-c", code], cwd=tmp_path, check=True, timeout=300)
    assert (tmp_path / "lab.sqlite").stat().st_size > 0
