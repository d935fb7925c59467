"""What is measured in the soak: between them they come by every named crash point."""

from __future__ import annotations

__all__ = ["CALM", "FORMATION", "LINKED", "LONG", "PROMPTED", "RULED", "SHORT", "SPECTRA", "STRONG"]

_HEAD = """\
cellbench: 1
protocol: {name}
cell: {{window: [0.01 V, 1.5 V]}}
limits: {{voltage: [-0.05 V, 2.0 V], current: 3C}}
record: {{every: 60 s, voltage_change: 20 mV}}
"""

RULED = (
    _HEAD.format(name="ruled")
    + """\
steps:
  - repeat: 1
    steps:
      - discharge: {current: 1C, until: {voltage: 0.01 V}}
      - charge: {current: 1C, until: {voltage: 1.5 V}}
  - repeat: 60
    stop_when: {capacity_retention: {below: 99.9 %, since_cycle: 1, for_cycles: 2}}
    steps:
      - discharge: {current: 2C, until: {voltage: 0.01 V}}
      - charge: {current: 2C, until: {voltage: 1.5 V}}
  - rest: 10 min
analyses: [cycles]
"""
)
"""Two segments; the first is ended at a cycle's boundary by a rule that the service judges."""

PROMPTED = (
    _HEAD.format(name="prompted")
    + """\
steps:
  - rest: 5 min
  - discharge: {current: 1C, until: {voltage: 0.01 V}}
  - prompt: Look at the cell
  - charge: {current: 1C, until: {voltage: 1.5 V}}
analyses: [cycles]
"""
)
"""Two segments with a person between them."""

SHORT = (
    _HEAD.format(name="short")
    + """\
steps:
  - repeat: 2
    steps:
      - discharge: {current: 1C, until: {voltage: 0.01 V}}
      - charge: {current: 1C, until: {voltage: 1.5 V}}
analyses: [cycles]
"""
)
"""Is paused and goes on."""

FORMATION = SHORT.replace("protocol: short", "protocol: formation").replace("repeat: 2", "repeat: 1")
"""What it finds decides how the cell goes on."""

CALM = _HEAD.format(name="calm") + "steps:\n  - rest: 10 min\n"
"""Only a rest, before or after something else."""

LONG = SHORT.replace("protocol: short", "protocol: long").replace("repeat: 2", "repeat: 300")
"""Is stopped."""

STRONG = LONG.replace("protocol: long", "protocol: strong").replace("current: 1C", "current: 2.5C")
"""Its current trips an interlock."""

SPECTRA = """\
cellbench: 1
protocol: spectra
parameters: {temperatures: [27 degC, 30 degC]}
cell: {window: [0.01 V, 1.5 V]}
limits: {voltage: [-0.05 V, 3.2 V], current: 10 mA, temperature: [-30 degC, 70 degC]}
record: {every: 60 s}
steps:
  - for_each: {temperature: $temperatures}
    steps:
      - temperature: {to: $temperature, within: 0.5 K, soak: 2 min, give_up_after: 200 h}
      - rest: {for: 2 min, record: {every: 10 s}}
      - impedance: {potentiostatic: 10 mV peak, from: 10 kHz, to: 100 mHz, per_decade: 4, average: 1}
        label: eis $temperature
"""
"""Two cells in one chamber, temperature by temperature."""

LINKED = """\
cellbench: 1
protocol: linked
cell: {window: [0.01 V, 1.5 V]}
limits: {voltage: [-0.05 V, 2.0 V], current: 3C}
record: {every: 200 ms}
steps:
  - repeat: 100000
    steps:
      - discharge: {current: 1 mA, until: {duration: 20 s, voltage: 0.01 V}}
      - rest: 1 s
      - charge: {current: 1 mA, until: {duration: 20 s, voltage: 1.9 V}}
"""
"""Many records from a memory that a read empties; is stopped."""
