"""Failures of libraries written in Rust (polars, python-calamine) that Python gets as a `BaseException`.

`except Exception` does not catch such a panic, so that it would end a thread, a worker or a request without an answer.
"""

from __future__ import annotations

from asyncio import CancelledError
from collections.abc import Iterator
from contextlib import contextmanager

_OF_PYTHON = (Exception, CancelledError, GeneratorExit, KeyboardInterrupt, SystemExit, BaseExceptionGroup)


class LibraryPanic(RuntimeError):
    """A library met a state that its authors thought impossible; its words are the message."""


def is_foreign(error: BaseException) -> bool:
    """Whether an error is neither an ordinary one nor one by which Python stops something."""
    return not isinstance(error, _OF_PYTHON)


def is_panic(error: BaseException) -> bool:
    """Whether an error is a panic of a library that is bound to Python by PyO3."""
    return is_foreign(error) and type(error).__module__ == "pyo3_runtime"


@contextmanager
def panics_as_errors() -> Iterator[None]:
    """Turn a library's panic in the block into an ordinary error.

    :raises LibraryPanic: a library panicked.
    """
    try:
        yield
    except BaseException as error:
        if is_panic(error):
            raise LibraryPanic(f"{type(error).__name__}: {error}") from error
        raise
