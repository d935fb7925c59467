"""``mail``, ``alarms`` and ``heartbeat`` of a lab file: what they mean, and one line for every mistake."""

from __future__ import annotations

from pathlib import Path

import pytest

from orchestrator.config import Lab, LabFileError, read_lab
from orchestrator.messages.heartbeat.output import Get, Heartbeat, Touch, Udp
from orchestrator.messages.receiver import Command, Email, MailServer, Receiver, Webhook

HEAD = """\
lab: bench
instruments: {bts-1: {driver: neware, address: '192.0.2.10:502'}}
limits: {voltage: [-0.5 V, 5 V], current: 100 mA}
"""


def lab_of(folder: Path, text: str) -> Lab:
    path = folder / "lab.yaml"
    path.write_text(HEAD + text, encoding="utf-8")
    return read_lab(path)


def test_everything_that_can_be_said(tmp_path: Path) -> None:
    lab = lab_of(
        tmp_path,
        """
mail: {server: 'smtp.lab.example:587', user: bench, password_env: SMTP_PW, sender: cb@lab.example, ca_file: ca.pem}
alarms:
  - {email: [a@lab.example, b@lab.example], from: warning}
  - {webhook_env: SLACK_URL, format: slack, from: critical, after: 10 min, name: on call}
  - {webhook: 'https://oapi.dingtalk.example/robot', format: dingtalk, secret_env: DING}
  - {command: [/usr/local/bin/siren, --on], from: critical, after: 30 min, time_limit: 5 s}
heartbeat:
  - {touch: alive, every: 2 s}
  - {get_env: PING_URL, every: 1 min}
  - {udp: '192.0.2.50:9000', every: 1 s, name: relay}
  - {command: [pulse-relay]}
""",
    )
    server = MailServer("smtp.lab.example", 587, "starttls", "bench", "SMTP_PW", "cb@lab.example", tmp_path / "ca.pem")
    hidden = ("DING", "PING_URL", "SLACK_URL", "SMTP_PW")
    assert lab.receivers == (
        Receiver("email a@lab.example", Email("a@lab.example", server)),
        Receiver("email b@lab.example", Email("b@lab.example", server)),
        Receiver("on call", Webhook(url_env="SLACK_URL", format="slack"), "critical", 600.0),
        Receiver(
            "webhook oapi.dingtalk.example",
            Webhook("https://oapi.dingtalk.example/robot", format="dingtalk", secret_env="DING"),
        ),
        Receiver("command siren", Command(("/usr/local/bin/siren", "--on"), 5.0, hidden), "critical", 1800.0),
    )
    assert lab.heartbeats == (
        Heartbeat("touch alive", Touch(tmp_path / "alive"), 2.0),
        Heartbeat("get PING_URL", Get(url_env="PING_URL"), 60.0),
        Heartbeat("relay", Udp("192.0.2.50", 9000), 1.0),
        Heartbeat("command pulse-relay", Command(("pulse-relay",), 5.0, hidden)),
    )


def test_a_lab_without_them_tells_nobody_and_mail_goes_to_this_computers_own_server(tmp_path: Path) -> None:
    assert (lab_of(tmp_path, "").receivers, lab_of(tmp_path, "").heartbeats) == ((), ())
    (receiver,) = lab_of(tmp_path, "alarms: [{email: a@lab.example}]\n").receivers
    assert receiver.way == Email("a@lab.example", MailServer("127.0.0.1", 25, "none"))


@pytest.mark.parametrize(("port", "security"), [(25, "none"), (465, "ssl"), (587, "starttls"), (2525, "none")])
def test_the_port_says_how_a_server_is_spoken_to(tmp_path: Path, port: int, security: str) -> None:
    lab = lab_of(tmp_path, f"mail: {{server: 'smtp.lab.example:{port}'}}\nalarms: [{{email: a@lab.example}}]\n")
    way = lab.receivers[0].way
    assert isinstance(way, Email)
    assert way.server.security == security


MISTAKES = [
    ("alarms: {email: a@b.c}", 4, "alarms is not a list; write"),
    ("alarms: [{from: warning}]", 4, "a receiver has one of email, webhook, webhook_env, command"),
    ("alarms: [{email: a@b.c, command: [x]}]", 4, "a receiver has one of"),
    ("alarms: [{email: []}]", 4, "names nobody"),
    ("alarms: [{email: anna}]", 4, "'anna' is no e-mail address"),
    ("alarms: [{email: a@b.c}, {email: a@b.c}]", 4, "is in here already; give each a `name`"),
    ("alarms: [{email: a@b.c, from: fatal}]", 4, "'fatal' is not known here; write one of: warning, critical"),
    ("alarms: [{email: a@b.c, after: 10}]", 4, '"10" has no unit'),
    ("alarms: [{email: a@b.c, affter: 10 min}]", 4, "did you mean `after`?"),
    ("alarms: [{webhook: hooks.slack.com}]", 4, "is no web address"),
    ("alarms: [{webhook: 'https://h.example', format: irc}]", 4, "'irc' is not known here"),
    ("alarms: [{webhook: 'https://h.example', secret_env: A}]", 4, "`secret_env` is DingTalk's"),
    ("alarms: [{webhook: 'http://h.example', token_env: A}]", 4, "a token would go out unencrypted"),
    ("alarms: [{command: siren --on}]", 4, "no shell reads it"),
    ("alarms: [{command: [siren], time_limit: 1 h}]", 4, "is more than 60 s"),
    ("mail: {}", 4, "mail has no `server`"),
    ("mail: {server: 'smtp:x'}", 4, "is no HOST:PORT"),
    ("mail: {server: 'smtp:25', user: a}", 4, "`user` and `password_env` go together"),
    ("mail: {server: 'smtp:25', user: a, password_env: B}", 4, "a password would go out unencrypted"),
    ("heartbeat: {touch: alive}", 4, "heartbeat is not a list; write"),
    ("heartbeat: [{every: 1 s}]", 4, "a heartbeat has one of touch, get, get_env, udp, command"),
    ("heartbeat: [{udp: relay}]", 4, "is no HOST:PORT"),
    ("heartbeat: [{touch: a}, {touch: a}]", 4, "is in here already"),
]


@pytest.mark.parametrize(("text", "line", "words"), MISTAKES, ids=[words[:40] for _, _, words in MISTAKES])
def test_a_mistake_is_one_line(tmp_path: Path, text: str, line: int, words: str) -> None:
    with pytest.raises(LabFileError) as refused:
        lab_of(tmp_path, text + "\n")
    said = str(refused.value)
    assert said.startswith(f"lab.yaml:{line}  ")
    assert words in said
    assert "\n" not in said


@pytest.mark.parametrize(
    "text", ["mail: {server: 'smtp:587', user: a, password_env: hunter2!}", "alarms: [{webhook: 'hook/hunter2!'}]"]
)
def test_a_secret_that_stands_in_the_wrong_place_is_not_repeated(tmp_path: Path, text: str) -> None:
    with pytest.raises(LabFileError) as refused:
        lab_of(tmp_path, text + "\n")
    assert "hunter2" not in str(refused.value)
