"""kubectl and helm as programs."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, TypeVar

PATIENCE = 300.0
"""Seconds that most things may take on a small and busy cluster."""

T = TypeVar("T")


class Refused(Exception):
    """A command ended with an error; its text is what the command said."""


def kubectl(*arguments: str, namespace: str | None = None, stdin: str | None = None) -> str:
    where = ("--namespace", namespace) if namespace else ()
    return _run([_found("kubectl"), *where, *arguments], stdin)


def get(kind: str, name: str | None = None, *, namespace: str, labels: str = "") -> Any:
    """One object, or the list of items."""
    selector = ("--selector", labels) if labels else ()
    found = json.loads(
        kubectl("get", kind, *((name,) if name else ()), *selector, "--output", "json", namespace=namespace)
    )
    return found if name else found["items"]


def helm(*arguments: str, program: str | None = None) -> str:
    return _run([program or _found(os.environ.get("HELM", "helm"))], None, *arguments)


def helms() -> list[str]:
    """Every major version of Helm that is there."""
    return [found for name in (os.environ.get("HELM", "helm"), "helm4") if (found := shutil.which(name))]


def eventually(question: Callable[[], T], *, within: float = PATIENCE, every: float = 0.5) -> T:
    """Wait for an answer that is not empty; if there is none in time, the last error is shown."""
    end = time.monotonic() + within
    trouble: Exception | str = "it was not so"
    while True:
        try:
            if answer := question():
                return answer
            trouble = f"the last answer was {answer!r}"
        except Exception as error:
            trouble = error
        if time.monotonic() > end:
            raise AssertionError(f"not within {within:.0f} s: {trouble}")
        time.sleep(every)  # between looks at a condition, never instead of one


@contextmanager
def forwarded(namespace: str, target: str, port: int) -> Iterator[int]:
    """A free port of this machine that leads to a port of a pod, for as long as the context lasts."""
    command = [_found("kubectl"), "--namespace", namespace, "port-forward", target, f":{port}"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True) as process:
        assert process.stdout is not None
        try:
            line = process.stdout.readline()
            found = re.search(r"127\.0\.0\.1:(\d+)", line)
            assert found, line + (process.stdout.read() if process.poll() is not None else "")
            yield int(found[1])
        finally:
            process.terminate()


def _found(name: str) -> str:
    path = shutil.which(name)
    assert path, f"there is no {name} on the path"
    return path


def _run(command: list[str], stdin: str | None, *arguments: str) -> str:
    done = subprocess.run([*command, *arguments], input=stdin, capture_output=True, text=True, timeout=1200)
    if done.returncode:
        raise Refused(f"{' '.join([*command, *arguments])}: {done.stderr.strip() or done.stdout.strip()}")
    return done.stdout
