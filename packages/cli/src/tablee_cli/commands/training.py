"""`tablee train`, `tablee trainings`, `tablee cancel`."""

from __future__ import annotations

from typing import Annotated

import typer

from tablee.errors import NotFound, ScoringNotFound, TableeError, TrainingCancelled, TrainingFailed, TrainingNotFound
from tablee.jobs.training import Phase, TrainingRequest, TrainingState
from tablee_cli.exits import Exit
from tablee_cli.options.shared import Commands, checked
from tablee_cli.options.training import OPTIONS, Columns, Search
from tablee_cli.options.usage import WrongUse
from tablee_cli.output import trainings as output
from tablee_cli.output.progress import display, of_training, watch, watched
from tablee_cli.session import Session


def register(app: Commands) -> None:
    app.add(train)
    app.add(trainings)
    app.add(cancel)


def train(
    session: Session,
    data: Annotated[str, typer.Option("--data")],
    target: Annotated[str, typer.Option("--target")],
    model: Annotated[str | None, typer.Option("--model")] = None,
    *,
    search: Search,
    columns: Columns,
    wait: Annotated[bool, typer.Option("--wait")] = False,
) -> None:
    """Train models on a data set, register the best one, and promote it if it is better than the champion."""
    texts = session.texts
    members = {"dataset": data, "target": target, "model": model, **search.members, **columns.members}
    request = checked(TrainingRequest, members, OPTIONS)
    state, answer = session.request(lambda: session.platform.controller.trainings.start(request))
    _note_remarks(session, state)
    if not wait:
        phase = texts(f"job_phase.{state.phase}")
        session.show(answer, lambda: texts("training.asked", id=state.id, phase=phase))
        return
    session.note(texts("training.begun", id=state.id))
    try:
        ended = follow(session, state.id)
    except KeyboardInterrupt:
        session.note(f"\n{texts('training.goes_on', id=state.id)}")
        raise typer.Exit(Exit.INTERRUPTED) from None
    session.show(ended.model_dump(mode="json"), lambda: output.ended(ended, texts))


def _note_remarks(session: Session, state: TrainingState) -> None:
    for remark in state.said_remarks(session.texts):
        session.note(remark)


def follow(session: Session, training_id: str) -> TrainingState:
    """Show the progress of a training until it ends.

    :raises TrainingFailed: the training failed.
    :raises TrainingCancelled: the training was cancelled.
    """
    trainings = session.platform.controller.trainings
    state = watch(lambda: trainings.get(training_id), display(session, of_training))
    if state.phase is Phase.SUCCEEDED:
        return state
    raise _failure(state)


def trainings(
    session: Session,
    training_id: Annotated[str | None, typer.Argument(metavar="[ID]")] = None,
    limit: Annotated[int, typer.Option("--limit", min=1, max=1000)] = 20,
    log: Annotated[bool, typer.Option("--log")] = False,
) -> None:
    """List the trainings, newest first, or show one."""
    client = session.platform.controller.trainings
    if training_id is None:
        if log:
            raise WrongUse("log_of", at="--log", command="tablee trainings")
        found, answer = session.request(lambda: client.list(limit))
        session.show(answer, lambda: output.listed(found, session.texts))
        return
    state, answer = session.request(lambda: client.get(training_id))
    tail = client.log(training_id) if log else None
    _note_remarks(session, state)
    session.show(answer | ({"log": tail} if log else {}), lambda: output.details(state, tail, session.texts))


def cancel(session: Session, own_id: Annotated[str, typer.Argument(metavar="ID")]) -> None:
    """Cancel a training or a scoring. Registered versions and completed outputs are kept."""
    controller = session.platform.controller
    try:
        _, answer = session.request(lambda: controller.trainings.cancel(own_id))
        asked = "training.asked_to_end"
    except TrainingNotFound:
        try:
            _, answer = session.request(lambda: controller.scorings.cancel(own_id))
            asked = "scoring.asked_to_end"
        except ScoringNotFound:
            raise NotFound("neither_training_nor_scoring", hint="list_jobs", job=own_id) from None
    session.show(answer, lambda: session.texts(asked, id=own_id))


def _failure(state: TrainingState) -> TableeError:
    """The error for a training that did not succeed. Its class decides the exit code."""
    if state.phase is Phase.CANCELLED:
        return TrainingCancelled("watched_training", training=state.id)
    return watched(TrainingFailed, "training", state.id, state)
