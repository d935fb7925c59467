"""A short protocol for whole stories: some hours of lab time, some hundred records."""

SHORT = """\
cellbench: 1
protocol: short
parameters: {rate: 1C, cycles: 3}
cell: {window: [0.01 V, 1.5 V]}
limits: {voltage: [-0.05 V, 2.0 V], current: 3C}
record: {every: 30 s, voltage_change: 10 mV}
steps:
  - rest: 10 min
  - repeat: $cycles
    steps:
      - discharge: {current: $rate, until: {voltage: 0.01 V}}
      - charge: {current: $rate, until: {voltage: 1.5 V}}
analyses: [cycles]
"""
