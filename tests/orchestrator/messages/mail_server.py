"""A real mail server on this computer: aiosmtpd in a thread, and sockets that misbehave."""

from __future__ import annotations

import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage
from queue import Queue
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, LoginPassword

from tests.reserved_port import reserved_port

_PATIENCE_S = 60.0


@dataclass
class Mailbox:
    """What was handed in; refuses recipients of ``nobody``."""

    port: int = 0
    mails: Queue[EmailMessage] = field(default_factory=Queue)

    async def handle_RCPT(self, server: Any, session: Any, envelope: Any, address: str, options: Any) -> str:
        if address.startswith("nobody"):
            return "550 5.1.1 no such user"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:
        self.mails.put(message_from_bytes(envelope.content, policy=policy.default))
        return "250 taken"


@contextmanager
def mail_server(
    *,
    login: tuple[str, str] | None = None,
    starttls: ssl.SSLContext | None = None,
    tls: ssl.SSLContext | None = None,
    quit_answer: str = "221 Bye",
) -> Iterator[Mailbox]:
    """Serve on a free port of the loopback."""
    mailbox = Mailbox()

    class Server(SMTP):
        async def smtp_QUIT(self, arg: str) -> None:
            await self.push(quit_answer)
            self.transport.close()

    class OnFreePort(Controller):
        def factory(self) -> SMTP:
            return Server(
                mailbox,
                hostname="mail.test",
                authenticator=_checks(login) if login else None,
                auth_require_tls=starttls is not None,
                tls_context=starttls,
                require_starttls=starttls is not None,
            )

    with reserved_port() as mailbox.port:
        controller = OnFreePort(
            mailbox, hostname="127.0.0.1", port=mailbox.port, ssl_context=tls, ready_timeout=_PATIENCE_S
        )
        controller.start()
        try:
            yield mailbox
        finally:
            controller.stop()


def _checks(login: tuple[str, str]) -> Callable[..., AuthResult]:
    def check(server: Any, session: Any, envelope: Any, mechanism: str, given: Any) -> AuthResult:
        fits = isinstance(given, LoginPassword) and (given.login.decode(), given.password.decode()) == login
        return AuthResult(success=fits, handled=False)

    return check


@contextmanager
def trickling(greeting: bytes, pause_s: float = 0.05) -> Iterator[int]:
    """A port that greets, and then sends a byte now and then for ever: always within a time limit for each exchange."""
    stop = threading.Event()
    with socket.create_server(("127.0.0.1", 0)) as listener:
        listener.settimeout(5)

        def serve() -> None:
            with suppress(OSError):
                connection, _ = listener.accept()
                with connection:
                    connection.sendall(greeting)
                    while not stop.wait(pause_s):
                        connection.sendall(b"2")

        thread = threading.Thread(target=serve)
        thread.start()
        try:
            yield listener.getsockname()[1]
        finally:
            stop.set()
            thread.join(60)


@contextmanager
def silent_port() -> Iterator[int]:
    """A port that takes connections and never says anything."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        yield listener.getsockname()[1]
