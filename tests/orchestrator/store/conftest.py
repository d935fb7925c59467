"""A run with one segment, and a virtual instrument's memory to record from."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import pytest
from sqlalchemy import Connection, Engine

from drivers.contracts import RECORD_COLUMNS, SPECTRUM_COLUMNS, Batch, MappedStep, StepKind, Translation
from orchestrator.store.cells import insert_cell
from orchestrator.store.protocol_files import put_protocol
from orchestrator.store.runs import insert_run
from orchestrator.store.segments import insert_segment
from orchestrator.store.transactions import writing
from protocols.cell import Cell
from protocols.program import Origin

STEPS = ((1, StepKind.REST), (2, StepKind.CC_DISCHARGE), (3, StepKind.CC_CHARGE))


@dataclass(frozen=True)
class Placed:
    """Ids of a run and its segment."""

    run_id: int
    segment_id: int


def make_run(connection: Connection, channel: str = "27-21-1-1") -> int:
    sha256 = put_protocol(connection, name="formation", source="protocol: formation\n", now=1.0)
    insert_cell(connection, Cell(f"0042-{channel}", active_mass_g=0.00275, metadata={"batch": "7"}), now=1.0)
    return insert_run(
        connection,
        cell_id=f"0042-{channel}",
        protocol_sha256=sha256,
        protocol="formation",
        instrument="bts-1",
        channel=channel,
        plan={"version": 1, "items": []},
        actor="mina",
        now=2.0,
    )


def make_segment(connection: Connection, run_id: int, number: int = 0, attempt: int = 1) -> int:
    step_map = tuple(MappedStep(step, kind.name, Origin(step + 3, "steps", f"label {step}")) for step, kind in STEPS)
    translation = Translation(b"<root/>", "application/xml", step_map)
    tag = f"0042#{run_id}.{number}.{attempt}"
    return insert_segment(connection, run_id=run_id, number=number, attempt=attempt, tag=tag, translation=translation)


@pytest.fixture
def placed(engine: Engine) -> Placed:
    with writing(engine) as connection:
        run_id = make_run(connection)
        return Placed(run_id, make_segment(connection, run_id))


def measured(records: int, per_step: int = 50, seed: int = 1) -> dict[str, np.ndarray[Any, Any]]:
    """What an instrument measured: rest, discharge, charge, ``per_step`` records each, over and over; one a second."""
    rng = np.random.default_rng(seed)
    index = np.arange(records)
    occurrence, place = np.divmod(index, per_step)
    which = occurrence % len(STEPS)
    counter = np.where(which == 0, 0.0, place * 1e-6 * (1 + occurrence // 3))
    temperature = 25 + rng.normal(0, 0.1, records)
    temperature[index % 7 == 3] = np.nan
    columns = {
        "seq": index + 1,
        "cycle": occurrence // len(STEPS) + 1,
        "step": which + 1,
        "step_kind": np.array([int(kind) for _, kind in STEPS])[which],
        "unix_time_s": 1.7e9 + index,
        "test_time_s": index * 1.0,
        "step_time_s": place * 1.0,
        "voltage_V": 0.8 + rng.normal(0, 0.2, records),
        "current_A": np.array([0.0, -2.7e-3, 2.7e-3])[which],
        "step_capacity_Ah": counter,
        "step_energy_Wh": counter * 0.5,
        "temperature_degC": temperature,
    }
    return {name: columns[name].astype(kind) for name, kind in RECORD_COLUMNS.items()}


def cut(columns: dict[str, np.ndarray[Any, Any]], first: int, last: int) -> Batch:
    """Return records ``first..last`` (seq, inclusive) as a driver would deliver them."""
    inside = (columns["seq"] >= first) & (columns["seq"] <= last)
    return Batch({name: column[inside] for name, column in columns.items()}, cursor=str(last))


def measured_spectra(count: int, per_spectrum: int = 12, seed: int = 1) -> dict[str, np.ndarray[Any, Any]]:
    """What an instrument measured: ``count`` spectra of a resistor beside a capacitor, behind a resistor."""
    rng = np.random.default_rng(seed)
    index = np.arange(count * per_spectrum)
    spectrum, place = np.divmod(index, per_spectrum)
    frequency_Hz = 1e5 * 10.0 ** (-place / 2)
    z = 2.1 + 30 / (1 + 2j * np.pi * frequency_Hz * 30 * 1e-3) + rng.normal(0, 1e-3, len(index))
    temperature = 25 + rng.normal(0, 0.1, len(index))
    temperature[index % 5 == 3] = np.nan
    columns = {
        "seq": index + 1,
        "spectrum": spectrum + 1,
        "cycle": spectrum // 2 + 1,
        "step": spectrum % 2 + 2,
        "unix_time_s": 1.7e9 + index * 3.7,
        "test_time_s": index * 3.7,
        "frequency_Hz": frequency_Hz,
        "z_real_Ohm": z.real,
        "z_imag_Ohm": z.imag,
        "voltage_amplitude_V": np.full(len(index), 0.01),
        "current_amplitude_A": 0.01 / np.abs(z),
        "phase_rad": np.angle(z),
        "voltage_V": 0.4 + rng.normal(0, 1e-4, len(index)),
        "current_A": rng.normal(0, 1e-6, len(index)),
        "temperature_degC": temperature,
    }
    return {name: columns[name].astype(kind) for name, kind in SPECTRUM_COLUMNS.items()}


@pytest.fixture(scope="session")
def spectra_memory() -> Callable[..., dict[str, np.ndarray[Any, Any]]]:
    return measured_spectra


@pytest.fixture(scope="session")
def memory() -> Callable[..., dict[str, np.ndarray[Any, Any]]]:
    return measured


@pytest.fixture(scope="session")
def sliced() -> Callable[..., Batch]:
    return cut


@pytest.fixture(scope="session")
def new_run() -> Callable[..., int]:
    return make_run


@pytest.fixture(scope="session")
def new_segment() -> Callable[..., int]:
    return make_segment
