"""E-mail, against a real server that takes it, refuses it, is slow, or is not there."""

from __future__ import annotations

from pathlib import Path

import pytest

from orchestrator.messages.by_email import send_email
from orchestrator.messages.deliver import deliver
from orchestrator.messages.letter import Letter, Line
from orchestrator.messages.not_delivered import NotDelivered
from orchestrator.messages.receiver import Email, MailServer, Receiver
from tests.orchestrator.messages.certificates import Certificates
from tests.orchestrator.messages.mail_server import mail_server, silent_port, trickling

PASSWORD = "käse-7 & more"
LINE = Line(4, "critical", "run 17", "stop NOT confirmed\r\nBcc: everybody@lab.example", 1_767_571_200.0)
LETTER = Letter("bench/mail/1", "bench µ", (LINE,), 1_767_571_260.0, 1)


def to(port: int, address: str = "bench@lab.example", **server: object) -> Email:
    return Email(address, MailServer("127.0.0.1", port, sender="cellbench@lab.example", **server))  # type: ignore[arg-type]


def refusal(way: Email) -> str:
    with pytest.raises(NotDelivered) as refused:
        deliver(Receiver("mail", way), LETTER)
    return str(refused.value)


def test_a_letter_arrives_whole_and_no_message_becomes_a_header() -> None:
    with mail_server() as mailbox:
        send_email(to(mailbox.port), LETTER)
        mail = mailbox.mails.get(timeout=60)
    assert mail["Subject"] == "[bench µ] critical: run 17: stop NOT confirmed  Bcc: everybody@lab.example"
    assert (mail["From"], mail["To"], mail["Bcc"]) == ("cellbench@lab.example", "bench@lab.example", None)
    assert (mail["Auto-Submitted"], mail["Importance"]) == ("auto-generated", "high")
    assert "run 17: stop NOT confirmed  Bcc" in mail.get_content()
    assert "alarm 4, 2026-01-05" in mail.get_content()


def test_a_repeated_attempt_has_the_same_message_id_and_another_letter_another() -> None:
    with mail_server() as mailbox:
        for letter in (LETTER, LETTER, Letter("bench/mail/2", "bench", (LINE,), 0.0, 1)):
            send_email(to(mailbox.port), letter)
        first, again, other = (mailbox.mails.get(timeout=60)["Message-ID"] for _ in range(3))
    assert first == again != other


@pytest.mark.parametrize("security", ["starttls", "ssl"])
def test_over_tls_with_a_self_made_certificate_and_a_password(
    security: str, certificates: Certificates, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PLAIN_PASSWORD", "secret")
    context = certificates.server_context()
    kept = {"starttls": context} if security == "starttls" else {"tls": context}
    with mail_server(login=("bench", "secret"), **kept) as mailbox:
        way = to(
            mailbox.port, security=security, user="bench", password_env="PLAIN_PASSWORD", ca_file=certificates.ca_file
        )
        send_email(way, LETTER)
        assert mailbox.mails.get(timeout=60)["To"] == "bench@lab.example"


@pytest.mark.parametrize("security", ["starttls", "ssl"])
def test_a_certificate_that_nobody_has_vouched_for_is_refused_before_the_password_is_sent(
    security: str, certificates: Certificates
) -> None:
    context = certificates.server_context()
    kept = {"starttls": context} if security == "starttls" else {"tls": context}
    with mail_server(login=("bench", "secret"), **kept) as mailbox:
        said = refusal(to(mailbox.port, security=security, user="bench", password_env="UNSET"))
    assert said.startswith("the mail server's certificate is not trusted")


def test_a_server_without_tls_gets_neither_password_nor_letter() -> None:
    with mail_server() as mailbox:
        said = refusal(to(mailbox.port, security="starttls", user="bench", password_env="UNSET"))
        assert mailbox.mails.empty()
    assert "STARTTLS" in said


def test_a_wrong_password_is_said_and_not_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WRONG", "letmein-4711")
    with mail_server(login=("bench", "secret")) as mailbox:
        said = refusal(to(mailbox.port, user="bench", password_env="WRONG"))
        assert mailbox.mails.empty()
    assert said.startswith("the mail server refuses user or password: 535")
    assert "letmein" not in said


def test_a_password_that_is_not_there_names_its_variable() -> None:
    with mail_server(login=("bench", "secret")) as mailbox:
        said = refusal(to(mailbox.port, user="bench", password_env="CELLBENCH_NOT_SET"))
    assert said == "the environment variable CELLBENCH_NOT_SET of the node is not set"


def test_a_password_that_smtp_cannot_carry_is_said_and_not_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("UMLAUT", PASSWORD)
    with mail_server(login=("bench", PASSWORD)) as mailbox:
        said = refusal(to(mailbox.port, user="bench", password_env="UMLAUT"))
    assert said == "user and password are sent as ASCII, and hold something else"


def test_an_unknown_address_is_named_with_the_servers_words() -> None:
    with mail_server() as mailbox:
        said = refusal(to(mailbox.port, address="nobody@lab.example"))
    assert said == "the mail server refuses nobody@lab.example: 550 5.1.1 no such user"


def test_a_server_that_is_rude_at_good_bye_has_taken_the_letter() -> None:
    with mail_server(quit_answer="500 what?") as mailbox:
        send_email(to(mailbox.port), LETTER)
        assert mailbox.mails.get(timeout=60)["To"] == "bench@lab.example"


def test_nobody_listens(free_port: int) -> None:
    assert "refused" in refusal(to(free_port)).lower()


def test_a_server_that_trickles_is_left_within_the_whole_limit() -> None:
    with trickling(b"220 mail.test\r\n") as port, pytest.raises(NotDelivered, match="takes too long"):
        send_email(to(port), LETTER, whole_limit_s=0.4)


def test_a_server_that_says_nothing_is_left_in_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("orchestrator.messages.by_email._EXCHANGE_LIMIT_S", 0.2)
    with silent_port() as port:
        said = refusal(to(port))
    assert said in ("the mail server does not answer in time", "the mail server ends the connection, or takes too long")


def test_a_certificate_file_that_is_not_there_is_said(tmp_path: Path) -> None:
    assert "No such file" in refusal(to(25, security="ssl", ca_file=tmp_path / "none.pem"))
