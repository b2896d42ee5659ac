"""Panics of libraries: ordinary errors for us; what Python itself raises to stop something passes."""

from __future__ import annotations

import asyncio

import pytest
from panic import panic

from tablee.errors.panics import LibraryPanic, is_foreign, is_panic, panics_as_errors


def test_polars_panics_with_no_ordinary_error() -> None:
    with pytest.raises(BaseException, match="out-of-range date") as raised:
        panic()
    assert not isinstance(raised.value, Exception)
    assert is_panic(raised.value)


def test_a_panic_becomes_an_ordinary_error() -> None:
    with pytest.raises(LibraryPanic, match="PanicException: out-of-range date") as raised, panics_as_errors():
        panic()
    assert isinstance(raised.value, Exception)
    assert raised.value.__cause__ is not None


@pytest.mark.parametrize(
    "error", [ValueError("x"), KeyboardInterrupt(), SystemExit(1), GeneratorExit(), asyncio.CancelledError()]
)
def test_everything_else_passes(error: BaseException) -> None:
    assert not is_panic(error)
    assert not is_foreign(error)
    with pytest.raises(type(error)), panics_as_errors():
        raise error


def test_an_error_that_a_test_or_a_program_made_up_is_no_panic() -> None:
    class Killed(BaseException):
        pass

    assert not is_panic(Killed())
    assert is_foreign(Killed())
