"""Errors that no code expects. Their texts may hold cells or passwords, so only their place in the code is logged."""

from __future__ import annotations

import traceback
from collections.abc import Iterator
from contextlib import contextmanager

from tablee.errors import TableeError
from tablee.errors.panics import panics_as_errors
from tablee.telemetry import logger
from tablee_controller.sources.cancellation import Stopped

log = logger(__name__)


@contextmanager
def internal_errors(name: str) -> Iterator[None]:
    """Log an unexpected error of the block, and raise an error that shows nothing of it instead.

    :param name: of the source.
    :raises TableeError: something went wrong in the block.
    """
    try:
        with panics_as_errors():
            yield
    except (TableeError, Stopped):
        raise
    except Exception as error:
        frames = "".join(traceback.format_tb(error.__traceback__))
        log.error("source_broken", source=name, error=type(error).__name__, frames=frames)
        raise TableeError("controller") from None
