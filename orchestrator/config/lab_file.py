"""Reading the lab file: units, paths beside the file, and one line for every mistake."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from urllib.parse import urlsplit

from orchestrator.config.backup_section import read_backup
from orchestrator.config.disk_section import read_disk
from orchestrator.config.instruments_section import Places, read_instruments
from orchestrator.config.interlocks_section import read_interlocks
from orchestrator.config.keys import Keys, amperes, text, voltage_pair
from orchestrator.config.lab import BenchLimits, BenchPlace, Lab, WebPlace
from orchestrator.config.messages_sections import read_messages
from orchestrator.config.one_node import require_one_node
from orchestrator.config.temperature_source import read_temperature_source
from orchestrator.config.web_section import read_web
from orchestrator.disk.settings import DiskSettings
from protocols.document import load_document
from protocols.errors import ProtocolErrors, Refusal
from protocols.node import MappingNode, Node

__all__ = ["LabFileError", "read_lab"]


class LabFileError(Exception):
    """The lab file cannot be used; one line with file, line, key and remedy."""


def read_lab(path: Path | str) -> Lab:
    """Read a lab file. Relative paths in it stand beside the file. Raises LabFileError."""
    file = Path(path).absolute()
    if not file.is_file():
        raise LabFileError(f"there is no lab file {path}; name it with --lab, or see docs/reference/lab-file.md")
    try:
        return _lab(load_document(file, if_empty="write lab: and its name, then instruments, benches and limits"), file)
    except ProtocolErrors as error:
        raise LabFileError(str(error)) from error
    except Refusal as error:
        raise LabFileError(str(error.in_file(file.name))) from error


def _lab(root: Node, file: Path) -> Lab:
    keys = Keys(root, "the lab file")
    places = keys.required(
        "instruments",
        lambda node: read_instruments(node, file),
        "{bts-1: {driver: neware, address: '192.0.2.10:502'}}",
    )
    receivers, heartbeats = read_messages(keys, file.parent)
    lab = Lab(
        name=keys.required("lab", text, "the lab's name"),
        path=file,
        database_url=_database_url(keys.optional("database", text) or "sqlite:///cellbench.db", file),
        state_dir=file.parent / (keys.optional("state_dir", text) or "."),
        clock=keys.optional("clock", _clock) or "system",
        instruments=places.cyclers,
        benches=keys.optional("benches", lambda node: _benches(node, places)) or {},
        limits=keys.required("limits", _limits, "{voltage: [-0.5 V, 5 V], current: 100 mA}"),
        web=keys.optional("web", read_web) or WebPlace(),
        chambers=places.chambers,
        receivers=receivers,
        heartbeats=heartbeats,
        disk=keys.optional("disk", read_disk) or DiskSettings(),
        backup=keys.optional("backup", lambda node: read_backup(node, file.parent)),
    )
    lab = replace(lab, interlocks=keys.optional("interlocks", lambda node: read_interlocks(node, lab)) or ())
    keys.done()
    return lab


def _database_url(url: str, file: Path) -> str:
    """``sqlite:///name`` stands beside the lab file, whatever the working directory is."""
    prefix = "sqlite:///"
    if not url.startswith(prefix):
        return url
    return prefix + str(file.parent / url.removeprefix(prefix))


def _clock(node: Node) -> str:
    written = text(node)
    try:
        parts = urlsplit(written)
        fits = written == "system" or (parts.scheme == "lab" and parts.hostname and parts.port)
    except ValueError:
        fits = False
    if not fits:
        raise Refusal(
            node.place, f"{written!r} is no clock", "write `system`, or `lab://127.0.0.1:7701` for a virtual lab"
        )
    return written


def _benches(node: Node, places: Places) -> dict[str, BenchPlace]:
    if not isinstance(node, MappingNode):
        raise Refusal(node.place, "benches is not a mapping", "write `A1: {channel: bts-1/27-21-1-1}`")
    benches: dict[str, BenchPlace] = {}
    taken: dict[tuple[str, str], str] = {}
    for entry in node.entries:
        bench = _bench(entry.key, entry.value, places)
        other = taken.setdefault((bench.instrument, bench.channel), bench.name)
        if other != bench.name:
            raise Refusal(entry.value.place, f"bench {other} has this channel already", "give every channel one bench")
        benches[bench.name] = bench
    return benches


def _bench(name: str, node: Node, places: Places) -> BenchPlace:
    keys = Keys(node, f"bench {name}")
    where = keys.required("channel", text, "bts-1/27-21-1-1")
    chamber = keys.optional("chamber", text)
    temperature = keys.optional("temperature", lambda node: read_temperature_source(node, chamber, places.cyclers))
    keys.done()
    instrument, separator, channel = where.partition("/")
    if not separator or not channel:
        raise Refusal(node.place, f"{where!r} names no channel", "write INSTRUMENT/CHANNEL, e.g. bts-1/27-21-1-1")
    if instrument in places.chambers:
        raise Refusal(node.place, f"{instrument} is a chamber and has no channels", f"write `chamber: {instrument}`")
    if instrument not in places.cyclers:
        known = ", ".join(places.cyclers) or "none"
        raise Refusal(node.place, f"instrument {instrument!r} is not in this file", f"known: {known}")
    if chamber in places.cyclers:
        raise Refusal(node.place, f"{chamber} is no chamber", f"chambers: {', '.join(places.chambers) or 'none'}")
    if chamber is not None and chamber not in places.chambers:
        known = ", ".join(places.chambers) or "none; name its driver, e.g. watlow-f4t, under instruments"
        raise Refusal(node.place, f"chamber {chamber!r} is not in this file", f"known: {known}")
    bench = BenchPlace(name, instrument, channel, chamber, temperature)
    require_one_node(node, bench, places)
    return bench


def _limits(node: Node) -> BenchLimits:
    keys = Keys(node, "limits")
    low, high = keys.required("voltage", voltage_pair, "[-0.5 V, 5 V]")
    current = keys.required("current", amperes, "100 mA")
    keys.done()
    return BenchLimits(low, high, current)
