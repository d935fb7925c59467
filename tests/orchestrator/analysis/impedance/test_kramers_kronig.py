"""Stationary spectra pass, drifting and broken ones do not."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from orchestrator.analysis.impedance.kramers_kronig import KramersKronig, check_kramers_kronig
from orchestrator.analysis.impedance.spectrum import Spectrum
from orchestrator.analysis.impedance.spectrum_temperature import Temperature
from simulators.cell import CellState, OtherCell, Otherness, load_material
from tests.orchestrator.analysis.impedance.made_spectra import FREQUENCY_Hz, Truth, drifting, noisy, times_s

MASS_g, AREA_cm2 = 2.75e-3, 1.131


def judged(
    z_Ohm: np.ndarray, frequency_Hz: np.ndarray = FREQUENCY_Hz, elapsed_s: np.ndarray | None = None
) -> KramersKronig:
    elapsed_s = times_s(frequency_Hz) if elapsed_s is None else elapsed_s
    return check_kramers_kronig(Spectrum(1, 1, frequency_Hz, z_Ohm, elapsed_s, 0.1, Temperature(25.0, "measured")))


def random_truth(seed: int) -> Truth:
    rng = np.random.default_rng(seed)
    return Truth(
        series_Ohm=rng.uniform(1, 5),
        film_Ohm=rng.uniform(2, 20),
        film_s=10 ** rng.uniform(-5, -4),
        film_exponent=rng.uniform(0.75, 1),
        transfer_Ohm=rng.uniform(5, 80),
        transfer_s=10 ** rng.uniform(-2.5, -1),
        transfer_exponent=rng.uniform(0.7, 0.95),
        warburg_Ohm_s=rng.uniform(1, 20),
        inductance_H=rng.choice([0.0, 8e-7]),
    )


@pytest.mark.parametrize("noise", [0.0, 2e-4, 2e-3])
def test_of_a_hundred_stationary_spectra_at_most_five_are_flagged(noise: float) -> None:
    flagged = [not judged(noisy(random_truth(n).impedance_Ohm(), noise, n)).passed for n in range(100)]
    assert sum(flagged) <= 5


@pytest.mark.parametrize(("noise", "growth"), [(2e-4, 0.015), (1e-3, 0.05), (2e-4, -0.015)])
def test_of_a_hundred_drifting_spectra_at_least_95_are_flagged(noise: float, growth: float) -> None:
    spectra = [noisy(drifting(random_truth(n).impedance_Ohm(), growth), noise, n) for n in range(100)]
    assert sum(not judged(z_Ohm).passed for z_Ohm in spectra) >= 95


def test_the_drift_is_said_with_its_size() -> None:
    verdict = judged(noisy(drifting(Truth().impedance_Ohm(), 0.02), 2e-4, 1))
    assert verdict.drift == pytest.approx(0.02, rel=0.15)
    assert "drifted by +" in verdict.reason
    assert "%" in verdict.reason


def test_a_cell_made_differently_passes_while_it_stands_still_and_fails_while_it_drifts() -> None:
    state = CellState(500.0, 0.0, lithiated_mAh_g=3000.0, cycle=3, last_direction="lithiation")
    for drift_per_h, passes in ((0.0, True), (0.6, False)):
        other = OtherCell(
            load_material("sio_c_l"), MASS_g, AREA_cm2, 25.0, otherness=Otherness(drift_per_h=drift_per_h)
        )
        assert judged(noisy(other.impedance(state, FREQUENCY_Hz), 2e-4, 3)).passed is passes


def test_a_residual_beyond_the_limit_fails_whatever_its_shape() -> None:
    verdict = judged(noisy(Truth().impedance_Ohm(), 0.03, 1))
    assert not verdict.passed
    assert verdict.reason.endswith("more than 1 %")


def test_a_real_part_that_no_imaginary_part_belongs_to_is_systematic() -> None:
    z_Ohm = Truth().impedance_Ohm()
    bent = z_Ohm * (1 + 0.01 * np.sin(np.log(FREQUENCY_Hz)))  # a gain that depends on frequency, without its phase
    verdict = judged(noisy(bent, 2e-4, 1), elapsed_s=np.zeros(61))
    assert not verdict.passed
    assert "systematic" in verdict.reason


def test_without_times_no_drift_is_spoken_of() -> None:
    verdict = judged(noisy(Truth().impedance_Ohm(), 2e-4, 1), elapsed_s=np.full(61, 7.0))
    assert verdict.passed
    assert verdict.drift is None


def test_the_residual_is_the_noise() -> None:
    found = [judged(noisy(Truth().impedance_Ohm(), 1e-3, seed)).rms for seed in range(20)]
    assert np.mean(found) == pytest.approx(1e-3, rel=0.1)


@given(scale=st.floats(1e-3, 1e6), slower=st.floats(1e-2, 1e2))
@settings(max_examples=25)
def test_neither_the_size_of_a_cell_nor_its_time_scale_changes_the_verdict(scale: float, slower: float) -> None:
    z_Ohm = noisy(drifting(Truth().impedance_Ohm(), 0.02), 2e-4, 5)
    here, there = judged(z_Ohm), judged(z_Ohm * scale, FREQUENCY_Hz / slower, times_s() * slower)
    assert there.passed is here.passed
    assert there.drift == pytest.approx(here.drift, rel=1e-3)
    assert there.rms == pytest.approx(here.rms, rel=1e-3)
