"""The virtual lab: virtual instruments on their real wires, one clock, one control port."""
