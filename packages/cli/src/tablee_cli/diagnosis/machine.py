"""Checks of this machine: Python, Java, H2O, directory, disk, memory and network."""

from __future__ import annotations

import os
import shutil
import socket
import sys

import psutil

from tablee.errors import StartFailed
from tablee_cli.diagnosis.check import Finding, Situation, ok
from tablee_cli.output.tables import GIB, size
from tablee_cli.stack import ports
from tablee_cli.stack.components.java import find_java, h2o_jar
from tablee_cli.stack.plan import KINDS

OLDEST_PYTHON = (3, 11)
LEAST_DISK, LEAST_MEMORY = 2 * GIB, 3 * GIB
"""Bytes."""


def python_version(_: Situation) -> Finding:
    version = ".".join(map(str, sys.version_info[:3]))
    if sys.version_info[:2] < OLDEST_PYTHON:
        return Finding(
            "failed", f"this is Python {version}", "Install Python 3.11 or later, then `make clean up PYTHON=…`."
        )
    return ok(f"Python {version}")


def java_found(_: Situation) -> Finding:
    try:
        java = find_java()
    except StartFailed as error:
        return Finding("failed", error.detail, error.hint)
    return ok(f"Java {java.major}, {java.path} ({java.origin})")


def h2o_version(_: Situation) -> Finding:
    try:
        return ok(f"the pinned one, {h2o_jar().name}")
    except StartFailed as error:
        return Finding("failed", error.detail, error.hint)


def home_writable(situation: Situation) -> Finding:
    folder = situation.home.root
    existing = next(parent for parent in (folder, *folder.parents) if parent.exists())
    if not os.access(existing, os.W_OK | os.X_OK):
        return Finding(
            "failed", f"{existing} cannot be written to", f"`sudo chown -R $USER {existing}`, or choose another --home."
        )
    return ok(str(folder))


def disk_space(situation: Situation) -> Finding:
    folder = situation.home.root
    existing = next(parent for parent in (folder, *folder.parents) if parent.exists())
    free = shutil.disk_usage(existing).free
    if free < LEAST_DISK:
        return Finding(
            "failed", f"{size(free)} free, {size(LEAST_DISK)} needed", "Free some space, or choose another --home."
        )
    return ok(f"{size(free)} free")


def memory_available(situation: Situation) -> Finding:
    free = psutil.virtual_memory().available
    if free < LEAST_MEMORY and not situation.running:
        mend = "Close something, or start with a smaller Java heap: `tablee up --heap 1g`."
        return Finding("warning", f"{size(free)} available, {size(LEAST_MEMORY)} wished for", mend)
    return ok(f"{size(free)} available")


def loopback_usable(_: Situation) -> Finding:
    try:
        with socket.socket() as probe:
            probe.bind((ports.HOST, 0))
    except OSError as error:
        return Finding("failed", f"nobody can listen on {ports.HOST}: {error.strerror}", "`sudo ip link set lo up`")
    return ok(f"{ports.HOST} can be listened on")


def ports_free(situation: Situation) -> Finding:
    if situation.running:
        return ok("the stack has its ports")
    taken = [f"{kind.usual_port} ({kind.name})" for kind in KINDS if not ports.is_free(kind.usual_port)]
    if taken:
        mend = "Nothing need be done: `tablee up` takes the next free ones and says so."
        return Finding("warning", f"taken by others: {', '.join(taken)}", mend)
    return ok(", ".join(str(kind.usual_port) for kind in KINDS) + " are free")
