"""The virtual lab's YAML file, checked."""

from __future__ import annotations

from datetime import datetime
from itertools import product
from pathlib import Path
from typing import Annotated, Literal, Self
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import yaml
from pydantic import (
    AfterValidator,
    AwareDatetime,
    BeforeValidator,
    Field,
    ValidationError,
    ValidationInfo,
    field_validator,
    model_validator,
)

from simulators.cell import load_material
from simulators.lab.chamber_section import ThermotronSection, WatlowF4tSection
from simulators.lab.section import Endpoint, EndpointText, Section
from simulators.lab.unique_keys import UniqueKeys
from simulators.neware.address import ChannelAddress
from simulators.neware.channel_hardware import ChannelAccuracy
from simulators.neware.channel_meters import full_scales

__all__ = [
    "CellSection",
    "ChannelSection",
    "Device",
    "Endpoint",
    "LabFile",
    "LabFileError",
    "NewareSection",
    "Quirks",
    "Vsp300Section",
    "first_problem",
    "load_lab_file",
    "parse_lab",
]


class LabFileError(ValueError):
    """The lab file makes no sense; the message is one line that names file and key."""


def _zone(name: str) -> str:
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise ValueError(f"{name!r} is no time zone; write one such as Asia/Shanghai") from error
    return name


def _address(text: str) -> str:
    return str(ChannelAddress.parse(text))


def _material(name: str) -> str:
    return load_material(name).name


ZoneName = Annotated[str, AfterValidator(_zone)]
AddressText = Annotated[str, AfterValidator(_address)]
ChannelNumber = Annotated[str, BeforeValidator(str), Field(pattern=r"^\d{1,2}$")]
MaterialName = Annotated[str, AfterValidator(_material)]


class Device(Section):
    """One NEWARE device: sub-devices (units) with the same number of channels each."""

    devtype: Annotated[int, Field(ge=0, le=9999)] = 27
    devid: Annotated[int, Field(ge=0, le=9999)]
    subdevices: Annotated[int, Field(ge=1, le=999)] = 1
    channels: Annotated[int, Field(ge=1, le=999)] = 8

    def addresses(self) -> list[ChannelAddress]:
        """Every channel, in the order in which getdevinfo names them."""
        places = product(range(1, self.subdevices + 1), range(1, self.channels + 1))
        return [ChannelAddress(self.devtype, self.devid, subdevid, chlid) for subdevid, chlid in places]


class ChannelSection(Section):
    """What the hardware of every channel can do, and how well it measures."""

    voltage_max_V: Annotated[float, Field(gt=0)] = 5.0
    current_max_A: Annotated[float, Field(gt=0)] = 0.05
    voltage_noise_V: Annotated[float, Field(ge=0)] = 2e-5
    current_noise_A: Annotated[float, Field(ge=0)] = 1e-9
    accuracy: ChannelAccuracy = "ideal"

    @model_validator(mode="after")
    def _within_full_scale(self) -> Self:
        full_V, full_A = full_scales(self.accuracy)
        if self.voltage_max_V > full_V or self.current_max_A > full_A:
            raise ValueError(f"accuracy {self.accuracy} measures up to {full_V:g} V and {full_A:g} A only")
        return self


class CellSection(Section):
    """One virtual cell between the clips of a channel."""

    material: MaterialName
    parameters: dict[str, float] = Field(
        default_factory=dict, description="of the material, set otherwise: plain numbers under the names of its file"
    )
    active_mass_g: Annotated[float, Field(gt=0)]
    area_cm2: Annotated[float, Field(gt=0)]
    temperature_degC: Annotated[float, Field(gt=-100, lt=200)] = 25.0
    seed: Annotated[int, Field(ge=0)] = 0
    chamber: str | None = Field(
        default=None, description="instrument whose air it follows; absent: the temperature stays"
    )
    time_constant_s: Annotated[float, Field(ge=10, description="of following the chamber's air")] = 900.0

    @model_validator(mode="after")
    def _parameters_are_the_materials(self) -> Self:
        load_material(self.material).with_numbers(self.parameters)
        return self


class Quirks(Section):
    """Oddities seen on real systems; off unless asked for."""

    wrong_subdevid: bool = Field(default=False, description="getchlstatus answers subdevid=1 whatever was asked")
    count_wrong: bool = Field(default=False, description='the count of an inquire list is always "1"')


class NewareSection(Section):
    """A virtual BTS client with its middle machines and channels."""

    kind: Literal["neware"]
    listen: EndpointText
    devices: Annotated[tuple[Device, ...], Field(min_length=1)]
    time_zone: ZoneName = "UTC"
    status_lag_s: Annotated[float, Field(ge=0)] = 5.0
    paths: dict[str, Path] = Field(default_factory=dict)
    channel: ChannelSection = ChannelSection()
    temperature_aux: Annotated[str, Field(pattern=r"^[A-Za-z]+\d+$")] | None = Field(
        default=None, description="auxiliary column that every channel's temperature sensor fills, such as T1"
    )
    cells: dict[AddressText, CellSection] = Field(default_factory=dict)
    quirks: Quirks = Quirks()

    @field_validator("paths")
    @classmethod
    def _beside_the_file(cls, paths: dict[str, Path], info: ValidationInfo) -> dict[str, Path]:
        """Paths here are relative to the lab file, wherever the process was started."""
        directory = info.context if isinstance(info.context, Path) else Path()
        return {remote: directory / local for remote, local in paths.items()}


class BoardSection(Section):
    """What the boards of a VSP-300's channels are, and how well they measure."""

    board_type: Annotated[int, Field(ge=1, le=3, description="3 has IEEE floats in its data buffers")] = 2
    memory_bytes: Annotated[int, Field(ge=4000)] = 4 * 2**20
    when_full: Literal["drop", "stop"] = "drop"
    voltage_noise_V: Annotated[float, Field(ge=0)] = 2e-5
    current_noise_A: Annotated[float, Field(ge=0)] = 1e-9


class Vsp300Section(Section):
    """A virtual VSP-300 behind EClib."""

    kind: Literal["vsp300"]
    listen: EndpointText
    slots: Annotated[int, Field(ge=1, le=16)] = 6
    channels: Annotated[tuple[Annotated[int, Field(ge=0, le=15)], ...], Field(min_length=1)] = (0, 1)
    serial: Annotated[int, Field(ge=0, le=9999)] = 123
    firmware: Literal["none", "eclab", "kernel"] = Field(
        default="none", description="what runs on the channels at first"
    )
    connections: Annotated[int, Field(ge=1, description="PCs that it takes at a time")] = 10
    board: BoardSection = BoardSection()
    cells: dict[ChannelNumber, CellSection] = Field(default_factory=dict)


InstrumentSection = Annotated[
    NewareSection | Vsp300Section | WatlowF4tSection | ThermotronSection, Field(discriminator="kind")
]


class LabFile(Section):
    """The whole lab."""

    virtual_lab: Annotated[str, Field(min_length=1)]
    control: EndpointText
    start: AwareDatetime | None = Field(default=None, description="lab time at start; absent: the real time")
    speed_without_node: Annotated[float, Field(ge=0)] = 1.0
    instruments: dict[Annotated[str, Field(pattern=r"^[\w.-]+$")], InstrumentSection]

    def start_unix_s(self, now: datetime) -> float:
        """Lab time at start; ``now`` where the file names none."""
        return (self.start or now).timestamp()


def load_lab_file(path: Path) -> LabFile:
    """Read and check a lab file; raises LabFileError."""
    try:
        text = path.read_text(encoding="utf-8")
    except UnicodeDecodeError as error:
        raise LabFileError(f"{path}: is no text in UTF-8") from error
    except OSError as error:
        raise LabFileError(f"{path}: cannot be read: {error.strerror}") from error
    try:
        return parse_lab(text, path.resolve().parent)
    except LabFileError as error:
        raise LabFileError(f"{path}: {error}") from error


def parse_lab(text: str, directory: Path) -> LabFile:
    """Check the text of a lab file; relative paths in it are relative to ``directory``. Raises LabFileError."""
    try:
        # UniqueKeys is a SafeLoader: it builds plain data only.
        content = yaml.load(text, Loader=UniqueKeys)  # noqa: S506
    except yaml.MarkedYAMLError as error:
        line = f"line {error.problem_mark.line + 1}: " if error.problem_mark else ""
        raise LabFileError(f"{line}{error.problem}") from error
    except (yaml.YAMLError, RecursionError, ValueError) as error:
        raise LabFileError(" ".join(str(error).split()) or "nested too deeply") from error
    if not isinstance(content, dict):
        raise LabFileError("a virtual lab is a mapping with the keys virtual_lab, control and instruments")
    try:
        lab = LabFile.model_validate(content, context=directory)
    except ValidationError as error:
        raise LabFileError(first_problem(error)) from error
    _check_cells(lab)
    return lab


def first_problem(error: ValidationError) -> str:
    """Only the first problem: one line that names the key."""
    problem = error.errors(include_url=False)[0]
    place = [str(part) for part in problem["loc"] if part != "[key]"]
    if place[:1] == ["instruments"]:
        del place[2:3]  # pydantic names the kind of the section there
    if problem["type"].startswith("union_tag"):
        place.append("kind")
    key = ".".join(place)
    if problem["type"] == "missing":
        return f"{key} is missing"
    return f"{key}: {problem['msg'].removeprefix('Value error, ')}"


def _check_cells(lab: LabFile) -> None:
    cyclers = {name: it for name, it in lab.instruments.items() if isinstance(it, (NewareSection, Vsp300Section))}
    chambers = lab.instruments.keys() - cyclers.keys()
    for name, section in cyclers.items():
        channels = _channels(name, section)
        for channel, cell in section.cells.items():
            if channel not in channels:
                raise LabFileError(f"instruments.{name}.cells.{channel}: no device has this channel")
            if cell.chamber is not None and cell.chamber not in chambers:
                raise LabFileError(f"instruments.{name}.cells.{channel}.chamber: {cell.chamber!r} is no chamber here")


def _channels(name: str, section: NewareSection | Vsp300Section) -> list[str]:
    if isinstance(section, NewareSection):
        channels = [str(address) for device in section.devices for address in device.addresses()]
        if len(set(channels)) != len(channels):
            raise LabFileError(f"instruments.{name}.devices: the same device is listed twice")
    else:
        channels = [str(number) for number in section.channels]
        if len(set(channels)) != len(channels) or max(section.channels) >= section.slots:
            raise LabFileError(f"instruments.{name}.channels: each channel once, from 0 to {section.slots - 1}")
    return channels
