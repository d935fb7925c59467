"""A client of few lines: sends one request and returns the reply, so that tests see bytes and not a driver."""

import socket
from types import TracebackType
from xml.etree.ElementTree import Element

from defusedxml.ElementTree import fromstring

TERMINATOR = b"\n\n#\r\n"


class BtsWire:
    def __init__(self, port: int, timeout: float = 60.0) -> None:
        self.socket = socket.create_connection(("127.0.0.1", port), timeout)

    def __enter__(self) -> "BtsWire":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.socket.close()

    def send(self, body: str, end: bytes = b"#\r\n") -> None:
        head = b'<?xml version="1.0" encoding="UTF-8" ?><bts version="1.0">'
        self.socket.sendall(head + body.encode() + b"</bts>" + end)

    def receive(self) -> bytes:
        """One reply with its terminator; what there is, when the connection ends before."""
        received = b""
        while not received.endswith(TERMINATOR):
            if not (piece := self.socket.recv(65536)):
                break
            received += piece
        return received

    def ask(self, body: str) -> bytes:
        self.send(body)
        return self.receive()

    def ask_list(self, command: str, *items: str) -> list[Element]:
        """Items of the reply's list."""
        body = f'<cmd>{command}</cmd><list count="{len(items)}">{"".join(items)}</list>'
        listed = parse(self.ask(body)).find("list")
        assert listed is not None
        return list(listed)


def parse(reply: bytes) -> Element:
    assert reply.endswith(TERMINATOR)
    element: Element = fromstring(reply[: -len(TERMINATOR)])
    return element


def at(channel: str, **more: str) -> str:
    """Address attributes: ``27-21-1-1`` and what else is wanted."""
    names = ("devtype", "devid", "subdevid", "chlid")
    numbers = {"ip": "127.0.0.1", **dict(zip(names, channel.split("-"), strict=False)), **more}
    return " ".join(f'{name}="{value}"' for name, value in numbers.items())
