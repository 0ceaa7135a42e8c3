"""Measures: each `bench_*.py` here has a function `rows()`; `make bench` runs them all."""
