"""Some minutes of rest at each of some temperatures: whole stories of chambers in little time."""

STEPPED = """\
cellbench: 1
protocol: stepped
parameters: {temperatures: [30 degC, 34 degC], soak: 2 min, stay: 10 min}
cell: {window: [0.01 V, 1.5 V]}
limits: {voltage: [-0.05 V, 2.0 V], current: 3C, temperature: [-30 degC, 70 degC]}
record: {every: 20 s}
steps:
  - for_each: {temperature: $temperatures}
    steps:
      - temperature: {to: $temperature, within: 0.5 K, soak: $soak, give_up_after: 200 h}
      - rest: $stay
"""

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
      - temperature: {to: $temperature, within: 0.5 K, soak: 2 min, give_up_after: 8 h}
      - rest: {for: 2 min, record: {every: 30 s}}
      - impedance: {potentiostatic: 10 mV peak, from: 10 kHz, to: 10 mHz, per_decade: 4, average: 1}
        label: eis $temperature
"""
