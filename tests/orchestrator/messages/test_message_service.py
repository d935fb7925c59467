"""The whole way: an alarm in the database, a node, real servers, the prompt. Nothing secret stays anywhere."""

from __future__ import annotations

import asyncio
import logging
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import httpx
import pytest
from click.testing import CliRunner, Result
from sqlalchemy import select

from orchestrator.cli import cellbench
from orchestrator.clock.system import SystemClock
from orchestrator.config import Lab
from orchestrator.engine.writer import Writer
from orchestrator.messages.heartbeat.output import Heartbeat, Touch
from orchestrator.messages.heartbeat.pulse import Pulse
from orchestrator.messages.pace import Pace
from orchestrator.messages.receiver import Email, MailServer, Receiver, Webhook
from orchestrator.messages.service import MessageService
from orchestrator.store.alarms import raise_alarm
from orchestrator.store.database import open_database
from orchestrator.store.recorder import Recorder
from orchestrator.store.tables import messages, metadata
from orchestrator.store.transactions import reading, writing
from tests.orchestrator.launch.bench_lab import fill, make_lab
from tests.orchestrator.messages.mail_server import Mailbox, mail_server
from tests.orchestrator.messages.web_server import Hook, Request, web_server
from tests.orchestrator.web.served import served

QUICK = Pace(gather_s=0.05, between_s=0.05, first_again_s=0.05, last_again_s=0.1, look_every_s=0.02)
SECRETS = {"MAIL_PASSWORD": "pass-4711", "HOOK_PATH": "hook-4712"}


@contextmanager
def telling(lab: Lab) -> Iterator[None]:
    """A node that does nothing but tell people, in a thread."""
    database = open_database(lab.database_url)
    recorder = Recorder(database)
    loop = asyncio.new_event_loop()
    clock = SystemClock()
    service = MessageService(lab, database, Writer(recorder), clock, Pulse(clock), pace=QUICK)
    task = loop.create_task(service.run())

    def run() -> None:
        try:
            loop.run_until_complete(task)
        except asyncio.CancelledError:
            loop.run_until_complete(loop.shutdown_default_executor())

    thread = threading.Thread(target=run)
    thread.start()
    try:
        yield
    finally:
        loop.call_soon_threadsafe(task.cancel)
        thread.join(60)
        assert not thread.is_alive()
        loop.close()
        recorder.close()
        database.dispose()


@pytest.fixture
def mailbox() -> Iterator[Mailbox]:
    with mail_server(login=("bench", SECRETS["MAIL_PASSWORD"])) as made:
        yield made


@pytest.fixture
def hook() -> Iterator[Hook]:
    with web_server() as made:
        yield made


@pytest.fixture
def lab(tmp_path: Path, database_url: str, mailbox: Mailbox, hook: Hook, monkeypatch: pytest.MonkeyPatch) -> Lab:
    monkeypatch.setenv("MAIL_PASSWORD", SECRETS["MAIL_PASSWORD"])
    monkeypatch.setenv("HOOK_URL", f"{hook.url}/{SECRETS['HOOK_PATH']}")
    server = MailServer("127.0.0.1", mailbox.port, "none", "bench", "MAIL_PASSWORD")
    made = make_lab(tmp_path, database_url, clock="system")
    fill(made)
    return replace(
        made,
        receivers=(
            Receiver("email bench@lab.example", Email("bench@lab.example", server)),
            Receiver("chat", Webhook(url_env="HOOK_URL"), "critical"),
        ),
        heartbeats=(Heartbeat("touch alive", Touch(tmp_path / "alive"), 0.05),),
    )


def at_the_prompt(url: str, *words: str) -> Result:
    return CliRunner(env={"CELLBENCH_URL": url}).invoke(cellbench, words)


def alarm(lab: Lab, source: str) -> int:
    database = open_database(lab.database_url)
    try:
        with writing(database) as connection:
            return raise_alarm(connection, source=source, message="stop NOT confirmed", now=SystemClock().now())
    finally:
        database.dispose()


def test_from_an_alarm_to_people_and_from_an_acknowledgement_to_the_others(
    lab: Lab, mailbox: Mailbox, hook: Hook
) -> None:
    with telling(lab), served(lab) as (url, _):
        number = alarm(lab, "run 17")
        assert "run 17: stop NOT confirmed" in mailbox.mails.get(timeout=60)["Subject"]
        assert hook.next().json["state"] == "raised"
        acknowledged = at_the_prompt(url, "ack", str(number), "--reason", "cable replaced", "--as", "anna")
        assert acknowledged.exit_code == 0, acknowledged.output
        assert "acknowledged by anna: cable replaced" in mailbox.mails.get(timeout=60).get_content()
        assert hook.next().json["state"] == "acknowledged"


def test_the_test_message_reaches_everybody_and_says_so(lab: Lab, mailbox: Mailbox, hook: Hook) -> None:
    with telling(lab), served(lab) as (url, _):
        told = at_the_prompt(url, "alarms", "test", "--as", "anna")
        assert told.exit_code == 0, told.output
        assert "test message, asked for by anna" in mailbox.mails.get(timeout=60)["Subject"]
        assert hook.next().json["state"] == "test"
        assert told.stdout.count("taken") == 2
        assert at_the_prompt(url, "alarms").stdout == "no alarms\n"


def test_the_test_message_names_who_cannot_be_reached_and_why(lab: Lab, hook: Hook, free_port: int) -> None:
    lost = Email("bench@lab.example", MailServer("127.0.0.1", free_port))
    broken = replace(lab, receivers=(Receiver("mail", lost), lab.receivers[1]))
    hook.status, hook.answer = 403, SECRETS["HOOK_PATH"].encode()
    with telling(broken), served(broken) as (url, _):
        told = at_the_prompt(url, "alarms", "test")
        assert told.exit_code == 1
        assert "NOT taken: mail server: Connection refused" in told.stdout
        assert "NOT taken: 127.0.0.1 answers 403" in told.stdout
        assert "mail: failing since" in at_the_prompt(url, "alarms").stdout


def test_without_a_node_and_without_receivers_the_test_says_so(lab: Lab) -> None:
    with served(lab) as (url, _):
        told = at_the_prompt(url, "alarms", "test", "--wait", "0")
        assert told.exit_code == 1
        assert told.stdout.count("not tried yet; is the node running?") == 2
    with served(replace(lab, receivers=())) as (url, _):
        assert "the lab file names nobody" in at_the_prompt(url, "alarms", "test").stderr


def test_a_dead_receiver_is_in_health_and_in_the_list_of_alarms(lab: Lab, hook: Hook, free_port: int) -> None:
    lost = Email("bench@lab.example", MailServer("127.0.0.1", free_port))
    broken = replace(lab, receivers=(Receiver("mail", lost), lab.receivers[1]))
    with telling(broken), served(broken) as (url, _):
        alarm(broken, "run 17")
        while not tells_of_the_dead(hook.next()):
            pass  # of the run, in a letter before it
        listed = at_the_prompt(url, "alarms").stdout
        assert "receiver mail" in listed
        assert "mail: failing since" in listed
        health = health_of(url)
        assert {one["name"]: one["ok"] for one in health["receivers"]}["mail"] is False
        assert health["ok"] is False


def tells_of_the_dead(request: Request) -> bool:
    said = "takes no messages, others are told instead"
    return any(one["source"] == "receiver mail" and one["message"].startswith(said) for one in request.json["alarms"])


def health_of(url: str) -> dict[str, object]:
    answer = httpx.get(f"{url}/api/v1/health", timeout=60)
    assert answer.status_code == 503
    found: dict[str, object] = answer.json()
    return found


def test_the_heartbeat_beats(lab: Lab) -> None:
    touched = next(one.way.path for one in lab.heartbeats if isinstance(one.way, Touch))
    a_moment, ends_at_s = threading.Event(), time.monotonic() + 120
    with telling(lab):
        while not touched.exists() and time.monotonic() < ends_at_s:
            a_moment.wait(0.01)
        assert touched.exists()


def test_no_secret_is_in_the_log_or_in_the_database(
    lab: Lab, mailbox: Mailbox, hook: Hook, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    hook.status, hook.answer = 500, f"no such hook: /{SECRETS['HOOK_PATH']}".encode()
    with telling(lab), served(lab) as (url, engine):
        alarm(lab, "run 17")
        mailbox.mails.get(timeout=60)
        for _ in range(5):
            hook.next()
        said = at_the_prompt(url, "alarms").output + receivers_text(url)
        with reading(engine) as connection:
            stored = "".join(str(connection.execute(select(table)).all()) for table in metadata.sorted_tables)
    assert "answers 500" in stored
    for where in (said, stored, caplog.text):
        assert not any(secret in where for secret in SECRETS.values())


def receivers_text(url: str) -> str:
    return httpx.get(f"{url}/api/v1/alarms/receivers", timeout=60).text


def test_of_two_nodes_one_tells_and_the_other_takes_over(lab: Lab, mailbox: Mailbox) -> None:
    with telling(lab):
        alarm(lab, "run 1")
        assert "run 1" in mailbox.mails.get(timeout=60)["Subject"]
        with telling(lab):
            alarm(lab, "run 2")
            assert "run 2" in mailbox.mails.get(timeout=60)["Subject"]
    assert mailbox.mails.empty()
    with telling(lab):
        alarm(lab, "run 3")
        assert "run 3" in mailbox.mails.get(timeout=60)["Subject"]
    database = open_database(lab.database_url)
    with reading(database) as connection:
        kinds = connection.execute(select(messages.c.receiver, messages.c.alarm_id)).all()
    database.dispose()
    assert len(kinds) == len(set(kinds)) == 6
