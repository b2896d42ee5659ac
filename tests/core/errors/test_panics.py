"""Panics of libraries: ordinary errors for us; what Python itself raises to stop something passes."""

from __future__ import annotations

import asyncio

import polars as pl
import pyarrow as pa
import pytest

from tablee.errors.panics import LibraryPanic, is_panic, panics_as_errors


def panic() -> None:
    """A real panic of polars: a day that no calendar has."""
    pl.Series(pl.from_arrow(pa.array([2**31 - 1], pa.int32()).cast(pa.date32()))).dt.strftime("%Y")


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
    with pytest.raises(type(error)), panics_as_errors():
        raise error
