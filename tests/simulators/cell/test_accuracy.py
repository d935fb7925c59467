"""Meters: an error of their own, the same for one seed, within what the range is said to hold."""

import numpy as np
import pytest

from simulators.cell.accuracy import load_accuracy

TRUE_V = np.linspace(0.01, 1.5, 500)


def test_a_meter_is_off_by_the_same_and_noise_is_seeded() -> None:
    meter = load_accuracy("neware_5V_50mA", "voltage", "5 V").meter(seed=7)
    once = meter.read(TRUE_V, np.random.default_rng(1))
    assert np.array_equal(once, meter.read(TRUE_V, np.random.default_rng(1)))
    assert not np.array_equal(once, meter.read(TRUE_V, np.random.default_rng(2)))
    assert 1e-6 < abs(float(np.mean(once - TRUE_V))) < 5 * 5e-4


def test_seed_0_has_noise_and_counts_only() -> None:
    accuracy = load_accuracy("vsp_300", "current", "10 mA")
    reading = accuracy.meter(0).read(np.full(2000, 1.23456e-3), np.random.default_rng(1))
    assert np.allclose(reading / accuracy.resolution, np.round(reading / accuracy.resolution))
    assert reading.mean() == pytest.approx(1.23456e-3, abs=accuracy.resolution)


@pytest.mark.parametrize("seed", range(1, 40))
def test_errors_stay_within_the_class_of_the_range(seed: int) -> None:
    accuracy = load_accuracy("neware_5V_50mA", "current", "50 mA")
    reading = accuracy.meter(seed).read(np.array([-0.05, 0.0, 0.05]), np.random.default_rng(seed))
    assert np.abs(reading - [-0.05, 0.0, 0.05]).max() < 5e-4 * 0.05 * 1.5


def test_a_reading_stands_still_at_full_scale() -> None:
    meter = load_accuracy("vsp_300", "voltage", "2.5 V").meter(3)
    assert meter.read(np.array([9.0, -9.0]), np.random.default_rng(0)).tolist() == [2.5, -2.5]


def test_an_unknown_range_is_refused_by_name() -> None:
    with pytest.raises(ValueError, match="no voltage range '3 V'; there are 5 V"):
        load_accuracy("neware_5V_50mA", "voltage", "3 V")
