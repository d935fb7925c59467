"""The ``alarms:`` of a lab file: who is told, from which severity on, and by which way."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

from orchestrator.config.keys import Keys, seconds, text
from orchestrator.config.message_values import LOOPBACK, arguments, email_address, items, one_of, url, variable
from orchestrator.interlocks.rule import Severity
from orchestrator.messages.receiver import WEBHOOK_FORMATS, Command, Email, MailServer, Receiver, Webhook
from protocols.errors import Refusal
from protocols.node import Node, SequenceNode

__all__ = ["read_receivers"]

_EXAMPLE = "{email: [bench@lab.example], from: warning}"
_WAYS = ("email", "webhook", "webhook_env", "command")
_SEVERITIES: tuple[Severity, ...] = ("warning", "critical")
_COMMAND_LIMIT_S = 10.0
_COMMAND_LIMIT_MAX_S = 60.0


def read_receivers(node: Node, mail: MailServer, folder: Path) -> tuple[Receiver, ...]:
    """Read the section; relative paths in it stand in ``folder``. Raises Refusal."""
    receivers: dict[str, Receiver] = {}
    for item in items(node, "alarms", _EXAMPLE):
        for receiver in _receivers(item, mail, folder):
            if receiver.name in receivers:
                raise Refusal(item.place, f"{receiver.name!r} is in here already", "give each a `name` of its own")
            receivers[receiver.name] = receiver
    return tuple(receivers.values())


def _receivers(node: Node, mail: MailServer, folder: Path) -> Iterator[Receiver]:
    keys = Keys(node, "alarms")
    named = [way for way in _WAYS if keys.node.get(way) is not None]
    if len(named) != 1:
        raise Refusal(node.place, f"a receiver has one of {', '.join(_WAYS)}", f"write `- {_EXAMPLE}`")
    ways = _ways(named[0], keys, mail, folder)
    name = keys.optional("name", text)
    severity = keys.optional("from", lambda written: one_of(written, _SEVERITIES)) or "warning"
    after_s = keys.optional("after", seconds) or 0.0
    keys.done()
    for usual, way in ways.items():
        full = usual if name is None else name if len(ways) == 1 else f"{name} ({usual.removeprefix('email ')})"
        yield Receiver(full, way, severity, after_s)


def _ways(named: str, keys: Keys, mail: MailServer, folder: Path) -> dict[str, Email | Webhook | Command]:
    """The ways that one entry names, by the names they have if it gives none."""
    match named:
        case "email":
            addresses = keys.required(named, _addresses, "[bench@lab.example]")
            return {f"email {address}": Email(address, mail) for address in addresses}
        case "command":
            program = keys.required(named, arguments, "[/usr/local/bin/siren]")
            limit_s = keys.optional("time_limit", _time_limit) or _COMMAND_LIMIT_S
            return {f"command {Path(program[0]).name}": Command(program, limit_s)}
        case _:
            webhook = _webhook(keys, folder)
            return {f"webhook {urlsplit(webhook.url or '').hostname or webhook.url_env}": webhook}


def _webhook(keys: Keys, folder: Path) -> Webhook:
    webhook = Webhook(
        url=keys.optional("webhook", url),
        url_env=keys.optional("webhook_env", variable),
        format=keys.optional("format", lambda written: one_of(written, WEBHOOK_FORMATS)) or "json",
        token_env=keys.optional("token_env", variable),
        secret_env=keys.optional("secret_env", variable),
        ca_file=keys.optional("ca_file", lambda written: folder / text(written)),
    )
    if webhook.secret_env is not None and webhook.format != "dingtalk":
        raise Refusal(keys.node.place, "`secret_env` is DingTalk's", "write `format: dingtalk`, or `token_env`")
    plain = urlsplit(webhook.url or "")
    if webhook.token_env is not None and plain.scheme == "http" and plain.hostname not in LOOPBACK:
        raise Refusal(keys.node.place, "a token would go out unencrypted", "write an https address")
    return webhook


def _addresses(node: Node) -> tuple[str, ...]:
    if not isinstance(node, SequenceNode):
        return (email_address(node),)
    if not node.items:
        raise Refusal(node.place, "names nobody", "write `email: [bench@lab.example]`")
    return tuple(dict.fromkeys(email_address(item) for item in node.items))


def _time_limit(node: Node) -> float:
    limit_s = seconds(node)
    if limit_s > _COMMAND_LIMIT_MAX_S:
        remedy = "let it start what takes longer in the background"
        raise Refusal(node.place, f"is more than {_COMMAND_LIMIT_MAX_S:g} s", remedy)
    return limit_s
