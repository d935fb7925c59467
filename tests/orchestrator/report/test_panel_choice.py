"""Of many runs, each material is shown."""

from __future__ import annotations

from dataclasses import dataclass

from orchestrator.report.panel_choice import PANELS_MAX, chosen_panels


@dataclass(frozen=True)
class Cell:
    material: str | None


@dataclass(frozen=True)
class Run:
    id: int
    cell: Cell


def runs(*materials: str | None) -> list[Run]:
    return [Run(number, Cell(material)) for number, material in enumerate(materials)]


def shown(made: list[Run]) -> list[int]:
    return [run.id for run in chosen_panels(made)]  # type: ignore[arg-type]


def test_few_runs_are_all_shown_in_their_order() -> None:
    assert shown(runs("h", "l", None)) == [0, 1, 2]


def test_of_many_the_first_of_each_material_come_in_turn() -> None:
    made = runs(*["l"] * 8, *["m"] * 8, *["h"] * 2)

    assert shown(made) == [0, 8, 16]
    assert len(shown(made)) == PANELS_MAX
