"""Options of a NEWARE instrument in the lab file: what each means, and what is wrong with it."""

from __future__ import annotations

import math
import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from drivers.contracts import Capabilities
from drivers.neware.connection import Endpoint, Login
from drivers.neware.step_folder import StepFolder
from protocols.kinds import DURATION
from protocols.quantity import parse_quantity

__all__ = ["NewareOptions", "endpoint_of", "read_options"]

_STEPS_MAX = 254
_LOOP_DEPTH_MAX = 3
_RECORD_INTERVAL_MIN_s = 0.1
_TECHNIQUES = frozenset({"rest", "constant_current", "constant_voltage", "constant_current_constant_voltage", "loop"})
_PORT = 502
_PORT_MAX = 65535
_KNOWN = frozenset(
    {"time_zone", "step_dir", "remote_step_dir", "backup_dir", "user", "password_env", "login", "connect_timeout"}
    | {"timeout", "temperature_aux", "protection_delay", "channel"}
)
_CHANNEL = ("voltage_min_V", "voltage_max_V", "current_max_A", "record_interval_min_s")


@dataclass(frozen=True, slots=True)
class NewareOptions:
    """One NEWARE instrument as the lab file describes it, checked."""

    endpoint: Endpoint
    login: Login | None
    """None: ``login: false``; some clients answer without."""
    zone: ZoneInfo
    """``time_zone`` of the BTS PC's clock: times on the wire have none."""
    steps: StepFolder | None
    """``step_dir`` here, ``remote_step_dir`` as the BTS PC sees it; None: nothing can be started."""
    backup_dir: str
    """``backup_dir``: where the BTS PC puts its own data files; its ``remote_step_dir`` unless given."""
    capabilities: Capabilities
    """From ``channel``: the wire does not tell a channel's ranges."""
    temperature_aux: str
    """``temperature_aux``: aux column that is the cell's temperature, T1 unless given."""
    inquire_aux: bool
    """Whether inquire asks for aux values: only where ``temperature_aux`` is given."""
    protection_delay_s: float | None
    """``protection_delay``: how long a limit may be passed before the channel ends; None: the instrument's own."""


def read_options(address: str, options: Mapping[str, object]) -> NewareOptions:
    """Check address and options. Raises ValueError naming the option and the remedy."""
    unknown = sorted(options.keys() - _KNOWN)
    if unknown:
        raise ValueError(f"unknown option {unknown[0]!r} of a neware instrument; known: {', '.join(sorted(_KNOWN))}")
    remote = _text(options, "remote_step_dir") or _text(options, "step_dir")
    step_dir = _text(options, "step_dir")
    temperature_aux = _text(options, "temperature_aux")
    return NewareOptions(
        endpoint=endpoint_of(address, options),
        login=_login(options),
        zone=_zone(_text(options, "time_zone")),
        steps=StepFolder(Path(step_dir), remote) if step_dir else None,
        backup_dir=_text(options, "backup_dir") or remote,
        capabilities=_capabilities(options.get("channel")),
        temperature_aux=temperature_aux or "T1",
        inquire_aux=bool(temperature_aux),
        protection_delay_s=_seconds(options, "protection_delay", None),
    )


def endpoint_of(address: str, options: Mapping[str, object] | None = None) -> Endpoint:
    """Where the client listens: ``host`` or ``host:port``. Raises ValueError with the remedy."""
    options = options or {}
    host, _, port = address.rpartition(":") if ":" in address else (address, "", str(_PORT))
    if not host or not (port.isascii() and port.isdigit()) or not 0 < int(port) <= _PORT_MAX:
        raise ValueError(f"address {address!r} is not host:port; write e.g. 192.0.2.10:502")
    connect_timeout = _seconds(options, "connect_timeout", 5.0)
    timeout = _seconds(options, "timeout", 30.0)
    return Endpoint(host.strip("[]"), int(port), connect_timeout or 5.0, timeout or 30.0)


def _login(options: Mapping[str, object]) -> Login | None:
    wanted = options.get("login", True)
    if isinstance(wanted, str):
        wanted = {"true": True, "false": False}.get(wanted.lower(), wanted)
    if not isinstance(wanted, bool):
        raise ValueError(f"option login is {wanted!r}; write true or false")  # noqa: TRY004  one kind of error for a lab file
    if not wanted:
        return None
    variable = _text(options, "password_env")
    if variable and variable not in os.environ:
        raise ValueError(f"option password_env names the environment variable {variable}, which is not set")
    default = Login()
    return Login(_text(options, "user") or default.username, os.environ[variable] if variable else default.password)


def _zone(name: str) -> ZoneInfo:
    remedy = "write the zone of the BTS PC's clock, e.g. time_zone: Europe/Zurich"
    if not name:
        raise ValueError(f"option time_zone is missing; {remedy}")
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise ValueError(f"option time_zone {name!r} is unknown; {remedy}") from error


def _capabilities(channel: object) -> Capabilities:
    remedy = "write channel: {voltage: [-5 V, 5 V], current: 50 mA} as on the type plate"
    if not isinstance(channel, Mapping):
        raise ValueError(f"option channel is missing: the wire does not tell a channel's ranges; {remedy}")  # noqa: TRY004
    unknown = sorted(set(channel) - set(_CHANNEL))
    if unknown:
        raise ValueError(f"unknown option channel.{unknown[0]}; known: {', '.join(_CHANNEL)}")
    values = {"record_interval_min_s": _RECORD_INTERVAL_MIN_s}
    for name in _CHANNEL:
        if name in channel:
            values[name] = _number(f"channel.{name}", channel[name])
        elif name not in values:
            raise ValueError(f"option channel.{name} is missing; {remedy}")
    if values["voltage_min_V"] >= values["voltage_max_V"] or values["current_max_A"] <= 0:
        raise ValueError(f"option channel is no range: {values}; {remedy}")
    return Capabilities(
        techniques=_TECHNIQUES,
        voltage_min_V=values["voltage_min_V"],
        voltage_max_V=values["voltage_max_V"],
        current_max_A=values["current_max_A"],
        steps_max=_STEPS_MAX,
        loop_depth_max=_LOOP_DEPTH_MAX,
        record_interval_min_s=values["record_interval_min_s"],
        pause="now",
    )


def _text(options: Mapping[str, object], name: str) -> str:
    value = options.get(name, "")
    if not isinstance(value, (str, Path)):
        raise ValueError(f"option {name} is {value!r}; write text")  # noqa: TRY004  one kind of error for a lab file
    return str(value)


def _seconds(options: Mapping[str, object], name: str, default: float | None) -> float | None:
    """Read a duration: a quantity such as ``5 s``, or a number of seconds."""
    if name not in options:
        return default
    value = options[name]
    read: Callable[[str, object], float] = _number
    if isinstance(value, str):
        read = _quantity
    seconds = read(name, value)
    if seconds <= 0:
        raise ValueError(f"option {name} is {value!r}; it must be above 0")
    return seconds


def _quantity(name: str, value: object) -> float:
    try:
        return parse_quantity(str(value), DURATION).value
    except ValueError as error:
        raise ValueError(f"option {name}: {error}") from error


def _number(name: str, value: object) -> float:
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not math.isfinite(value):
        raise ValueError(f"option {name} is {value!r}; write a number")
    return float(value)
