"""`tablee demo`: the whole chain on a bundled data set, from nothing to a prediction with its reasons."""

from __future__ import annotations

import shlex
import time
from importlib import resources
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.text import Text

from tablee.errors import NotFound, TableeError, TrainingFailed
from tablee.http.schemas.inference import RowPredictions
from tablee.jobs.training import TrainingRequest
from tablee_cli.commands.models import wait_until_served
from tablee_cli.commands.predict import explained, predict_row
from tablee_cli.commands.stack import addresses, interruptible, start
from tablee_cli.commands.training import follow
from tablee_cli.options.shared import Commands, checked
from tablee_cli.options.training import OPTIONS
from tablee_cli.sending import upload
from tablee_cli.session import Session
from tablee_cli.stack.messages import EventPrinter
from tablee_cli.stack.plan import StackChoices
from tablee_cli.stack.stack import Stack
from tablee_cli.stack.state_file import StackRecord

MODEL, TARGET = "penguins", "species"
DATA = "data/penguins.csv"
"""Path of the bundled data set, relative to this package."""


def register(app: Commands) -> None:
    app.add(demo)


def demo(
    session: Session,
    seconds: Annotated[int, typer.Option("--seconds", min=5)] = 60,
    detach: Annotated[bool, typer.Option("--detach")] = False,
    data: Annotated[Path | None, typer.Option("--data")] = None,
) -> None:
    """Start the stack, train on penguins, serve the best model, predict; then stay up until Ctrl-C."""
    began, texts = time.monotonic(), session.texts
    file = data or Path(str(resources.files("tablee_cli").joinpath(DATA)))
    ran_before = bool(StackRecord.read(session.home.record).components)
    with interruptible():
        record = start(session, StackChoices(session.key))
        keep = detach
        try:
            predictions, answer = _chain(session, file, seconds)
            session.note(Text(f"\n{texts('demo.ready', seconds=round(time.monotonic() - began))}", "bold"))
            urls = {name: found.url for name, found in record.components.items()}
            session.show({"urls": urls, "answer": answer}, lambda: explained(predictions, texts))
            _what_next(session, record, file.absolute())
            if not detach:
                _stay(session)
        except Exception:
            keep = ran_before
            raise
        except KeyboardInterrupt:
            keep = False
            raise
        finally:
            if not keep:
                with EventPrinter(session) as printer:
                    Stack(session.home, tell=printer.tell).down()
                session.note(texts("demo.kept"))


def _chain(session: Session, file: Path, seconds: int) -> tuple[RowPredictions, Any]:
    """Add the data set, train (unless there is a champion), wait for the roll-out, and predict one row.

    :return: the predictions, and the API's response as JSON.
    """
    champion, texts = _champion(session), session.texts
    if champion is None:
        manifest, _, _ = upload(session, file, MODEL)
        shape = texts("data.shape", rows=manifest.rows, columns=len(manifest.columns))
        session.note(f"\n{texts('demo.data', name=MODEL, shape=shape)}")
        session.note(texts("demo.training", seconds=seconds, target=TARGET))
        request = checked(TrainingRequest, {"dataset": MODEL, "target": TARGET, "max_seconds": seconds}, OPTIONS)
        state = follow(session, session.platform.controller.trainings.start(request).id)
        if state.version is None or not state.promoted:
            raise TrainingFailed("not_promoted", message=state.sentence)
        champion = state.version
        session.note(texts("demo.promoted", version=champion))
    else:
        session.note(f"\n{texts('demo.known', model=MODEL, version=champion)}")
    session.note(texts("demo.waiting"))
    wait_until_served(session, MODEL, champion)
    return predict_row(session, MODEL, _example(session), explain=True)


def _champion(session: Session) -> int | None:
    try:
        return session.platform.controller.models.get(MODEL).champion
    except NotFound:
        return None


def _example(session: Session) -> dict[str, Any]:
    """An example row from the model's contract; if possible, one without missing values."""
    examples = session.platform.api.model(MODEL).contract.examples
    if not examples:
        raise TableeError("no_example_rows", model=MODEL)
    return dict(next((row for row in examples if None not in row.values()), examples[0]))


def _what_next(session: Session, record: StackRecord, file: Path) -> None:
    session.note(Text(f"\n{session.texts('demo.running')}", "bold"))
    if not session.json:
        session.err.print(addresses(record, session.texts))
    session.note(Text(session.texts("demo.next"), "bold"))
    program = ".venv/bin/tablee" if Path(".venv/bin/tablee").exists() else "tablee"
    where = "" if session.home.root == Path(".tablee").absolute() else f" --home {_quoted(session.home.root)}"
    for arguments in (
        f"predict {MODEL} {_quoted(file)} --out predictions.csv",
        f"train --data {MODEL} --target {TARGET} --seconds 120 --wait",
        f"models {MODEL}",
    ):
        session.note(f"  {program} {arguments}{where}")


def _quoted(path: Path) -> str:
    """The path quoted for a shell; relative to the working directory if it is below it."""
    here = Path.cwd()
    return shlex.quote(str(path.relative_to(here) if path.is_relative_to(here) else path))


def _stay(session: Session) -> None:
    """Wait for Ctrl-C. It is the usual end of the demo, so the exit code is 0."""
    try:
        session.note(f"\n{session.texts('demo.stays')}")
        while True:  # not `signal.pause`: it would miss a signal that arrives just before the call
            time.sleep(1)
    except KeyboardInterrupt:
        session.note("")
