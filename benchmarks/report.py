"""Writes results into docs/benchmarks.md, between the markers of their section."""

from __future__ import annotations

import os
import platform
import re
import subprocess
import sys
from collections.abc import Sequence
from datetime import UTC, datetime
from importlib import metadata
from pathlib import Path

import psutil

from benchmarks import client, cores
from benchmarks.models import ROOT

PAGE = ROOT / "docs" / "benchmarks.md"
QUIET = 1.5
"""Load average below which a machine counts as quiet."""
PACKAGES = ("uvicorn", "uvloop", "httptools", "orjson", "polars", "jpype1")


def table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """A table in Markdown; all columns but the first are numbers."""
    rule = ["---", *("---:" for _ in head[1:])]
    return "\n".join("| " + " | ".join(line) + " |" for line in (head, rule, *rows)) + "\n"


def load() -> float:
    """The load average of the last minute. Read it before a benchmark starts, because the benchmark raises it."""
    return os.getloadavg()[0] if hasattr(os, "getloadavg") else 0.0


def machine(busy: float) -> str:
    """The machine and the date of the measurement, as sentences.

    :param busy: the load average at the beginning.
    """
    gib = psutil.virtual_memory().total / (1 << 30)
    versions = ", ".join(f"{name} {metadata.version(name)}" for name in PACKAGES)
    noisy = " Other work kept the cores busy: measure again on a quiet machine." if busy > QUIET else ""
    return (
        f"Measured on {datetime.now(UTC):%Y-%m-%d} ({_processor()}, {psutil.cpu_count()} cores, {gib:.0f} GiB, "
        f"{platform.system()} {platform.machine()}, Python {platform.python_version()}, Java {_java()}, {versions}). "
        f"Client: {client.name()}; {cores.described()}. Load average at the beginning: {busy:.1f}.{noisy}"
    )


def _processor() -> str:
    try:
        found = re.search(r"^model name\s*: (.+)$", Path("/proc/cpuinfo").read_text(), re.MULTILINE)
    except OSError:
        found = None
    return found[1] if found else platform.processor() or "an unknown processor"


def _java() -> str:
    from tablee_scoring import jvm

    jvm_home, _ = jvm.find_java(os.environ)
    told = subprocess.run([jvm_home / "bin" / "java", "-version"], capture_output=True, text=True, check=False).stderr
    found = re.search(r'"([^"]+)"', told)
    return found[1] if found else "of unknown version"


def write(part: str, text: str) -> None:
    """Replace the text between the markers of a section."""
    page = PAGE.read_text(encoding="utf-8")
    begin, end = f"<!-- {part} -->", f"<!-- /{part} -->"
    before, rest = page.split(begin, 1)
    after = rest.split(end, 1)[1]
    PAGE.write_text(f"{before}{begin}\n{text.strip()}\n{end}{after}", encoding="utf-8")
    sys.stdout.write(f"written to {PAGE.relative_to(ROOT)}\n")
