"""Who is told of alarms, from which severity on, after how long, and by which way. No secret stands in here."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from orchestrator.interlocks.rule import Severity

__all__ = [
    "SECURITIES",
    "WEBHOOK_FORMATS",
    "Command",
    "Email",
    "MailServer",
    "Receiver",
    "Security",
    "Webhook",
    "WebhookFormat",
    "secrets_of",
]

Security = Literal["none", "starttls", "ssl"]
WebhookFormat = Literal["json", "slack", "teams", "dingtalk", "wecom"]
SECURITIES: tuple[Security, ...] = ("none", "starttls", "ssl")
WEBHOOK_FORMATS: tuple[WebhookFormat, ...] = ("json", "slack", "teams", "dingtalk", "wecom")


@dataclass(frozen=True, slots=True)
class MailServer:
    """Where e-mail is handed in."""

    host: str = "127.0.0.1"
    port: int = 25
    security: Security = "none"
    user: str | None = None
    password_env: str | None = None
    """Name of the environment variable with the password."""
    sender: str | None = None
    """None: ``cellbench@`` and the name of this computer."""
    ca_file: Path | None = None
    """Certificates to trust instead of the system's, for a server with one of the lab's own."""


@dataclass(frozen=True, slots=True)
class Email:
    """By e-mail. One address each: so a server that refuses one of them holds back none of the others."""

    address: str
    server: MailServer


@dataclass(frozen=True, slots=True)
class Webhook:
    """By HTTP POST. Either the address, or the environment variable that holds it where the address is a secret."""

    url: str | None = None
    url_env: str | None = None
    format: WebhookFormat = "json"
    token_env: str | None = None
    """Environment variable with a bearer token."""
    secret_env: str | None = None
    """Environment variable with DingTalk's signing secret."""
    ca_file: Path | None = None


@dataclass(frozen=True, slots=True)
class Command:
    """By a program of the lab's (siren, relay): its arguments; no shell reads them."""

    arguments: tuple[str, ...]
    time_limit_s: float = 10.0
    hidden: tuple[str, ...] = ()
    """Environment variables that hold secrets of others: it does not get them."""


@dataclass(frozen=True, slots=True)
class Receiver:
    """One who is told."""

    name: str
    way: Email | Webhook | Command
    severity: Severity = "warning"
    """From this on."""
    after_s: float = 0.0
    """How long an alarm must have been acknowledged by nobody; 0: told at once."""

    @property
    def alarm_source(self) -> str:
        """Source of the alarm that is raised when nothing reaches this receiver."""
        return f"receiver {self.name}"

    def takes(self, severity: str, source: str) -> bool:
        """Whether it is to be told of such alarms; of its own failure it cannot be."""
        return (self.severity == "warning" or severity == "critical") and source != self.alarm_source


def secrets_of(way: object) -> tuple[str, ...]:
    """Names of the environment variables in which a receiver or heartbeat finds its secrets."""
    match way:
        case Email(server=server):
            names: tuple[str | None, ...] = (server.password_env,)
        case Webhook():
            names = (way.url_env, way.token_env, way.secret_env)
        case _:
            names = (getattr(way, "url_env", None),)
    return tuple(name for name in names if name is not None)
