"""Measurements, as ratios within one run where that is possible: machines are noisy. Benchmarks are not tests."""
