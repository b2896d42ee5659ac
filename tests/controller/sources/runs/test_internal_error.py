"""An error that no code expects is reported without its text."""

from __future__ import annotations

import pytest
from panic import panic

from tablee.errors import InvalidQuery, TableeError
from tablee_controller.sources.cancellation import Stopped
from tablee_controller.sources.runs.internal_error import internal_errors

CELL = "Wilhelmine"


def test_only_the_place_of_an_unexpected_error_is_logged(capfd: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(TableeError) as caught, internal_errors("visits"):
        raise RuntimeError(CELL)
    assert caught.value.detail == "something went wrong inside the controller"
    said = capfd.readouterr()
    assert "source_broken" in said.out + said.err
    assert "RuntimeError" in said.out + said.err
    assert CELL not in f"{said}{caught.value.problem()}"


def test_a_panic_of_a_library_is_such_an_error() -> None:
    with pytest.raises(TableeError, match="something went wrong inside the controller"), internal_errors("visits"):
        panic()


@pytest.mark.parametrize("error", [InvalidQuery("no_statement"), Stopped()])
def test_expected_errors_pass(error: Exception) -> None:
    with pytest.raises(type(error)) as caught, internal_errors("visits"):
        raise error
    assert caught.value is error
