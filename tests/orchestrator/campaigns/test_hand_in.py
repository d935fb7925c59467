"""The shipped campaign as it is: every plan of its nine cells fits its bench, and all of it has its time."""

from __future__ import annotations

from pathlib import Path

import yaml

from orchestrator.campaigns.forecast import forecast
from orchestrator.campaigns.hand_in import hand_in
from orchestrator.campaigns.load_view import load_view
from orchestrator.campaigns.read_campaign import read_campaign
from orchestrator.campaigns.work_left import work_left
from orchestrator.config import read_lab
from orchestrator.instruments import open_cycler
from orchestrator.store.campaigns import get_campaign
from orchestrator.store.cells import insert_cell
from orchestrator.store.database import open_database
from orchestrator.store.transactions import writing
from orchestrator.store.upgrade import upgrade
from orchestrator.testing.bench_description import BenchDescription
from protocols.cell import Cell
from protocols.library.campaigns import find

NOW = 1_767_571_200.0
DAY_S = 86_400.0


def test_the_whole_study_is_accepted_and_has_its_time(tmp_path: Path) -> None:
    benches = {f"A{n}": {} for n in range(1, 10)} | {f"P{n}": {"chamber": "oven-1"} for n in range(1, 4)}
    described = BenchDescription(benches).lab_file(7701, {"bts-1": 1, "vsp-1": 2, "oven-1": 3})
    (tmp_path / "lab.yaml").write_text(yaml.safe_dump(described), encoding="utf-8")
    lab = read_lab(tmp_path / "lab.yaml")
    shipped = find("sio-fast-charging")
    assert shipped is not None
    campaign = read_campaign(shipped.content, shipped.file, lab=lab)
    cyclers = {name: open_cycler(lab, name) for name in lab.instruments}
    database = open_database(lab.database_url)
    try:
        upgrade(database)
        with writing(database) as connection:
            for cell in campaign.cells:
                insert_cell(connection, Cell(cell, 0.002753, 1.131, 0.00335, 0.01, 1.5), now=NOW)
            number = hand_in(connection, lab, lambda place: cyclers[place.name], campaign, "", NOW, "anna")
            view = load_view(connection, lab, get_campaign(connection, number), [])
        slots = forecast(work_left(view, lab, {}, NOW), {}, NOW)
    finally:
        database.dispose()
        for cycler in cyclers.values():
            cycler.close()
    assert len(slots) == 9 + 3 + 3 + 3 * 4
    ends = [slot.end_unix_s for slot in slots if slot.end_unix_s is not None]
    assert len(ends) == len(slots)
    assert 15 * DAY_S < max(ends) - NOW < 60 * DAY_S
    measured = [slot for slot in slots if slot.work.step == "impedance"]
    assert {slot.bench for slot in measured} == {"P1", "P2", "P3"}
    assert len({slot.start_unix_s for slot in measured}) == 1
    assert {slot.work.chamber for slot in measured} == {"oven-1"}
