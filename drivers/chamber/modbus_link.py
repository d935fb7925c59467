"""One Modbus TCP connection by pymodbus, without what pymodbus does on its own account."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence

from pymodbus import ModbusException
from pymodbus.client import ModbusTcpClient
from pymodbus.exceptions import ConnectionException
from pymodbus.pdu import ExceptionResponse, ModbusPDU

from drivers.chamber.endpoint import Endpoint, pending_bytes
from drivers.errors import DriverError, Garbled, Refused, Unreachable
from drivers.exchanged import exchanged

__all__ = ["IllegalAddress", "ModbusLink"]

_log = logging.getLogger(__name__)
_REASONS = {
    1: "function not supported",
    2: "no such register",
    3: "value not allowed",
    4: "device failure",
    6: "device busy",
    10: "gateway cannot reach it",
    11: "no answer behind the gateway",
}
"""Exception codes: Modbus Application Protocol 1.1b3, section 7."""
_ILLEGAL_ADDRESS = 2
_TRY_AGAIN = frozenset({6, 10, 11})

# pymodbus logs every failed exchange with a packet dump; the same failure is raised here, in one line, and the engine
# logs it once until it changes
logging.getLogger("pymodbus.logging").setLevel(logging.CRITICAL)


class IllegalAddress(Refused):
    """Some of the registers asked for do not exist."""


class ModbusLink:
    """Opens when told to; drops the connection after any exchange that did not end as it should."""

    def __init__(self, endpoint: Endpoint, device_id: int) -> None:
        self.endpoint = endpoint
        self.opened = 0
        self._device_id = device_id
        self._client: ModbusTcpClient | None = None
        self._received = b""

    def open(self) -> None:
        """Connect where that is not so, or where the peer has gone since. Raises Unreachable."""
        if self._client is not None and not self._quiet(self._client):
            _log.info("%s: closed by the peer, or bytes that nobody asked for; opening again", self.endpoint)
            self.close()
        if self._client is None:
            self._client = self._connected()
            self.opened += 1

    def read(self, address: int, count: int) -> list[int]:
        """Holding registers. Raises Unreachable, Garbled, Refused."""

        def ask(client: ModbusTcpClient) -> ModbusPDU:
            return client.read_holding_registers(address, count=count, device_id=self._device_id)

        registers = list(self._exchange(f"read {address}+{count}", ask).registers)
        if len(registers) != count:
            self.close()
            raise Garbled(f"{self.endpoint}: {len(registers)} registers for {count}", received=self._received)
        return registers

    def write(self, address: int, values: Sequence[int]) -> None:
        """Write one register (function 6) or several (16). Raises Unreachable (``sent``), Garbled, Refused."""

        def ask(client: ModbusTcpClient) -> ModbusPDU:
            if len(values) == 1:
                return client.write_register(address, values[0], device_id=self._device_id)
            return client.write_registers(address, list(values), device_id=self._device_id)

        answer = self._exchange(f"write {address}", ask)
        if answer.address != address:
            self.close()
            raise Garbled(f"{self.endpoint}: an answer to another write", received=self._received)

    def close(self) -> None:
        """Let go of the connection."""
        if self._client is not None:
            self._client.close()  # type: ignore[no-untyped-call]
            self._client = None

    def _connected(self) -> ModbusTcpClient:
        client = ModbusTcpClient(
            self.endpoint.host,
            port=self.endpoint.port,
            timeout=self.endpoint.timeout,
            retries=0,  # pymodbus would send a write again that was perhaps carried out, and wait as often
            trace_packet=self._trace,
        )
        # False instead of an exception; the reason goes to its log only
        if not client.connect():  # type: ignore[no-untyped-call]
            raise Unreachable(f"{self.endpoint}: cannot connect; is the chamber on, and Modbus TCP enabled?")
        return client

    def _exchange(self, what: str, ask: Callable[[ModbusTcpClient], ModbusPDU]) -> ModbusPDU:
        client = self._client
        if client is None or not client.connected:
            # asking nevertheless, pymodbus would connect by itself, to a peer whose units nobody has checked
            self.close()
            raise Unreachable(f"{self.endpoint}: not connected before {what}")
        self._received = b""
        whole = False
        try:
            answer = ask(client)
            exchanged()
            whole = True
        except (ModbusException, OSError) as error:
            raise self._failure(what, error) from error
        finally:
            if not whole:
                self.close()
        if isinstance(answer, ExceptionResponse):
            raise self._refusal(what, answer.exception_code)
        return answer

    def _quiet(self, client: ModbusTcpClient) -> bool:
        return client.socket is not None and pending_bytes(client.socket) == b""

    def _failure(self, what: str, error: Exception) -> DriverError:
        where = f"{self.endpoint}: {what}"
        bytes_came = len(self._received)
        if isinstance(error, (ConnectionException, OSError)):
            return Unreachable(f"{where}: the connection broke after {bytes_came} bytes of a reply", sent=True)
        if "decode" in str(error) or self._received[2:4].strip(b"\0"):  # a frame, or the start of one, that is none
            return Garbled(f"{where}: bytes that are no Modbus reply", received=self._received)
        return Unreachable(f"{where}: no whole reply in time ({bytes_came} bytes came)", sent=True)

    def _refusal(self, what: str, code: int) -> DriverError:
        message = f"{self.endpoint}: {what} refused: {_REASONS.get(code, 'exception')} (code {code})"
        if code in _TRY_AGAIN:
            return Unreachable(message, sent=True)
        return IllegalAddress(message) if code == _ILLEGAL_ADDRESS else Refused(message)

    def _trace(self, sending: bool, packet: bytes) -> bytes:
        if not sending:
            self._received = packet
        return packet
