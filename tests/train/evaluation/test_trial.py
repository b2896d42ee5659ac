"""The trial of a candidate by a process of its own: what its answers, its end and its silence become."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest

from tablee.errors import BundleCorrupt
from tablee.errors.base import plain
from tablee.i18n import Translator
from tablee.i18n.message import Message
from tablee_train.evaluation.trial import served

FRENCH = Translator("fr")


def program(*lines: str) -> tuple[str, ...]:
    return (sys.executable, "-c", "import os, sys, time\n" + "\n".join(lines))


def says(message: Message, code: int) -> tuple[str, ...]:
    return program("print('a line of a library')", f"print({json.dumps(plain(message))!r})", f"sys.exit({code})")


def test_the_answer_of_the_api_is_the_answer_of_the_check() -> None:
    check = served(Path("any"), command=says(Message("trial.answered", {"rows": 150}), 0))
    assert (check.name, check.passed) == ("served", True)
    assert check.detail == "the API serves it and answers its 150 golden rows in JSON and CSV, bit for bit"
    assert "150 lignes de référence" in check.said(FRENCH)


def test_a_cause_is_said_in_both_languages() -> None:
    cause = BundleCorrupt("no_golden_rows", file="golden.parquet")
    check = served(Path("any"), command=says(Message("trial.not_loaded", {"cause": cause}), 1))
    assert (check.passed, check.detail) == (False, f"the API cannot load it: {cause.detail}")
    assert check.said(FRENCH).endswith(cause.said(FRENCH))
    kept = type(check).model_validate_json(check.model_dump_json())
    assert kept.said(FRENCH) == check.said(FRENCH)


@pytest.mark.parametrize(
    ("command", "words"),
    [
        (program("sys.stderr.write('no Java here')", "sys.exit(3)"), "no Java here"),
        (program("os._exit(9)"), "exit code 9"),
        (program("print('{}')"), "could not be started"),
        (program("print('[1, 2')", "sys.exit(1)"), "could not be started"),
    ],
)
def test_a_process_that_ends_without_an_answer_fails(command: tuple[str, ...], words: str) -> None:
    check = served(Path("any"), command=command)
    assert not check.passed
    assert words in check.detail


def test_a_process_that_hangs_fails() -> None:
    check = served(Path("any"), command=program("time.sleep(60)"), seconds=0.5)
    assert (check.passed, check.detail) == (False, "the API did not answer its golden rows within 0.5 s")


def test_the_process_gets_no_settings(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TABLEE_OBJECTS__S3__SECRET", "secret")
    lines = "sys.stderr.write(str([name for name in os.environ if name.startswith('TABLEE_')]))", "sys.exit(1)"
    assert "[]" in served(Path("any"), command=program(*lines)).detail
