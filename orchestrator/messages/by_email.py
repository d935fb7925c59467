"""E-mail by SMTP (RFC 5321), with STARTTLS (RFC 3207) or TLS from the first byte (RFC 8314)."""

from __future__ import annotations

import hashlib
import smtplib
import socket
import ssl
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from email.message import EmailMessage
from email.utils import formatdate

from orchestrator.messages.environment import required_value
from orchestrator.messages.letter import Letter
from orchestrator.messages.not_delivered import NotDelivered
from orchestrator.messages.receiver import Email, MailServer

__all__ = ["WHOLE_LIMIT_S", "send_email"]

_EXCHANGE_LIMIT_S = 10.0
WHOLE_LIMIT_S = 30.0
"""A server that answers a byte every few seconds must not hold us for ever."""


def send_email(to: Email, letter: Letter, whole_limit_s: float = WHOLE_LIMIT_S) -> None:
    """Hand the letter to the mail server. Raises NotDelivered."""
    message = compose(to, letter)
    try:
        with _session(to.server, whole_limit_s) as session:
            session.send_message(message)
    except OSError as error:  # smtplib's and ssl's are of this kind, too
        raise NotDelivered(_reason(error)) from error


def compose(to: Email, letter: Letter) -> EmailMessage:
    """The e-mail; its Message-ID is the same at every attempt."""
    sender = _sender(to.server)
    message = EmailMessage()
    message["Subject"] = letter.subject()
    message["From"] = sender
    message["To"] = to.address
    message["Date"] = formatdate(localtime=True)
    digest = hashlib.sha256(f"{letter.key} {to.address}".encode()).hexdigest()[:24]
    message["Message-ID"] = f"<{digest}@{sender.rpartition('@')[2]}>"
    message["Auto-Submitted"] = "auto-generated"  # RFC 3834: no absence notes in reply
    if letter.severity == "critical" and letter.state == "raised":
        message["Importance"] = "high"
    message.set_content(letter.text())
    return message


@contextmanager
def _session(server: MailServer, whole_limit_s: float) -> Iterator[smtplib.SMTP]:
    context = ssl.create_default_context(cafile=server.ca_file) if server.security != "none" else None
    ends_at = time.monotonic() + whole_limit_s
    session = _connect(server, context)
    # From here on there is a socket, which can be closed under a call that waits for it.
    guard = threading.Timer(max(ends_at - time.monotonic(), 0.0), _abandon, (session,))
    guard.daemon = True
    guard.start()
    try:
        if server.security == "starttls":
            session.starttls(context=context)
        if server.user is not None and server.password_env is not None:
            _log_in(session, server.user, required_value(server.password_env))
        yield session
        with suppress(OSError):  # it has been taken: how the server says good-bye changes nothing
            session.quit()
    finally:
        guard.cancel()
        session.close()


def _connect(server: MailServer, context: ssl.SSLContext | None) -> smtplib.SMTP:
    if server.security == "ssl":
        return smtplib.SMTP_SSL(server.host, server.port, timeout=_EXCHANGE_LIMIT_S, context=context)
    return smtplib.SMTP(server.host, server.port, timeout=_EXCHANGE_LIMIT_S)


def _log_in(session: smtplib.SMTP, user: str, password: str) -> None:
    if not (user.isascii() and password.isascii()):
        raise NotDelivered("user and password are sent as ASCII, and hold something else")
    session.login(user, password)


def _abandon(session: smtplib.SMTP) -> None:
    if session.sock is not None:
        with suppress(OSError):  # it has ended by itself in this very moment
            session.sock.shutdown(socket.SHUT_RDWR)


def _sender(server: MailServer) -> str:
    return server.sender or f"cellbench@{socket.gethostname()}"


def _reason(error: OSError) -> str:
    match error:
        case smtplib.SMTPRecipientsRefused():
            who, what = next(iter(error.recipients.items()))
            return f"the mail server refuses {who}: {_answer(*what)}"
        case smtplib.SMTPAuthenticationError():
            return f"the mail server refuses user or password: {_answer(error.smtp_code, error.smtp_error)}"
        case smtplib.SMTPResponseException():
            return f"the mail server refuses: {_answer(error.smtp_code, error.smtp_error)}"
        case smtplib.SMTPServerDisconnected():
            return "the mail server ends the connection, or takes too long"
        case TimeoutError():
            return "the mail server does not answer in time"
        case ssl.SSLCertVerificationError():
            return f"the mail server's certificate is not trusted: {error.verify_message}"
        case _:
            return f"mail server: {error.strerror or error}"


def _answer(code: int, text: bytes | str) -> str:
    return f"{code} {text.decode(errors='replace') if isinstance(text, bytes) else text}"
