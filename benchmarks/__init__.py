"""Benchmarks of the platform: `make bench`, `make bench-peers`, `make bench-recipe`, and the ratios of `make nightly`.

Every comparison is a ratio of two things measured in turns in the same run, since other work on a machine moves both.
"""
