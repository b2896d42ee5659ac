"""Checks of this machine: Python, Java, H2O, directory, disk, memory and network."""

from __future__ import annotations

import os
import shutil
import socket
import sys

import psutil

from tablee.errors import StartFailed
from tablee.errors.causes import system_cause
from tablee_cli.diagnosis.check import Finding, Situation, failed, ok, text
from tablee_cli.stack import ports
from tablee_cli.stack.components.java import find_java, h2o_jar
from tablee_cli.stack.plan import KINDS

OLDEST_PYTHON = (3, 11)
GIB = 1 << 30
LEAST_DISK, LEAST_MEMORY = 2 * GIB, 3 * GIB
"""Bytes."""


def python_version(_: Situation) -> Finding:
    version = ".".join(map(str, sys.version_info[:3]))
    if sys.version_info[:2] < OLDEST_PYTHON:
        return Finding("failed", text("python_old", version=version), text("python_mend"))
    return ok("python", version=version)


def java_found(_: Situation) -> Finding:
    try:
        java = find_java()
    except StartFailed as error:
        return failed(error)
    return ok("java", version=java.major, path=str(java.path), origin=java.origin)


def h2o_version(_: Situation) -> Finding:
    try:
        return ok("h2o", jar=h2o_jar().name)
    except StartFailed as error:
        return failed(error)


def home_writable(situation: Situation) -> Finding:
    folder = situation.home.root
    existing = next(parent for parent in (folder, *folder.parents) if parent.exists())
    if not os.access(existing, os.W_OK | os.X_OK):
        path = str(existing)
        return Finding("failed", text("home_read_only", path=path), text("home_mend", path=path))
    return Finding("ok", str(folder))


def disk_space(situation: Situation) -> Finding:
    folder = situation.home.root
    existing = next(parent for parent in (folder, *folder.parents) if parent.exists())
    free = shutil.disk_usage(existing).free
    if free < LEAST_DISK:
        return Finding("failed", text("disk_full", bytes=free, needed=LEAST_DISK), text("disk_mend"))
    return ok("free", bytes=free)


def memory_available(situation: Situation) -> Finding:
    free = psutil.virtual_memory().available
    if free < LEAST_MEMORY and not situation.running:
        return Finding("warning", text("memory_short", bytes=free, needed=LEAST_MEMORY), text("memory_mend"))
    return ok("available", bytes=free)


def loopback_usable(_: Situation) -> Finding:
    try:
        with socket.socket() as probe:
            probe.bind((ports.HOST, 0))
    except OSError as error:
        detail = text("no_loopback", host=ports.HOST, why=system_cause(error))
        return Finding("failed", detail, "`sudo ip link set lo up`")
    return ok("loopback", host=ports.HOST)


def ports_free(situation: Situation) -> Finding:
    if situation.running:
        return ok("own_ports")
    taken = [f"{kind.usual_port} ({kind.name})" for kind in KINDS if not ports.is_free(kind.usual_port)]
    if taken:
        return Finding("warning", text("ports_taken", ports=taken), text("ports_mend"))
    return ok("ports", ports=[str(kind.usual_port) for kind in KINDS])
