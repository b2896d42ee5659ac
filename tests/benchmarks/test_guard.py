"""Speed that may not be lost: ratios against what was measured when they were last written down.

`python -m benchmarks.guard --write` writes them anew. Only ratios of two things on this machine are compared.
"""

from __future__ import annotations

import json
import subprocess
import sys

import pytest
from benchmarks import guard
from repository import ROOT


def measured() -> dict[str, float]:
    """In a process of its own: the JVM of other tests, and what they leave in memory, would be measured, too."""
    done = subprocess.run(
        [sys.executable, "-m", "benchmarks.guard"], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    found: dict[str, float] = json.loads(done.stdout[done.stdout.index("{") :])
    return found


@pytest.mark.timeout(900)
def test_no_ratio_has_fallen() -> None:
    found = measured()
    if guard.fallen(found):  # once more, since others may have had the cores
        again = measured()
        found = {name: max(value, again[name]) for name, value in found.items()}
    assert guard.fallen(found) == {}, "slower than benchmarks/baseline.json allows"


def test_a_ratio_that_fell_or_is_missing_is_told() -> None:
    baseline = json.loads(guard.BASELINE.read_text())
    assert guard.fallen(baseline) == {}
    slowed = {name: value * (1 - guard.ROOM) * 0.99 for name, value in baseline.items()}
    assert guard.fallen(slowed).keys() == baseline.keys()
    assert guard.fallen({}).keys() == baseline.keys()
