"""The exit codes of the command."""

from __future__ import annotations

from enum import IntEnum

from tablee.errors import (
    NotRunning,
    ScoringCancelled,
    ScoringFailed,
    StartFailed,
    TableeError,
    TrainingCancelled,
    TrainingFailed,
)


class Exit(IntEnum):
    """The exit codes; docs/cli.md lists them."""

    OK = 0
    REFUSED = 1
    """The platform answered with an error."""
    USAGE = 2
    """The command was called in a wrong way: an unknown option, a file that does not exist, a cell that does not
    fit."""
    NOT_RUNNING = 3
    """No stack runs, or the platform at the address does not answer."""
    ENDED_BADLY = 4
    """The training, scoring or run of a source that the command waited for failed or was cancelled."""
    UNHEALTHY = 5
    """`up` could not start everything, or `doctor` found a fault."""
    INTERRUPTED = 130
    """Ctrl-C."""


def exit_for(error: TableeError) -> Exit:
    """The exit code for an error."""
    if isinstance(error, NotRunning):
        return Exit.NOT_RUNNING
    if isinstance(error, TrainingFailed | TrainingCancelled | ScoringFailed | ScoringCancelled):
        return Exit.ENDED_BADLY
    return Exit.UNHEALTHY if isinstance(error, StartFailed) else Exit.REFUSED
