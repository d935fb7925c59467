"""The ``mail:`` of a lab file: where e-mail is handed in."""

from __future__ import annotations

from pathlib import Path

from orchestrator.config.keys import Keys, text
from orchestrator.config.message_values import LOOPBACK, email_address, host_and_port, one_of, variable
from orchestrator.messages.receiver import SECURITIES, MailServer, Security
from protocols.errors import Refusal
from protocols.node import Node

__all__ = ["read_mail"]

_USUAL: dict[int, Security] = {465: "ssl", 587: "starttls"}  # RFC 8314, RFC 6409


def read_mail(node: Node, folder: Path) -> MailServer:
    """Read the section; relative paths in it stand in ``folder``. Raises Refusal."""
    keys = Keys(node, "mail")
    host, port = keys.required("server", lambda written: host_and_port(written, 25), "smtp.lab.example:587")
    server = MailServer(
        host=host,
        port=port,
        security=keys.optional("security", lambda written: one_of(written, SECURITIES)) or _USUAL.get(port, "none"),
        user=keys.optional("user", text),
        password_env=keys.optional("password_env", variable),
        sender=keys.optional("sender", email_address),
        ca_file=keys.optional("ca_file", lambda written: folder / text(written)),
    )
    keys.done()
    if (server.user is None) != (server.password_env is None):
        raise Refusal(node.place, "`user` and `password_env` go together", "write both, or neither")
    if server.user is not None and server.security == "none" and host not in LOOPBACK:
        raise Refusal(node.place, "a password would go out unencrypted", "write `security: starttls`, or `ssl`")
    return server
