"""A lab file with a rule of every kind."""

STRICT = """\
lab: strict
clock: lab://127.0.0.1:7701
instruments:
  bts-1:
    {driver: neware, address: '192.0.2.10:502', time_zone: Asia/Shanghai, poll: 10 s, step_dir: steps,
     remote_step_dir: 'D:\\steps', channel: {voltage: [-5 V, 5 V], current: 50 mA}}
  oven: {driver: watlow-f4t, address: 192.0.2.20, temperature: [-30 degC, 80 degC]}
benches:
  A1: {channel: bts-1/1, chamber: oven, temperature: channel}
  A2: {channel: bts-1/2, chamber: oven}
limits: {voltage: [-0.5 V, 5 V], current: 50 mA}
interlocks:
  - {when: {chamber: oven, temperature: above 90 degC, for: 10 s}, do: stop all cells in oven, alarm: critical}
  - {when: {chamber: any, temperature: below -40 degC}, do: pause}
  - {when: {chamber: oven, sensor: frozen, for: 30 min}, do: pause all cells in oven}
  - {when: {chamber: oven, sensor: lost}, do: stop}
  - {when: {chamber: any, alarm: any}, do: stop, alarm: critical}
  - {when: {chamber: any, set_point: changed by someone else, for: 1 min}, alarm: warning}
  - {when: {chamber: any, silent: 30 s}, alarm: warning}
  - {when: {cell: A1, heating_rate: above 3 K/min relative to its chamber, for: 20 s}, do: stop all cells in oven}
  - {when: {cell: A1, temperature: above 90 degC}, do: stop}
  - {when: {cell: A1, sensor: frozen, for: 2 h}, do: stop}
  - {when: {cell: any, voltage: above 9 V}, do: stop}
  - {when: {cell: any in oven, voltage: below -0.2 V, for: 5 s}, do: pause}
  - {when: {cell: [A1, A2], current: above 60 mA}, do: stop}
  - {when: {cell: any, current: against its step}, do: pause}
  - {when: {cell: any, capacity: above 1.2 x expected}, alarm: warning}
  - {when: {cell: any, step_time: above 3 x expected}, do: stop}
  - {when: {cell: any, stop: not confirmed, for: 1 min}, do: stop all cells in oven}
  - {when: {cell: any, client: foreign}, alarm: critical}
  - {when: {cell: any, limits: read back wrong}, do: stop}
  - {when: {instrument: any, silent: 60 s}, alarm: warning}
"""
