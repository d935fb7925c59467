"""Virtual cells and virtual instruments that speak the real wires. Imports nothing of the other packages."""
