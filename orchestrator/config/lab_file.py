"""Reading the lab file: units, paths beside the file, and one line for every mistake."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import urlsplit

from orchestrator.config.default_poll import default_poll_s
from orchestrator.config.keys import Keys, amperes, seconds, text, voltage_pair
from orchestrator.config.lab import BenchLimits, BenchPlace, InstrumentPlace, Lab, WebPlace
from protocols.document import load_document
from protocols.errors import ProtocolErrors, Refusal
from protocols.node import MappingNode, Node, ScalarNode, SequenceNode

__all__ = ["LabFileError", "read_lab"]

_LOST_AFTER_S = 60.0
_PLACE = ("driver", "address", "poll", "lost_after")


class LabFileError(Exception):
    """The lab file cannot be used; one line with file, line, key and remedy."""


def read_lab(path: Path | str) -> Lab:
    """Read a lab file. Relative paths in it stand beside the file. Raises LabFileError."""
    file = Path(path).absolute()
    if not file.is_file():
        raise LabFileError(f"there is no lab file {path}; name it with --lab, or see docs/reference/lab-file.md")
    try:
        return _lab(load_document(file), file)
    except ProtocolErrors as error:
        raise LabFileError(str(error)) from error
    except Refusal as error:
        raise LabFileError(str(error.in_file(file.name))) from error


def _lab(root: Node, file: Path) -> Lab:
    keys = Keys(root, "the lab file")
    instruments = keys.required(
        "instruments",
        lambda node: _instruments(node, file),
        "{bts-1: {driver: neware, address: '192.0.2.10:502'}}",
    )
    lab = Lab(
        name=keys.required("lab", text, "the lab's name"),
        path=file,
        database_url=_database_url(keys.optional("database", text) or "sqlite:///cellbench.db", file),
        state_dir=file.parent / (keys.optional("state_dir", text) or "."),
        clock=keys.optional("clock", _clock) or "system",
        instruments=instruments,
        benches=keys.optional("benches", lambda node: _benches(node, instruments)) or {},
        limits=keys.required("limits", _limits, "{voltage: [-0.5 V, 5 V], current: 100 mA}"),
        web=keys.optional("web", _web) or WebPlace(),
    )
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


def _instruments(node: Node, file: Path) -> dict[str, InstrumentPlace]:
    if not isinstance(node, MappingNode) or not node.entries:
        raise Refusal(node.place, "no instrument is named", "write `bts-1: {driver: neware, address: …}`")
    instruments = {entry.key: _instrument(entry.key, entry.value, file) for entry in node.entries}
    first: dict[str, str] = {}
    for entry in node.entries:
        other = first.setdefault(instruments[entry.key].address, entry.key)
        if other != entry.key:
            raise Refusal(entry.value.place, f"instrument {other} has this address already", "name every one once")
    return instruments


def _instrument(name: str, node: Node, file: Path) -> InstrumentPlace:
    keys = Keys(node, f"instrument {name}")
    driver = keys.required("driver", text, "neware")
    address = keys.required("address", text, "192.0.2.10:502")
    poll_s = keys.optional("poll", seconds) or default_poll_s(driver)
    lost_after_s = keys.optional("lost_after", seconds) or _LOST_AFTER_S
    options: dict[str, object] = {
        entry.key: keys.optional(entry.key, _channel if entry.key == "channel" else _plain)
        for entry in keys.node.entries
        if entry.key not in _PLACE
    }
    if "step_dir" in options:
        options["step_dir"] = str(file.parent / str(options["step_dir"]))
    return InstrumentPlace(name, driver, address, poll_s, lost_after_s, options)


def _channel(node: Node) -> dict[str, float]:
    """What every channel of the instrument can do, where the wire does not tell."""
    keys = Keys(node, "channel")
    low, high = keys.required("voltage", voltage_pair, "[-5 V, 5 V]")
    current = keys.required("current", amperes, "50 mA")
    interval = keys.optional("record_interval", seconds)
    keys.done()
    found = {"voltage_min_V": low, "voltage_max_V": high, "current_max_A": current}
    return found | ({"record_interval_min_s": interval} if interval else {})


def _plain(node: Node) -> object:
    """A driver's own option: text, lists and mappings of text; the driver gives it a meaning."""
    if isinstance(node, ScalarNode):
        return text(node)
    if isinstance(node, SequenceNode):
        return [_plain(item) for item in node.items]
    return {entry.key: _plain(entry.value) for entry in node.entries}


def _benches(node: Node, instruments: dict[str, InstrumentPlace]) -> dict[str, BenchPlace]:
    if not isinstance(node, MappingNode):
        raise Refusal(node.place, "benches is not a mapping", "write `A1: {channel: bts-1/27-21-1-1}`")
    benches: dict[str, BenchPlace] = {}
    taken: dict[tuple[str, str], str] = {}
    for entry in node.entries:
        bench = _bench(entry.key, entry.value, instruments)
        other = taken.setdefault((bench.instrument, bench.channel), bench.name)
        if other != bench.name:
            raise Refusal(entry.value.place, f"bench {other} has this channel already", "give every channel one bench")
        benches[bench.name] = bench
    return benches


def _bench(name: str, node: Node, instruments: dict[str, InstrumentPlace]) -> BenchPlace:
    keys = Keys(node, f"bench {name}")
    where = keys.required("channel", text, "bts-1/27-21-1-1")
    chamber = keys.optional("chamber", text)
    keys.done()
    instrument, separator, channel = where.partition("/")
    if not separator or not channel:
        raise Refusal(node.place, f"{where!r} names no channel", "write INSTRUMENT/CHANNEL, e.g. bts-1/27-21-1-1")
    for named in (instrument, chamber):
        if named is not None and named not in instruments:
            raise Refusal(node.place, f"instrument {named!r} is not in this file", f"known: {', '.join(instruments)}")
    return BenchPlace(name, instrument, channel, chamber)


def _limits(node: Node) -> BenchLimits:
    keys = Keys(node, "limits")
    low, high = keys.required("voltage", voltage_pair, "[-0.5 V, 5 V]")
    current = keys.required("current", amperes, "100 mA")
    keys.done()
    return BenchLimits(low, high, current)


def _web(node: Node) -> WebPlace:
    keys = Keys(node, "web")
    default = WebPlace()
    host = keys.optional("host", text) or default.host
    port = keys.optional("port", _port)
    keys.done()
    return WebPlace(host, default.port if port is None else port)


def _port(node: Node) -> int:
    written = text(node)
    if not written.isdecimal() or int(written) > 65535:
        raise Refusal(node.place, f"{written!r} is no port", "write a number up to 65535")
    return int(written)
