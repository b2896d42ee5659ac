"""The development runner restarts a package when a file changes."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

from repository import ROOT

RELOAD = ROOT / "infra" / "dev" / "reload.py"
PROGRAM = """
import signal, sys
signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
print("this is number", {number}, flush=True)
signal.pause()
"""


def test_a_changed_file_restarts_the_process(tmp_path: Path) -> None:
    package = tmp_path / "src" / "tablee_example"
    package.mkdir(parents=True)
    (package / "__main__.py").write_text(PROGRAM.format(number=1))
    environment = os.environ | {"PYTHONPATH": str(tmp_path / "src"), "PYTHONDONTWRITEBYTECODE": "1"}
    command = (sys.executable, str(RELOAD), "tablee_example")
    with subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "this is number 1\n"
        (package / "__main__.py").write_text(PROGRAM.format(number=2))
        assert "begins again" in process.stdout.readline()
        assert process.stdout.readline() == "this is number 2\n"
        process.send_signal(signal.SIGTERM)
        assert process.wait(30) == 0
