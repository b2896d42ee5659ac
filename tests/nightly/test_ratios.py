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
