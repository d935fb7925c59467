"""Minutes of discharge and charge, so that a fault at a given time meets a given step."""

TIMED = """\
cellbench: 1
protocol: timed
parameters: {rest: 2 min, down: 10 min, up: 6 min, cycles: 1}
cell: {window: [0.01 V, 1.5 V]}
limits: {voltage: [-0.05 V, 2.0 V], current: 3C}
record: {every: 10 s}
steps:
  - rest: $rest
  - repeat: $cycles
    steps:
      - discharge: {current: 1 mA, until: {duration: $down}}
      - charge: {current: 1 mA, until: {duration: $up}}
"""
