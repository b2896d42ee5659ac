"""The checks of the gate: limits of size and speed, the contract, and what a broken bundle gives."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import polars as pl
import pytest

from tablee.errors import BundleCorrupt
from tablee.i18n import Translator
from tablee.jobs.training import Check
from tablee.models.contract import Contract, NumberColumn, Target
from tablee.models.problem import ProblemType
from tablee.models.registry import DIGEST, VersionInfo
from tablee.models.validation.block import Block
from tablee.models.validation.frames import FrameValidator
from tablee_train.evaluation.gate import (
    TIMED_ROWS,
    Gate,
    contract_check,
    median_seconds,
    score_rows,
    size_check,
    speed_check,
)
from tablee_train.settings import GateSettings

SETTINGS = GateSettings(max_bundle_mib=2.0, max_row_milliseconds=5.0)
MIB = 2**20


@pytest.mark.parametrize(
    ("size", "passed", "detail"),
    [
        (MIB, True, "1.0\u00a0MB of at most 2.0\u00a0MB"),
        (2 * MIB, True, "2.0\u00a0MB of at most 2.0\u00a0MB"),
        (2 * MIB + 1, False, "2.0\u00a0MB of at most 2.0\u00a0MB"),
        (3 * MIB, False, "3.0\u00a0MB of at most 2.0\u00a0MB"),
    ],
)
def test_a_bundle_may_be_as_large_as_the_limit(size: int, passed: bool, detail: str) -> None:
    check = size_check(size, SETTINGS)
    assert (check.name, check.passed, check.detail) == ("size", passed, detail)


@pytest.mark.parametrize(
    ("seconds", "passed", "detail"),
    [
        (0.001, True, "1 ms a row of at most 5"),
        (0.005, True, "5 ms a row of at most 5"),
        (0.0051, False, "5.1 ms a row of at most 5"),
        (0.25, False, "250 ms a row of at most 5"),
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
    assert (other.passed, other.detail) == (False, "it needs the column “b”, which callers of the champion do not send")
    many = contract_check(contract(*"abcdefgh"), contract("a"), 3)
    assert many.detail.count(";") == 4, "five reasons at most"
    long = contract_check(contract("a", "b" * 300, "c" * 300, "d" * 300, "e" * 300), contract("a"), 3)
    assert len(long.detail) == 1000
    assert other.said(Translator("fr")) == (
        "il lui faut la colonne «\u00a0b\u00a0», que les appelants du champion n’envoient pas"
    )


def test_a_check_of_an_earlier_release_keeps_its_words() -> None:
    earlier = Check.model_validate({"name": "size", "passed": True, "detail": "1.00 MiB of at most 2"})
    assert earlier.said(Translator("fr")) == "1.00 MiB of at most 2"
    unknown = earlier.model_copy(update={"message": {"key": "of.another_release", "facts": {}}})
    assert unknown.said(Translator("fr")) == "1.00 MiB of at most 2"


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


class LinearModel:
    """Answers the first column plus a constant, or for classes a probability that rises with it."""

    threshold = 0.5

    def __init__(self, contract: Contract, offset: float = 0.0, size: int = 100) -> None:
        self.contract, self.offset, self.validator = contract, offset, FrameValidator(contract)
        self.manifest = SimpleNamespace(files={name: SimpleNamespace(bytes=size) for name in ("a", "b")})

    def score(self, block: Block) -> Any:
        x = np.array(block.columns[self.contract.names[0]], dtype=np.float64) + self.offset
        return x[:, None] if not self.contract.target.classes else np.c_[1 - x, x]


class Bundles:
    """A registry whose bundles are named after their versions."""

    def fetch(self, info: VersionInfo, cache: Path) -> Path:
        return cache / f"version-{info.version}"


def info(version: int) -> VersionInfo:
    return VersionInfo("m", version, "r", datetime.now(UTC), tags={DIGEST: f"digest {version}"})


def gate(folder: Path, settings: GateSettings = SETTINGS, **models: LinearModel) -> Gate:
    def load(path: Path, digest: str | None) -> Any:
        assert path.parent == folder
        assert digest == f"digest {path.name.rpartition('-')[2]}"
        return models[path.name.replace("-", "_")]

    return Gate(Bundles(), settings, folder, load, served)  # type: ignore[arg-type]


def served(bundle: Path) -> Check:
    """The API serves every bundle but those of version 7."""
    return Check(name="served", passed=not bundle.name.endswith("-7"), detail="as the API says")


def with_example(*names: str) -> Contract:
    return contract(*names).model_copy(update={"examples": (dict.fromkeys(names, 0.5),)})


HOLDOUT = pl.DataFrame({"a": [i / 100 for i in range(100)], "y": [i / 100 + 0.1 for i in range(100)]})


def test_a_good_candidate_passes_all_checks(tmp_path: Path) -> None:
    patient = SETTINGS.model_copy(update={"max_row_milliseconds": 60_000.0})
    checks = gate(tmp_path, patient, version_1=LinearModel(with_example("a"), size=MIB)).examine(info(1))
    passed = dict.fromkeys(("golden rows", "size", "speed", "served"), True)
    assert {check.name: check.passed for check in checks} == passed
    assert checks[1].detail == "2.0\u00a0MB of at most 2.0\u00a0MB", "all files of the bundle"


def test_a_candidate_that_is_too_large_or_too_slow_fails(tmp_path: Path) -> None:
    strict = SETTINGS.model_copy(update={"max_row_milliseconds": 1e-9})
    checks = gate(tmp_path, strict, version_1=LinearModel(with_example("a"), size=2 * MIB)).examine(info(1))
    assert [(check.name, check.passed) for check in checks] == [
        ("golden rows", True),
        ("size", False),
        ("speed", False),
        ("served", True),
    ]


def test_what_the_api_does_not_serve_fails(tmp_path: Path) -> None:
    patient = SETTINGS.model_copy(update={"max_row_milliseconds": 60_000.0})
    made = gate(tmp_path, patient, version_7=LinearModel(with_example("a")))
    verdict = made.verdict(LinearModel(contract("a")), made.examine(info(7)), None, HOLDOUT, "mae", 1)  # type: ignore[arg-type]
    assert (verdict.passed, verdict.reason) == (False, "The check “served” failed: as the API says.")


@pytest.mark.parametrize(("candidate", "champion", "passed"), [(0.1, 0.2, True), (0.2, 0.1, False), (0.1, 0.1, False)])
def test_candidate_and_champion_are_compared_on_the_same_rows(
    tmp_path: Path, candidate: float, champion: float, passed: bool
) -> None:
    model: Any = LinearModel(contract("a"), candidate)
    made = gate(tmp_path, version_3=LinearModel(contract("a"), champion))
    verdict = made.verdict(model, [], info(3), HOLDOUT, "mae", 1)
    assert verdict.passed is passed
    assert verdict.champion_version == 3
    assert verdict.candidate == pytest.approx(abs(candidate - 0.1))
    assert verdict.champion == pytest.approx(abs(champion - 0.1))
    assert [check.name for check in verdict.checks] == ["contract"]


def test_a_candidate_that_needs_more_columns_is_not_compared(tmp_path: Path) -> None:
    model: Any = LinearModel(contract("a", "b"), 0.1)
    made = gate(tmp_path, version_3=LinearModel(contract("a"), 0.9))
    verdict = made.verdict(model, [], info(3), HOLDOUT.with_columns(b=pl.lit(1.0)), "mae", 1)
    assert (verdict.passed, verdict.champion, verdict.champion_version) == (False, None, 3)
    assert "it needs the column “b”, which callers of the champion do not send" in verdict.reason


def test_the_first_candidate_is_compared_with_nobody(tmp_path: Path) -> None:
    model: Any = LinearModel(contract("a"), 0.3)
    verdict = gate(tmp_path).verdict(model, [], None, HOLDOUT, "mae", 1)
    assert (verdict.passed, verdict.champion, verdict.champion_version) == (True, None, None)


def test_scores_come_in_the_order_of_the_classes_that_is_wanted() -> None:
    column = NumberColumn(name="a", minimum=0, maximum=1)
    one, other = (
        Contract(model="m", columns=(column,), target=Target(name="y", problem_type=ProblemType.BINARY, classes=each))
        for each in (("no", "yes"), ("yes", "no"))
    )
    model: Any = LinearModel(one)
    rows = pl.DataFrame({"a": [0.25, 0.75], "y": ["no", "yes"]})
    assert score_rows(model, rows).scores.tolist() == [[0.75, 0.25], [0.25, 0.75]]
    assert score_rows(model, rows).truth.tolist() == [0.0, 1.0]
    assert score_rows(model, rows, other).scores.tolist() == [[0.25, 0.75], [0.75, 0.25]]
    assert score_rows(model, rows, other).truth.tolist() == [1.0, 0.0]
    assert score_rows(model, rows).threshold == 0.5


def test_a_champion_is_given_the_columns_that_it_reads() -> None:
    """The candidate ignores a column that the champion reads; callers send it, and the hold-out rows have it."""
    asked: list[list[str]] = []

    class Watched(LinearModel):
        def score(self, block: Block) -> Any:
            asked.append(list(block.columns))
            return super().score(block)

    model: Any = Watched(contract("a", "b"))
    score_rows(model, pl.DataFrame({"a": [1.0], "b": [2.0], "y": [3.0]}), contract("a"))
    assert asked == [["a", "b"]]
