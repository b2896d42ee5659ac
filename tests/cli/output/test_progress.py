"""Progress of a training: output for each change, also while the platform does not answer for a short time."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
from rich.console import Console

from tablee.errors import NotRunning
from tablee.jobs.training import TrainingRequest, TrainingState
from tablee_cli.output.progress import Display, Lines, Live, Moment, Silent, models_so_far, of_training, watch
from tablee_cli.texts import texts_in

NOW = datetime.now(UTC)


def state(phase: str, **members: Any) -> TrainingState:
    request = TrainingRequest(dataset="x", target="y")
    return TrainingState.model_validate(
        {"id": "t", "request": request, "phase": phase, "created": NOW, "updated": NOW} | members
    )


EN = texts_in("en")


def of_english(state: TrainingState) -> Moment:
    return of_training(state, EN)


STATES = [
    state("queued"),
    state("training", progress=0.2, models=1, metric="auc", best=0.75),
    state("training", progress=0.3, models=1, metric="auc", best=0.75),
    state("training", progress=0.4, models=2, metric="auc", best=0.8123456),
    state("succeeded", progress=1.0, models=2, metric="auc", best=0.8123456, message="Done [all]."),
]


def fetching(answers: Iterator[TrainingState | Exception]) -> Callable[[], TrainingState]:
    def fetch() -> TrainingState:
        answer = next(answers)
        if isinstance(answer, Exception):
            raise answer
        return answer

    return fetch


def test_each_change_is_one_line() -> None:
    out = io.StringIO()
    shown = Lines(Console(file=out, markup=False, highlight=False, width=100), of_english)
    end = watch(fetching(iter(STATES)), shown, sleep=lambda _seconds: None)
    assert end is STATES[-1]
    assert out.getvalue().splitlines() == [
        "queued             0%",
        "training          20%  1 model, best auc 0.75",
        "training          40%  2 models, best auc 0.81235",
        "succeeded        100%  Done [all].",
    ]


def test_a_terminal_shows_one_line_that_is_updated() -> None:
    out = io.StringIO()
    watch(
        fetching(iter(STATES)),
        Live(Console(file=out, force_terminal=True, width=120), of_english),
        sleep=lambda _seconds: None,
    )
    assert "2 models, best auc 0.81235" in out.getvalue()


@pytest.mark.parametrize("shown", [Silent(), Lines(Console(file=io.StringIO()), of_english)], ids=["silent", "lines"])
def test_a_short_time_without_an_answer_is_no_error(shown: Display[TrainingState]) -> None:
    answers = iter([STATES[0], NotRunning("away"), NotRunning("away"), STATES[-1]])
    assert watch(fetching(answers), shown, sleep=lambda _seconds: None) is STATES[-1]


def test_the_progress_before_the_first_model_is_empty() -> None:
    assert models_so_far(STATES[0], EN) == ""
