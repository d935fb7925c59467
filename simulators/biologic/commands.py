"""What the instrument does on each call that reaches it."""

from __future__ import annotations

import struct
from collections.abc import Callable, Mapping

from simulators.biologic.channel import Channel
from simulators.biologic.commands_read import channel_infos, current_values, get_data, parameter_infos, technique_infos
from simulators.biologic.error_code import EclibError, ErrorCode
from simulators.biologic.structs import DeviceInfos
from simulators.biologic.virtual_vsp300 import VirtualVsp300
from simulators.biologic.wire import Frame

__all__ = ["COMMANDS", "answer"]

_MOST_CHANNELS = 16
_VSP300_CODE, _FIRMWARE_VERSION = 20, 1140  # of a real VSP-300

Command = Callable[[VirtualVsp300, Frame], Frame]


def answer(device: VirtualVsp300, request: Frame) -> Frame:
    """Execute a request; what is refused answers with its code, and its reason waits in the channel's messages."""
    try:
        return COMMANDS.get(str(request.header.get("call")), _unknown)(device, request)
    except EclibError as refusal:
        number = request.header.get("channel")
        channel = device.channels.get(number) if isinstance(number, int) else None
        if channel is not None:
            channel.messages.append(f"channel {channel.number + 1}: {refusal}")
        return Frame({"code": int(refusal.code)})
    except (KeyError, TypeError, AttributeError, struct.error):  # a header that lacks something, or has it wrong
        return Frame({"code": int(ErrorCode.INVALIDPARAMETERS)})


def _unknown(_: VirtualVsp300, __: Frame) -> Frame:
    raise EclibError(ErrorCode.FUNCTIONFAILED)


def _ok(**fields: object) -> Frame:
    return Frame({"code": 0, **fields})


def _channel(device: VirtualVsp300, request: Frame) -> Channel:
    return device.channel(request.header["channel"])


def _kernel(device: VirtualVsp300, request: Frame) -> Channel:
    channel = _channel(device, request)
    channel.require_kernel()
    return channel


def _device_infos(device: VirtualVsp300, _: Frame) -> Frame:
    infos = DeviceInfos(
        _VSP300_CODE, 64, 5, len(device.channels), device.section.slots, _FIRMWARE_VERSION, 2023, 1, 1, 0,
        device.connections,
    )  # fmt: skip
    return Frame({"code": 0}, bytes(infos))


def _identity(device: VirtualVsp300, _: Frame) -> Frame:
    return _ok(serial=f"{device.section.serial:04d}", kind="VSP-300")


def _nothing(_: VirtualVsp300, __: Frame) -> Frame:
    return _ok()


def _comm_speed(device: VirtualVsp300, request: Frame) -> Frame:
    _kernel(device, request)
    return _ok()


def _plugged(device: VirtualVsp300, _: Frame) -> Frame:
    return Frame({"code": 0}, bytes(number in device.channels for number in range(_MOST_CHANNELS)))


def _board_type(device: VirtualVsp300, request: Frame) -> Frame:
    return _ok(board_type=_channel(device, request).hardware.board_type)


def _load_firmware(device: VirtualVsp300, request: Frame) -> Frame:
    force = bool(request.header["force"])
    return _each(request, lambda number: device.channel(number).load_firmware(force=force))


def _each(request: Frame, act: Callable[[int], None]) -> Frame:
    """Act on several channels; every one has its result, the call returns the first that is no success.

    # unconfirmed on hardware: whether the call itself fails where only one channel does
    """
    results = {}
    for number in request.header["channels"]:
        try:
            act(number)
            results[number] = 0
        except EclibError as refusal:
            results[number] = int(refusal.code)
    if not results:
        raise EclibError(ErrorCode.NOCHANNELSELECTED)
    return Frame({"code": next(filter(None, results.values()), 0), "results": list(results.values())})


def _message(device: VirtualVsp300, request: Frame) -> Frame:
    messages = _channel(device, request).messages
    return Frame({"code": 0}, messages.popleft().encode("ascii", "replace") if messages else b"")


def _get_hard_conf(device: VirtualVsp300, request: Frame) -> Frame:
    return Frame({"code": 0}, struct.pack("<ii", *_kernel(device, request).connection))


def _set_hard_conf(device: VirtualVsp300, request: Frame) -> Frame:
    channel = _kernel(device, request)
    electrodes, ground = struct.unpack("<ii", request.body)
    if electrodes not in range(4) or ground not in range(2):
        raise EclibError(ErrorCode.INVALIDCONF)
    channel.connection = (electrodes, ground)
    return _ok()


def _option_error(device: VirtualVsp300, request: Frame) -> Frame:
    channel = _kernel(device, request)
    code, position = channel.option_error
    channel.option_error = (0, 0)
    return _ok(error=code, position=position)


def _load_technique(device: VirtualVsp300, request: Frame) -> Frame:
    header = request.header
    channel = _channel(device, request)
    channel.load_technique(header["file"], request.body, first=bool(header["first"]), last=bool(header["last"]))
    return _ok()


def _update_parameters(device: VirtualVsp300, request: Frame) -> Frame:
    _channel(device, request).update_parameters(request.header["index"], request.header["file"], request.body)
    return _ok()


def _start_channel(device: VirtualVsp300, request: Frame) -> Frame:
    device.start(request.header["channel"])
    return _ok()


def _stop_channel(device: VirtualVsp300, request: Frame) -> Frame:
    _channel(device, request).stop()
    return _ok()


def _start_channels(device: VirtualVsp300, request: Frame) -> Frame:
    return _each(request, device.start)


def _stop_channels(device: VirtualVsp300, request: Frame) -> Frame:
    return _each(request, lambda number: device.channel(number).stop())


def _set_experiment(device: VirtualVsp300, request: Frame) -> Frame:
    _kernel(device, request).experiment = request.body
    return _ok()


def _get_experiment(device: VirtualVsp300, request: Frame) -> Frame:
    return Frame({"code": 0}, _kernel(device, request).experiment)


COMMANDS: Mapping[str, Command] = {
    "Identity": _identity,
    "Connect": _device_infos,
    "Disconnect": _nothing,
    "TestConnection": _nothing,
    "TestCommSpeed": _comm_speed,
    "GetChannelsPlugged": _plugged,
    "GetChannelBoardType": _board_type,
    "GetChannelInfos": lambda device, request: channel_infos(_channel(device, request)),
    "LoadFirmware": _load_firmware,
    "GetMessage": _message,
    "GetHardConf": _get_hard_conf,
    "SetHardConf": _set_hard_conf,
    "GetOptErr": _option_error,
    "LoadTechnique": _load_technique,
    "UpdateParameters": _update_parameters,
    "GetTechniqueInfos": lambda device, request: technique_infos(_kernel(device, request), request.header["index"]),
    "GetParamInfos": lambda device, request: parameter_infos(
        _kernel(device, request), request.header["index"], request.header["parameter"]
    ),
    "StartChannel": _start_channel,
    "StopChannel": _stop_channel,
    "StartChannels": _start_channels,
    "StopChannels": _stop_channels,
    "GetCurrentValues": lambda device, request: current_values(_kernel(device, request)),
    "GetData": lambda device, request: get_data(_kernel(device, request)),
    "SetExperimentInfos": _set_experiment,
    "GetExperimentInfos": _get_experiment,
}
