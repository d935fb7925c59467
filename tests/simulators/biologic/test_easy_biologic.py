"""Unmodified easy-biologic, a client that nobody here wrote: finds the instrument and runs its programs on it."""

import asyncio
import importlib.util
import sys
import types
import warnings
from collections.abc import Iterator
from typing import Any

import pytest

from simulators.biologic.install import import_on_virtual_windows
from simulators.lab.client import LabControl
from simulators.lab.thread import LabThread

pytestmark = pytest.mark.skipif(
    importlib.util.find_spec("easy_biologic") is None, reason="easy-biologic (GPL) is an optional extra"
)


@pytest.fixture
def easy(lab: LabThread, control: LabControl, monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """The package, imported afresh; where its programs wait a second, the lab's clock goes on by one."""
    for name in [name for name in sys.modules if name.partition(".")[0] == "easy_biologic"]:
        monkeypatch.delitem(sys.modules, name)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of its own sources: `is` with a literal, pkg_resources
        package = import_on_virtual_windows("easy_biologic", f"127.0.0.1:{lab.port('vsp-1')}")

    async def sleep(seconds: float) -> None:
        control.advance(seconds)

    loop = types.SimpleNamespace(run=asyncio.run, sleep=sleep)
    monkeypatch.setattr(package.program, "asyncio", loop)
    yield package
    for name in [name for name in sys.modules if name.partition(".")[0] == "easy_biologic"]:
        del sys.modules[name]


@pytest.fixture
def device(easy: Any, lab: LabThread) -> Any:
    return easy.BiologicDevice(f"127.0.0.1:{lab.port('vsp-1')}")


def run(easy: Any, device: Any, program: str, parameters: dict[str, Any]) -> list[Any]:
    made = getattr(easy.base_programs, program)(device, parameters, channels=[0])
    made.run()
    return list(made.data[0])


def test_finds_the_instrument(easy: Any, lab: LabThread) -> None:
    from easy_biologic.lib import ec_find

    (found,) = ec_find.find_devices()
    assert (found.kind, found.connection_string) == ("VSP-300", f"127.0.0.1:{lab.port('vsp-1')}")
    assert ec_find.find_devices("usb") == []


def test_connects_and_loads_firmware(easy: Any, device: Any) -> None:
    from easy_biologic.lib import ec_lib

    device.connect()
    assert device.kind is ec_lib.DeviceCodes.KBIO_DEV_VSP300
    assert [number for number, plugged in enumerate(device.plugged) if plugged] == [0, 1, 3]
    assert device.channel_info(0).FirmwareCode == 5
    assert device.channel_configuration(0).mode is ec_lib.ChannelMode.GROUNDED
    device.disconnect()
    assert not device.is_connected()


def test_ocv(easy: Any, device: Any) -> None:
    data = run(easy, device, "OCV", {"time": 10, "time_interval": 1, "voltage_interval": 0.5})
    assert [row.time for row in data] == pytest.approx(range(1, 11), rel=1e-4)
    assert data[0].voltage == pytest.approx(1.49, abs=1e-3)


def test_cp(easy: Any, device: Any) -> None:
    parameters = {"currents": [-1e-3, 1e-3], "durations": [5, 5], "voltage_interval": 1.0}
    data = run(easy, device, "CP", parameters)
    assert [row.current for row in data] == pytest.approx([-1e-3] * 4 + [1e-3] * 4)
    assert data[0].voltage > data[3].voltage < data[4].voltage


def test_ca(easy: Any, device: Any) -> None:
    parameters = {"voltages": [1.2, 1.1], "durations": [5, 5], "current_interval": 1.0}
    data = run(easy, device, "CA", parameters)
    assert [row.voltage for row in data] == pytest.approx([1.2] * 4 + [1.1] * 4)
    assert all(row.current < 0 for row in data)


def test_ca_limit(easy: Any, device: Any) -> None:
    from easy_biologic.lib.ec_lib import LimitComparison, LimitLogic, LimitVariable

    limit = easy.base_programs.configure_limit(LimitVariable.I, LimitComparison.GT, LimitLogic.OR, -1e-3)
    data = run(easy, device, "CALimit", {"voltages": [1.2], "durations": [600], "limits": [limit]})
    assert 2 < len(data) < 500
    assert data[-1].current == pytest.approx(-1e-3, rel=0.1)


def test_peis(easy: Any, device: Any) -> None:
    parameters = {
        "voltage": 1.4, "current_interval": 1.0, "amplitude_voltage": 0.05,
        "initial_frequency": 1e5, "final_frequency": 1.0,
        "frequency_number": 6, "duration": 3, "time_interval": 1.0,
    }  # fmt: skip
    data = run(easy, device, "PEIS", parameters)
    assert [row.process for row in data] == [0, 0] + [1] * 6
    assert data[-1].frequency == pytest.approx(1.0, rel=1e-3)
    assert data[-1].impedance_modulus > data[2].impedance_modulus


def test_geis(easy: Any, device: Any) -> None:
    parameters = {
        "current": 0.0, "amplitude_current": 1e-4, "initial_frequency": 1e5, "final_frequency": 1.0,
        "frequency_number": 6, "duration": 3, "time_interval": 1.0,
    }  # fmt: skip
    data = run(easy, device, "GEIS", parameters)
    assert [row.process for row in data] == [0, 0] + [1] * 6
    assert [row.abs_current for row in data[2:]] == pytest.approx([1e-4] * 6)


def test_cv(easy: Any, device: Any) -> None:
    parameters = {"start": 1.2, "end": 1.3, "E2": 1.1, "Ef": 1.2, "step": 0.01, "rate": 0.02}
    data = run(easy, device, "CV", parameters)
    expected = [1.2 + 0.01 * n for n in range(1, 11)] + [1.3 - 0.01 * n for n in range(1, 21)]
    assert [row.voltage for row in data[:30]] == pytest.approx(expected, abs=1e-4)
    assert data[9].time == pytest.approx(5, rel=1e-4)
    assert len(data) == 40
