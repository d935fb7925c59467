"""The value types that the models use."""

from __future__ import annotations

from typing import Annotated

from pydantic import BeforeValidator

from protocols.errors import Refusal
from protocols.kinds import (
    CAPACITY,
    CURRENT,
    DURATION,
    FREQUENCY,
    HEATING_RATE,
    PERIODS,
    RATIO,
    SCAN_RATE,
    TEMPERATURE,
    TEMPERATURE_DIFFERENCE,
    VOLTAGE,
)
from protocols.node import Node, SequenceNode
from protocols.quantity import Quantity
from protocols.schema.written import ReadAs, Written, as_count, as_quantity, as_text

__all__ = [
    "Capacity",
    "Count",
    "Current",
    "Duration",
    "Frequency",
    "HeatingRate",
    "Label",
    "Periods",
    "Ratio",
    "ScanRate",
    "Temperature",
    "TemperatureDifference",
    "TemperatureRange",
    "Voltage",
    "VoltageRange",
]

Current = Annotated[Written[Quantity], ReadAs(as_quantity(CURRENT))]
Voltage = Annotated[Written[Quantity], ReadAs(as_quantity(VOLTAGE))]
Duration = Annotated[Written[Quantity], ReadAs(as_quantity(DURATION))]
Capacity = Annotated[Written[Quantity], ReadAs(as_quantity(CAPACITY))]
Temperature = Annotated[Written[Quantity], ReadAs(as_quantity(TEMPERATURE))]
TemperatureDifference = Annotated[Written[Quantity], ReadAs(as_quantity(TEMPERATURE_DIFFERENCE))]
HeatingRate = Annotated[Written[Quantity], ReadAs(as_quantity(HEATING_RATE))]
ScanRate = Annotated[Written[Quantity], ReadAs(as_quantity(SCAN_RATE))]
Frequency = Annotated[Written[Quantity], ReadAs(as_quantity(FREQUENCY))]
Periods = Annotated[Written[Quantity], ReadAs(as_quantity(PERIODS))]
Ratio = Annotated[Written[Quantity], ReadAs(as_quantity(RATIO))]
Count = Annotated[Written[int], ReadAs(as_count())]
Label = Annotated[Written[str], ReadAs(as_text())]
"""Text in which ``$name`` is filled in."""


def _pair(node: Node) -> tuple[Node, ...]:
    if isinstance(node, SequenceNode) and len(node.items) == 2:
        return node.items
    raise Refusal(node.place, "is not a lowest and a highest value", "write [lowest, highest]")


VoltageRange = Annotated[tuple[Voltage, Voltage], BeforeValidator(_pair)]
TemperatureRange = Annotated[tuple[Temperature, Temperature], BeforeValidator(_pair)]
