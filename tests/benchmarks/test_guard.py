"""The comparison of measured ratios with the baseline; `make nightly` measures them."""

from __future__ import annotations

import json

from benchmarks import guard


def test_a_ratio_that_fell_or_is_missing_is_told() -> None:
    baseline = json.loads(guard.BASELINE.read_text())
    assert guard.fallen(baseline) == {}
    slowed = {name: value * (1 - guard.TOLERANCE) * 0.99 for name, value in baseline.items()}
    assert guard.fallen(slowed).keys() == baseline.keys()
    assert guard.fallen({}).keys() == baseline.keys()
