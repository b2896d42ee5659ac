"""The checks of the gate: limits of size and speed, the contract, and what a broken bundle gives."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from tablee.errors import BundleCorrupt
from tablee.models.contract import Contract, NumberColumn, Target
from tablee.models.problem import ProblemType
from tablee.models.registry import VersionInfo
from tablee_train.evaluation.gate import TIMED_ROWS, Gate, contract_check, median_seconds, size_check, speed_check
from tablee_train.settings import GateSettings

SETTINGS = GateSettings(max_bundle_mib=2.0, max_row_milliseconds=5.0)
MIB = 2**20


@pytest.mark.parametrize(
    ("size", "passed", "detail"),
    [
        (MIB, True, "1.00 MiB of at most 2"),
        (2 * MIB, True, "2.00 MiB of at most 2"),
        (2 * MIB + 1, False, "2.00 MiB of at most 2"),
        (3 * MIB, False, "3.00 MiB of at most 2"),
    ],
)
def test_a_bundle_may_be_as_large_as_the_limit(size: int, passed: bool, detail: str) -> None:
    check = size_check(size, SETTINGS)
    assert (check.name, check.passed, check.detail) == ("size", passed, detail)


@pytest.mark.parametrize(
    ("seconds", "passed", "detail"),
    [
        (0.001, True, "1.000 ms a row of at most 5"),
        (0.005, True, "5.000 ms a row of at most 5"),
        (0.0051, False, "5.100 ms a row of at most 5"),
        (0.25, False, "250.000 ms a row of at most 5"),
    ],
)
def test_a_row_may_take_as_long_as_the_limit(seconds: float, passed: bool, detail: str) -> None:
    check = speed_check(seconds, SETTINGS)
    assert (check.name, check.passed, check.detail) == ("speed", passed, detail)


def test_the_median_of_many_calls_counts() -> None:
    now, calls = [0.0], [0]

    def call() -> None:
        calls[0] += 1
        now[0] += 100.0 if calls[0] % 3 == 0 else 0.002

    assert median_seconds(call, lambda: now[0]) == pytest.approx(0.002)
    assert calls[0] == TIMED_ROWS


def contract(*names: str) -> Contract:
    columns = tuple(NumberColumn(name=name, minimum=0, maximum=1) for name in names)
    return Contract(model="m", columns=columns, target=Target(name="y", problem_type=ProblemType.REGRESSION))


def test_the_contract_must_fit_the_champions() -> None:
    fits = contract_check(contract("a"), contract("a"), 3)
    assert (fits.name, fits.passed) == ("contract", True)
    assert fits.detail == "callers of version 3 can be answered as before"
    other = contract_check(contract("a", "b"), contract("a"), 3)
    assert (other.passed, other.detail) == (False, "it needs the column «b», which callers of the champion do not send")
    many = contract_check(contract(*"abcdefgh"), contract("a"), 3)
    assert many.detail.count(";") == 4, "five reasons at most"
    long = contract_check(contract("a", "b" * 300, "c" * 300, "d" * 300, "e" * 300), contract("a"), 3)
    assert len(long.detail) == 1000


class BrokenRegistry:
    """Every bundle is broken."""

    def fetch(self, info: VersionInfo, cache: Path) -> Path:
        raise BundleCorrupt("mojo.zip is not the file that training wrote")


def test_a_broken_bundle_fails_the_check_of_the_golden_rows(tmp_path: Path) -> None:
    gate = Gate(BrokenRegistry(), SETTINGS, tmp_path)  # type: ignore[arg-type]
    (check,) = gate.examine(VersionInfo("m", 1, "r", datetime.now(UTC)))
    assert (check.name, check.passed) == ("golden rows", False)
    assert check.detail == "mojo.zip is not the file that training wrote"


def test_a_broken_champion_is_not_compared_with(tmp_path: Path) -> None:
    gate = Gate(BrokenRegistry(), SETTINGS, tmp_path)  # type: ignore[arg-type]
    scored, (check,) = gate.score_champion(None, VersionInfo("m", 4, "r", datetime.now(UTC)), None)  # type: ignore[arg-type]
    assert (scored, check.name, check.passed) == (None, "champion", False)
    assert check.detail.startswith("the champion, version 4, cannot be loaded: mojo.zip")
    assert gate.score_champion(None, None, None) == (None, [])  # type: ignore[arg-type]
