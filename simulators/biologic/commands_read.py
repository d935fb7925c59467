"""Replies that carry a structure: its image is the body."""

from __future__ import annotations

import math

import numpy as np

from simulators.biologic.channel import Channel
from simulators.biologic.error_code import EclibError, ErrorCode
from simulators.biologic.firmware import Firmware
from simulators.biologic.parameter_set import ParameterSet
from simulators.biologic.ranges import current_full_scale_A, potential_full_scale_V
from simulators.biologic.structs import PARAMETER_IMAGE_BYTES, ChannelInfos, CurrentValues, DataInfos
from simulators.biologic.wire import Frame

__all__ = ["channel_infos", "current_values", "get_data", "parameter_infos", "technique_infos"]

_KERNEL_VERSION, _FPGA_VERSION = 540, 0xAA1F  # of EClib 6.08
_FLOAT_MAX = float(np.finfo(np.float32).max)


def channel_infos(channel: Channel) -> Frame:
    """Describe a channel; without kernel the structure is filled all the same."""
    kernel = channel.firmware is Firmware.KERNEL
    infos = ChannelInfos(
        Channel=channel.number,
        BoardVersion=1,
        BoardSerialNumber=1000 + channel.number,
        FirmwareCode=channel.firmware,
        FirmwareVersion=_KERNEL_VERSION if kernel else 0,
        XilinxVersion=_FPGA_VERSION if kernel else 0,
        Zboard=1,
        MemSize=channel.memory.size_bytes,
        MemFilled=channel.memory.filled_bytes,
        State=channel.state,
        MaxIRange=channel.hardware.greatest_range,
        MinIRange=channel.hardware.least_range,
        MaxBandwidth=9,
        NbOfTechniques=len(channel.techniques),
        FloatFormat=int(channel.hardware.board_type == 3),
    )
    try:
        channel.require_kernel()
    except EclibError as refusal:
        return Frame({"code": int(refusal.code)}, bytes(infos))
    return Frame({"code": 0}, bytes(infos))


def current_values(channel: Channel) -> Frame:
    """Tell the present state."""
    return Frame({"code": 0}, bytes(_values(channel)))


def get_data(channel: Channel) -> Frame:
    """Take rows out of the memory: DataInfos, CurrentValues and the words, one after the other."""
    taken = channel.take()
    values = bytes(_values(channel))
    if taken is None:
        return Frame({"code": 0}, bytes(DataInfos()) + values)
    rows, columns = taken.words.shape
    key = taken.key
    infos = DataInfos(
        taken.skipped, rows, columns, key.technique_index, key.technique_id, key.process, key.loop, key.start_s, 0
    )
    return Frame({"code": 0}, bytes(infos) + values + taken.words.astype("<u4").tobytes())


def technique_infos(channel: Channel, index: int) -> Frame:
    """Tell what is loaded at a place: parameters first, then those of the hardware."""
    parameters = _technique(channel, index)
    technique = channel.techniques[index].technique
    own, hardware = parameters.images(hardware=False), parameters.images(hardware=True)
    header = {"code": 0, "id": int(technique), "parameters": len(own) // PARAMETER_IMAGE_BYTES}
    return Frame(header, own + hardware)


def parameter_infos(channel: Channel, index: int, number: int) -> Frame:
    """Tell one loaded parameter by its number."""
    images = _technique(channel, index).images(hardware=False)
    image = images[number * PARAMETER_IMAGE_BYTES : (number + 1) * PARAMETER_IMAGE_BYTES] if number >= 0 else b""
    if not image:
        raise EclibError(ErrorCode.INVALIDPARAMETERS, f"technique {index} has no parameter {number}")
    return Frame({"code": 0}, image)


def _technique(channel: Channel, index: int) -> ParameterSet:
    if not 0 <= index < len(channel.techniques):
        raise EclibError(ErrorCode.INVALIDPARAMETERS, f"no technique {index} is loaded")
    return channel.techniques[index].parameters


def _values(channel: Channel) -> CurrentValues:
    shown = channel.shown()
    ewe_V, current_A = float(shown.voltage_V[0]), float(shown.current_A[0])
    running = channel.running
    measuring = running is not None and running.parameters.has("I_Range")
    current_range = running.parameters.count("I_Range") if running and measuring else channel.hardware.greatest_range
    window_V = potential_full_scale_V(running.parameters.count("E_Range")) if running and measuring else 10.0
    full_scale_A = current_full_scale_A(current_range, channel.hardware.greatest_range)
    over_A = abs(current_A) >= full_scale_A
    return CurrentValues(
        State=channel.state,
        MemFilled=channel.memory.filled_bytes,
        TimeBase=channel.time_base_s,
        Ewe=ewe_V,
        EweRangeMin=-window_V,
        EweRangeMax=window_V,
        EceRangeMin=-window_V,
        EceRangeMax=window_V,
        Eoverflow=int(abs(ewe_V) > window_V),
        I=current_A if math.isfinite(current_A) else _FLOAT_MAX,
        IRange=_range_in_use(current_range, current_A, channel.hardware.greatest_range),
        Ioverflow=int(over_A),
        ElapsedTime=channel.elapsed_s,
        Saturation=int(channel.saturated or over_A),
        OptErr=channel.option_error[0],
        OptPos=channel.option_error[1],
    )


def _range_in_use(code: int, current_A: float, greatest: int) -> int:
    """Return the range itself, or the one that AUTO would choose."""
    if 0 <= code <= greatest:
        return code
    return next((it for it in range(greatest) if current_full_scale_A(it, greatest) > abs(current_A)), greatest)
