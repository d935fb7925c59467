"""Every error code of EClib and of its finder, with their names as messages."""

from __future__ import annotations

from enum import IntEnum

__all__ = ["EclibError", "ErrorCode", "message"]


class ErrorCode(IntEnum):
    """What a call of EClib returns."""

    NOERROR = 0
    NOTCONNECTED = -1
    CONNECTIONINPROGRESS = -2
    CHANNELNOTPLUGGED = -3
    INVALIDPARAMETERS = -4
    FILENOTEXISTS = -5
    FUNCTIONFAILED = -6
    NOCHANNELSELECTED = -7
    INVALIDCONF = -8
    ECLAB_LOADED = -9
    LIBNOTCORRECTLYLOADED = -10
    USBLIBRARYERROR = -11
    FUNCTIONINPROGRESS = -12
    CHANNEL_RUNNING = -13
    DEVICE_NOTALLOWED = -14
    UPDATEPARAMETERS = -15
    VMEERROR = -101
    TOOMANYDATA = -102
    RESPNOTPOSSIBLE = -103
    RESPERROR = -104
    MSGSIZEERROR = -105
    COMMFAILED = -200
    CONNECTIONFAILED = -201
    WAITINGACK = -202
    INVALIDIPADDRESS = -203
    ALLOCMEMFAILED = -204
    LOADFIRMWAREFAILED = -205
    INCOMPATIBLESERVER = -206
    MAXCONNREACHED = -207
    FIRMFILENOTEXISTS = -300
    FIRMFILEACCESSFAILED = -301
    FIRMINVALIDFILE = -302
    FIRMLOADINGFAILED = -303
    XILFILENOTEXISTS = -304
    XILFILEACCESSFAILED = -305
    XILINVALIDFILE = -306
    XILLOADINGFAILED = -307
    FIRMWARENOTLOADED = -308
    FIRMWAREINCOMPATIBLE = -309
    ECCFILENOTEXISTS = -400
    INCOMPATIBLEECC = -401
    ECCFILECORRUPTED = -402
    LOADTECHNIQUEFAILED = -403
    DATACORRUPTED = -404
    MEMFULL = -405


class EclibError(Exception):
    """A call is refused with a code; the message goes to the channel's message queue, where there is one."""

    def __init__(self, code: ErrorCode, why: str = "") -> None:
        super().__init__(why or message(code))
        self.code = code


def message(code: int) -> str:
    """Text of a code; any integer is welcome."""
    try:
        return ErrorCode(code).name
    except ValueError:
        return f"UNKNOWN ERROR {code}"
