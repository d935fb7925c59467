"""Exported functions about one channel: what it is, what runs on it and what it has measured."""

from __future__ import annotations

import ctypes
from collections.abc import Mapping

from simulators.biologic.arguments import integer, parameter_images, raw, text, write, write_integer, write_text
from simulators.biologic.calls_device import Call, on_channels
from simulators.biologic.library import Library
from simulators.biologic.structs import (
    CurrentValues,
    DataInfos,
    EccParam,
    ExperimentInfos,
    HardwareConf,
    TechniqueInfos,
)

__all__ = ["CHANNEL_CALLS"]

_PARAMETER_INFOS_ARGUMENTS = 2


def _reading(name: str) -> Call:
    """Return a function that fills one structure with the body of the reply, also where it fails."""

    def call(library: Library, identity: object, channel: object, infos: object) -> int:
        reply = library.call(integer(identity), name, channel=integer(channel))
        write(infos, reply.body)
        return int(reply.header["code"])

    return call


def _acting(name: str) -> Call:
    """Return a function that has no argument but the channel."""

    def call(library: Library, identity: object, channel: object) -> int:
        return int(library.call(integer(identity), name, channel=integer(channel)).header["code"])

    return call


def _on_all(name: str) -> Call:
    def call(library: Library, identity: object, channels: object, results: object, length: object) -> int:
        return on_channels(library, identity, name, channels, results, length)

    return call


def _board_type(library: Library, identity: object, channel: object, board_type: object) -> int:
    reply = library.call(integer(identity), "GetChannelBoardType", channel=integer(channel))
    write_integer(board_type, int(reply.header.get("board_type", 0)))
    return int(reply.header["code"])


def _float_format(library: Library, identity: object, channel: object, float_format: object) -> int:
    reply = library.call(integer(identity), "GetChannelBoardType", channel=integer(channel))
    write_integer(float_format, int(reply.header.get("board_type", 0) == 3))
    return int(reply.header["code"])


def _message(library: Library, identity: object, channel: object, buffer: object, size: object) -> int:
    reply = library.call(integer(identity), "GetMessage", channel=integer(channel))
    write_text(buffer, size, reply.body)
    return int(reply.header["code"])


def _set_hard_conf(library: Library, identity: object, channel: object, conf: object) -> int:
    body = raw(conf, ctypes.sizeof(HardwareConf))
    return int(library.call(integer(identity), "SetHardConf", body, channel=integer(channel)).header["code"])


def _option_error(library: Library, identity: object, channel: object, error: object, position: object) -> int:
    reply = library.call(integer(identity), "GetOptErr", channel=integer(channel))
    write_integer(error, int(reply.header.get("error", 0)))
    write_integer(position, int(reply.header.get("position", 0)))
    return int(reply.header["code"])


def _load_technique(
    library: Library,
    identity: object,
    channel: object,
    file: object,
    parameters: object,
    first: object,
    last: object,
    _display: object,
) -> int:
    reply = library.call(
        integer(identity),
        "LoadTechnique",
        parameter_images(parameters),
        channel=integer(channel),
        file=text(file),
        first=bool(integer(first)),
        last=bool(integer(last)),
    )
    return int(reply.header["code"])


def _update_parameters(
    library: Library, identity: object, channel: object, index: object, parameters: object, file: object
) -> int:
    reply = library.call(
        integer(identity),
        "UpdateParameters",
        parameter_images(parameters),
        channel=integer(channel),
        index=integer(index),
        file=text(file),
    )
    return int(reply.header["code"])


def _technique_infos(library: Library, identity: object, channel: object, index: object, infos: object) -> int:
    """Fill TechniqueInfos, whose arrays belong to the library.

    # unconfirmed on hardware: whose they are
    """
    reply = library.call(integer(identity), "GetTechniqueInfos", channel=integer(channel), index=integer(index))
    if reply.header["code"]:
        return int(reply.header["code"])
    split = reply.header["parameters"] * ctypes.sizeof(EccParam)
    own, hardware = _parameter_array(reply.body[:split]), _parameter_array(reply.body[split:])
    library.parameters[integer(identity), integer(channel)] = [own, hardware]
    filled = TechniqueInfos(reply.header["id"], integer(index), len(own), len(hardware))
    filled.Params = ctypes.cast(own, ctypes.POINTER(EccParam))
    filled.HardSettings = ctypes.cast(hardware, ctypes.POINTER(EccParam))
    write(infos, bytes(filled))
    return 0


def _parameter_array(images: bytes) -> ctypes.Array[EccParam]:
    return (EccParam * (len(images) // ctypes.sizeof(EccParam))).from_buffer_copy(images)


def _parameter_infos(library: Library, identity: object, channel: object, index: object, *rest: object) -> int:
    """Fill one EccParam by its number; clients that hand over TechniqueInfos instead get that.

    # unconfirmed on hardware: public bindings differ in what this function takes
    """
    if len(rest) < _PARAMETER_INFOS_ARGUMENTS:
        return _technique_infos(library, identity, channel, index, *rest)
    number, parameter = rest
    reply = library.call(
        integer(identity), "GetParamInfos", channel=integer(channel), index=integer(index), parameter=integer(number)
    )
    write(parameter, reply.body)
    return int(reply.header["code"])


def _data(library: Library, identity: object, channel: object, buffer: object, infos: object, values: object) -> int:
    """Take rows: DataInfos is written as the 40 bytes that it has, however long the caller's structure is."""
    reply = library.call(integer(identity), "GetData", channel=integer(channel))
    if not reply.header["code"]:
        end_of_infos = ctypes.sizeof(DataInfos)
        end_of_values = end_of_infos + ctypes.sizeof(CurrentValues)
        write(infos, reply.body[:end_of_infos])
        write(values, reply.body[end_of_infos:end_of_values])
        write(buffer, reply.body[end_of_values:])
    return int(reply.header["code"])


def _set_experiment(library: Library, identity: object, channel: object, infos: object) -> int:
    body = raw(infos, ctypes.sizeof(ExperimentInfos))
    return int(library.call(integer(identity), "SetExperimentInfos", body, channel=integer(channel)).header["code"])


CHANNEL_CALLS: Mapping[str, Call] = {
    "GetChannelInfos": _reading("GetChannelInfos"),
    "GetChannelBoardType": _board_type,
    "GetChannelFloatFormat": _float_format,
    "GetMessage": _message,
    "GetHardConf": _reading("GetHardConf"),
    "SetHardConf": _set_hard_conf,
    "GetOptErr": _option_error,
    "LoadTechnique": _load_technique,
    "UpdateParameters": _update_parameters,
    "GetTechniqueInfos": _technique_infos,
    "GetParamInfos": _parameter_infos,
    "StartChannel": _acting("StartChannel"),
    "StopChannel": _acting("StopChannel"),
    "StartChannels": _on_all("StartChannels"),
    "StopChannels": _on_all("StopChannels"),
    "GetCurrentValues": _reading("GetCurrentValues"),
    "GetData": _data,
    "SetExperimentInfos": _set_experiment,
    "GetExperimentInfos": _reading("GetExperimentInfos"),
}
