"""Linked techniques with a loop on board and many records a second, for tests that kill."""

LINKED = """\
cellbench: 1
protocol: linked
parameters: {passes: 40}
cell: {window: [0.01 V, 1.5 V]}
limits: {voltage: [-0.05 V, 2.0 V], current: 3C}
record: {every: 20 ms}
steps:
  - rest: 5 s
  - repeat: $passes
    steps:
      - discharge: {current: 1 mA, until: {duration: 2 s, voltage: 0.01 V}}
      - rest: 1 s
      - charge: {current: 1 mA, until: {duration: 2 s, voltage: 1.9 V}}
"""
