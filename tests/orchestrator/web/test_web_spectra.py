from __future__ import annotations

import io
import zipfile
from pathlib import Path

import numpy as np
import pytest
from impedance import preprocessing

from orchestrator.client import Client, ClientError
from tests.orchestrator.export.voltammetry_run import POINTS, SPECTRUM, spectra, store_voltammetry
from tests.orchestrator.web.conftest import Api


def test_the_list_tells_what_was_measured_where(api_on_both: Api) -> None:
    run_id = store_voltammetry(api_on_both.engine)
    measured = spectra()

    page = api_on_both.get(f"runs/{run_id}/spectra")

    assert page["total"] == len(page["items"]) == 2
    second = page["items"][1]
    assert second["spectrum"] == 2
    assert (second["cycle"], second["item"], second["step"], second["line"]) == (3, 1, 1, SPECTRUM.line)
    assert (second["label"], second["points"], second["temperature_degC"]) == (SPECTRUM.label, POINTS, 25.0)
    assert second["frequency_max_Hz"] == 1e5
    assert second["frequency_min_Hz"] == measured["frequency_Hz"][-1]
    assert second["started_unix_s"] == measured["unix_time_s"][POINTS]
    assert api_on_both.get(f"runs/{run_id}")["spectra"] == 2


def test_one_spectrum_is_whole_to_the_last_bit(api_on_both: Api) -> None:
    run_id = store_voltammetry(api_on_both.engine)
    measured = spectra()

    one = api_on_both.get(f"runs/{run_id}/spectra/2")

    assert one["columns"]["spectrum"] == [2] * POINTS
    for name in ("frequency_Hz", "z_real_Ohm", "z_imag_Ohm", "phase_rad", "voltage_amplitude_V", "temperature_degC"):
        assert one["columns"][name] == measured[name][POINTS:].tolist()


def test_pages_are_cut_as_everywhere(api: Api) -> None:
    run_id = store_voltammetry(api.engine)

    page = api.get(f"runs/{run_id}/spectra", limit=1, offset=1)

    assert [one["spectrum"] for one in page["items"]] == [2]
    assert (page["total"], page["limit"], page["offset"]) == (2, 1, 1)


def test_what_is_not_there_is_not_found(api: Api) -> None:
    run_id = store_voltammetry(api.engine)

    for path, says in (
        (f"runs/{run_id}/spectra/3", f"run {run_id} has no spectrum 3; there are 2 so far"),
        ("runs/99/spectra", "there is no run 99; `cellbench ls` lists them"),
        ("runs/99/spectra/1", "there is no run 99; `cellbench ls` lists them"),
    ):
        answer = api.http.get(f"/api/v1/{path}")
        assert (answer.status_code, answer.json()["detail"]) == (404, says)
    assert api.http.get(f"/api/v1/runs/{run_id}/spectra/0").status_code == 422


def test_the_client_has_them_typed(api: Api, tmp_path: Path) -> None:
    run_id = store_voltammetry(api.engine)
    with Client(str(api.http.base_url)) as client:
        page = client.spectra(run_id, limit=1)
        one = client.spectrum(run_id, page.items[0].spectrum)
        files = client.export(run_id, "spectra", tmp_path)
        with pytest.raises(ClientError, match="has no spectrum 7"):
            client.spectrum(run_id, 7)

    assert (page.total, one.spectrum, one.points) == (2, 1, POINTS)
    assert one.columns["z_imag_Ohm"] == spectra()["z_imag_Ohm"][:POINTS].tolist()
    frequency_Hz, _ = preprocessing.readFile(str(files[0]))
    np.testing.assert_array_equal(frequency_Hz, one.columns["frequency_Hz"])


@pytest.mark.parametrize(
    ("kind", "ends"),
    [
        ("spectra", ["spectrum-001.csv", "spectrum-002.csv", "spectra.csv"]),
        ("mpt", ["spectrum-001.mpt", "spectrum-002.mpt", "mpt"]),
        ("csv", ["bdf.csv", "cycles.csv", "bdf.metadata.json"]),
    ],
)
def test_every_format_is_one_archive(api: Api, kind: str, ends: list[str]) -> None:
    run_id = store_voltammetry(api.engine)

    answer = api.http.get(f"/api/v1/runs/{run_id}/export", params={"format": kind})

    names = zipfile.ZipFile(io.BytesIO(answer.content)).namelist()
    assert [name.split(".", 1)[1] for name in names] == ends
