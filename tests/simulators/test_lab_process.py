"""The lab as its own process."""

import signal
import socket
from pathlib import Path

import pytest

from simulators.lab.process import LabStartError, spawn_lab


@pytest.fixture
def lab_file(tmp_path: Path, lab_text: str) -> Path:
    path = tmp_path / "lab.yaml"
    path.write_text(lab_text, encoding="utf-8")
    return path


def test_serves_until_it_is_terminated_and_says_where(lab_file: Path) -> None:
    with spawn_lab(lab_file) as lab:
        with lab.control() as control:
            assert control.hello()["instruments"]["bts-1"]["port"] == lab.ports["bts-1"]
        socket.create_connection(("127.0.0.1", lab.ports["bts-1"])).close()
        assert lab.terminate() == 0
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection(("127.0.0.1", lab.control_port))


def test_ctrl_c_and_shutdown_end_it_cleanly_with_connections_open(lab_file: Path) -> None:
    with spawn_lab(lab_file) as lab, lab.control() as control:
        control.attach("node")
        lab.process.send_signal(signal.SIGINT)
        assert lab.process.wait(300) == 0
        lab.errors.seek(0)
        assert lab.errors.read() == ""
    with spawn_lab(lab_file) as lab, lab.control() as control:
        control.shutdown()
        assert lab.process.wait(300) == 0


def test_a_bad_file_or_a_taken_port_is_told_in_one_line(lab_file: Path, lab_text: str) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        lab_file.write_text(lab_text.replace("listen: 127.0.0.1:0", f"listen: 127.0.0.1:{port}"), encoding="utf-8")
        with pytest.raises(LabStartError, match=f"{port}.*address already in use"):
            spawn_lab(lab_file)
    lab_file.write_text("virtual_lab: bench", encoding="utf-8")
    with pytest.raises(LabStartError, match=r"lab\.yaml: .*is missing"):
        spawn_lab(lab_file)
