"""Measurements, outside the tests: ratios within one run, since machines are noisy. `make bench` prints them all."""
