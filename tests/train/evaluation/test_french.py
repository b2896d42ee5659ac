"""Every check of the gate fails for real and says so in French, without an English word; so does every verdict."""

from __future__ import annotations

import sys
from datetime import UTC, datetime
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import polars as pl
from english_words import english_words

from tablee.errors import BundleCorrupt
from tablee.errors.base import said_or
from tablee.i18n import Translator
from tablee.i18n.catalogue import catalogue
from tablee.jobs.training import Check, Verdict
from tablee.models.contract import CategoryColumn, Contract, NumberColumn, Target
from tablee.models.problem import ProblemType
from tablee.models.registry import VersionInfo
from tablee.models.validation.frames import FrameValidator
from tablee_train.evaluation.gate import Gate, contract_check, size_check, speed_check
from tablee_train.evaluation.metrics import ScoredRows
from tablee_train.evaluation.trial import served
from tablee_train.evaluation.verdict import Comparison, decide
from tablee_train.settings import GateSettings
from tablee_train.tracking import candidate

FR = Translator("fr")
SETTINGS = GateSettings(max_bundle_mib=2.0, max_row_milliseconds=5.0)
TRUTH = np.random.default_rng(0).normal(size=200)


class Broken:
    """A registry whose bundles were changed on the way."""

    def fetch(self, info: VersionInfo, cache: Path) -> Path:
        raise BundleCorrupt("changed_file", file="mojo.zip")


def version(number: int = 4) -> VersionInfo:
    return VersionInfo("m", number, "r", datetime.now(UTC))


def contract(
    name: str = "y", classes: tuple[str, ...] = (), kind: ProblemType = ProblemType.REGRESSION, *columns: Any
) -> Contract:
    return Contract(
        model="m", columns=columns or (a_number("a"),), target=Target(name=name, problem_type=kind, classes=classes)
    )


def a_number(name: str) -> NumberColumn:
    return NumberColumn(name=name, minimum=0, maximum=1)


def program(line: str) -> tuple[str, ...]:
    return (sys.executable, "-c", line)


class Answering:
    """A model that answers its first column, and an engine that answers more."""

    def __init__(self, more: float = 0.0) -> None:
        self.contract, self.more, self.recipe = contract(), more, object()
        self.validator = FrameValidator(self.contract)

    def score(self, block: Any) -> Any:
        return np.array(block.columns["a"], dtype=np.float64)[:, None]

    def predict(self, plan: Any, model_id: str, sample: pl.DataFrame, width: int) -> Any:
        return np.array(sample["a"])[:, None] + self.more

    def differing(self, block: Any) -> int:
        return 1


HOLDOUT = pl.DataFrame({"a": [0.1, 0.2], "y": [0.1, 0.2]})


def failing_checks(folder: Path) -> list[Check]:
    gate = Gate(Broken(), SETTINGS, folder)  # type: ignore[arg-type]
    engine: Any = Answering(0.5)
    model: Any = Answering()
    plan: Any = SimpleNamespace(contract=contract())
    multiclass = contract("y", ("a", "b", "c"), ProblemType.MULTICLASS)
    level = CategoryColumn(name="a", levels=("x",))
    return [
        *gate.examine(version()),
        *gate.score_champion(None, version(), None)[1],  # type: ignore[arg-type]
        size_check(3 * 2**20, SETTINGS),
        speed_check(0.25, SETTINGS),
        served(folder, command=program("import time; time.sleep(60)"), seconds=0.2),
        served(folder, command=program("import sys; sys.exit('there is no Java here')")),
        served(folder, command=program("import os; os._exit(9)")),
        served(folder, command=program("import os; os.kill(os.getpid(), 9)")),
        candidate.agreement(engine, plan, "GBM_1", model, HOLDOUT),
        *candidate.reproduction(model, HOLDOUT),
        contract_check(contract("other"), contract(), 3),
        contract_check(multiclass, contract(), 3),
        contract_check(contract(), contract("y", ("a", "b"), ProblemType.BINARY), 3),
        contract_check(contract("y", ("a", "b"), ProblemType.BINARY), contract("y", ("a", "c"), ProblemType.BINARY), 3),
        contract_check(contract("y", (), ProblemType.REGRESSION, a_number("a"), a_number("b")), contract(), 3),
        contract_check(contract("y", (), ProblemType.REGRESSION, level), contract(), 3),
        contract_check(contract("y", (), ProblemType.REGRESSION, a_number("b")), contract(), 3),
    ]


def keys(message: Any) -> set[str]:
    """All keys of the catalogue in a message as JSON."""
    if not isinstance(message, dict):
        return set()
    own = {message["key"]} if "key" in message else set()
    return own.union(*(keys(each) for each in message.get("facts", {}).values()))


def scored(error: float) -> ScoredRows:
    noise = np.random.default_rng(1).normal(size=len(TRUTH))
    return ScoredRows(ProblemType.REGRESSION, TRUTH, (TRUTH + error * noise)[:, None])


def verdict(*checks: Check, ours: float = 1.0, theirs: float | None = None, champion: int | None = 3) -> Verdict:
    champions = None if theirs is None else scored(theirs)
    return decide(Comparison("rmse", scored(ours), champions, champion, checks, 42), 50)


def test_every_check_that_fails_says_so_in_french(tmp_path: Path) -> None:
    checks = failing_checks(tmp_path)
    assert not any(check.passed for check in checks)
    for check in checks:
        sentences = check.said(FR), said_or(verdict(check).message, "", FR)
        assert [english_words(each) for each in sentences] == [set(), set()], sentences
        assert f"«\u00a0{check.name}\u00a0»" not in sentences[1] or check.name == "champion"
    told = set().union(*(keys(check.message) for check in checks))
    wanted = {key for key in catalogue("fr") if key.split(".")[0] in ("check_detail", "incompatible")}
    assert wanted - told == {"check_detail.golden_rows", "check_detail.callers", "check_detail.same_features"}


def test_every_verdict_says_so_in_french() -> None:
    found = [
        verdict(champion=None),
        verdict(),
        verdict(ours=0.5, theirs=1.0),
        verdict(ours=1.0, theirs=0.5),
        verdict(ours=1.0, theirs=1.0),
        verdict(size_check(3 * 2**20, SETTINGS)),
    ]
    for each in found:
        sentence = said_or(each.message, "", FR)
        assert sentence != each.reason
        assert english_words(sentence) == set(), sentence
    told = set().union(*(keys(each.message) for each in found))
    verdicts = {key for key in catalogue("fr") if key.startswith("verdict_reason.")}
    assert verdicts - told <= {"verdict_reason.plus", "verdict_reason.compared"}


def test_every_check_has_a_french_name() -> None:
    names = ("golden rows", "size", "speed", "served", "champion", "contract", "engine agrees", "recipe")
    for name in names:
        title = Check(name=name, passed=True, detail="").title
        assert not isinstance(title, str)
        assert english_words(title.said(FR)) == set()
