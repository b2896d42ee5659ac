"""Pinning to cores: the server runs on one core and the client on another, on a machine with two or more."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager

_ALL = sorted(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else []
SERVER = {_ALL[0]} if len(_ALL) > 1 else set()
CLIENT = {_ALL[-1]} if len(_ALL) > 1 else set()
EVERY = set(_ALL)


@contextmanager
def pinned(cores: set[int]) -> Iterator[None]:
    """In the block this thread, and processes and threads that it starts, run on these cores; empty means all."""
    if not cores:
        yield
        return
    before = os.sched_getaffinity(0)
    os.sched_setaffinity(0, cores)
    try:
        yield
    finally:
        os.sched_setaffinity(0, before)


def described() -> str:
    if not SERVER:
        return "server and client share the one core there is"
    return f"server on core {min(SERVER)}, client on core {min(CLIENT)}"
