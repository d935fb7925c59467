"""The contract of every Cycler, over bytes of the recorded shape."""

from __future__ import annotations

import pytest

from drivers.contracts import ChannelState, EndsAtCycle, TestHandle
from tests.drivers.contract import check_capabilities, check_observation, check_reading, check_translation
from tests.drivers.neware.conftest import OpenCycler
from tests.drivers.neware.fake_bts import FakeBts
from tests.drivers.neware.loopback import Loopback
from tests.drivers.neware.programs import formation
from tests.drivers.neware.replies import Channel, Row

CHANNELS = (
    Channel(1),
    Channel(2, "working", "L2#7.1.1", 144, 2500, complete=False),
    Channel(1, "synCtrl", "", 0, 0, subdevid=2),
)
ROWS = [
    Row(n, stepid=1 + (n > 1200), steptype="rest" if n <= 1200 else "dc", testtime=(n - 1 - 1200 * (n > 1200)) * 10)
    for n in range(1, 2501)
]


def test_observation(cycler: OpenCycler) -> None:
    with Loopback(FakeBts(CHANNELS)) as server:
        seen = check_observation(cycler(server.address))
    assert [status.state for status in seen.values()] == [
        ChannelState.FINISHED,
        ChannelState.RUNNING,
        ChannelState.UNKNOWN,
    ]


def test_capabilities_and_translation(cycler: OpenCycler) -> None:
    offline = cycler("192.0.2.1:502")
    check_capabilities(offline, "27-21-1-1")
    check_translation(offline, "27-21-1-1", formation())
    assert isinstance(offline, EndsAtCycle)


@pytest.mark.parametrize("piece", [1000, 700, 2400])
@pytest.mark.parametrize("observed", [True, False])
def test_reading(cycler: OpenCycler, piece: int, *, observed: bool) -> None:
    with Loopback(FakeBts(CHANNELS, ROWS)) as server:
        one = cycler(server.address)
        if observed:
            one.observe()
        batch = check_reading(one, TestHandle("27-21-1-2", "L2#7.1.1", "144"), piece)
    assert len(batch) == 2500
    assert batch.columns["test_time_s"][-1] == pytest.approx(11.99 + 12.99)
