"""promtool, run over the files that are shipped."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

Promtool = Callable[..., str]


@pytest.fixture(scope="session")
def promtool() -> Promtool:
    """`promtool("check", "rules", file)`; if it fails, the test fails with promtool's output."""
    path = shutil.which("promtool")
    if path is None:
        hint = "there is no promtool: apt-get install --no-install-recommends prometheus, or https://prometheus.io/download"
        (pytest.fail if os.environ.get("CI") == "true" else pytest.skip)(hint)

    def run(*arguments: str | Path) -> str:
        done = subprocess.run([str(path), *map(str, arguments)], capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    return run
