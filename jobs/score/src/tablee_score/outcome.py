"""How a worker ends, and what its exit code says to whoever starts workers."""

from __future__ import annotations

from enum import IntEnum

from tablee.errors import InvalidSettings, ScoringCancelled, TableeError, Unavailable


class Exit(IntEnum):
    """The process's exit codes."""

    DONE = 0
    """Every part of its share has its output and its marker."""
    UNAVAILABLE = 1
    """A service was not there, or the machine could not do it; trying again may help."""
    SETTINGS = 2
    """A setting is wrong; nothing was started."""
    HOPELESS = 3
    """The scoring cannot be worked on, or parts of the share cannot be scored (all others are); the same again would
    fail again."""
    STOPPED = 143
    """Stopped by SIGTERM, SIGINT or a cancel; another process can go on where this one ended."""


def exit_code(error: TableeError) -> Exit:
    if isinstance(error, ScoringCancelled):
        return Exit.STOPPED
    if isinstance(error, InvalidSettings):
        return Exit.SETTINGS
    return Exit.UNAVAILABLE if isinstance(error, Unavailable) else Exit.HOPELESS
