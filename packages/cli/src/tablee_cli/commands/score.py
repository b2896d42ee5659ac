"""`tablee score`, `tablee scorings`."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import RenderableType
from rich.text import Text

from tablee.errors import ScoringCancelled, ScoringFailed, TableeError
from tablee.i18n.message import said
from tablee.i18n.translator import Translator
from tablee.jobs.scoring import ScoringPhase, ScoringRequest, ScoringState
from tablee_cli.exits import Exit
from tablee_cli.options.reading import ReadAs
from tablee_cli.options.shared import Commands, checked
from tablee_cli.options.usage import WrongUse
from tablee_cli.output.progress import Moment, display, watch, watched
from tablee_cli.output.tables import moment, stacked, table
from tablee_cli.session import Session
from tablee_cli.texts import headings

LISTED = ("scoring", "model", "version", "source", "phase", "parts", "rows", "asked_for", "")
WORKERS = ("worker", "parts", "done", "failed", "rows", "rows_per_second", "at_work_on")


def register(app: Commands) -> None:
    app.add(score)
    app.add(scorings)


def score(
    session: Session,
    read_as: ReadAs,
    source: Annotated[str, typer.Argument()],
    model: Annotated[str, typer.Option("--model")],
    version: Annotated[int | None, typer.Option("--version", min=1)] = None,
    out: Annotated[str | None, typer.Option("--out")] = None,
    parallel: Annotated[int, typer.Option("--parallel", min=1)] = 1,
    wait: Annotated[bool, typer.Option("--wait/--detach")] = False,
) -> None:
    """Predict every file of a folder or bucket with one version, on several workers, each file exactly once. CSV files
    are read as by `tablee data add`, with the same options for all files."""
    reading = read_as.corrections
    members: dict[str, Any] = {"model": model, "version": version, "parallel": parallel}
    members["source"] = _address(session, source)
    if reading.given():
        members["reading"] = reading.model_dump(mode="json", exclude_defaults=True)
    if out is not None:
        members["target"] = _address(session, out)
    request, client = (
        checked(ScoringRequest, members, {"source": "source", "target": "--out"}),
        session.platform.controller.scorings,
    )
    state, answer = session.request(lambda: client.start(request))
    texts = session.texts
    facts = {"id": state.id, "size": texts("scoring.size", parts=state.parts, bytes=state.bytes)}
    if not wait:
        session.show(answer, lambda: texts("scoring.queued", version=state.request.version, **facts))
        return
    session.note(texts("scoring.begun", **facts))
    try:
        ended = watch(lambda: client.get(state.id), display(session, of_scoring))
    except KeyboardInterrupt:
        session.note(f"\n{texts('scoring.goes_on', id=state.id)}")
        raise typer.Exit(Exit.INTERRUPTED) from None
    if ended.phase is not ScoringPhase.DONE:
        raise _failure(ended)
    for remark in _left_out(session, ended):
        session.note(remark)
    session.show(ended.model_dump(mode="json"), lambda: _summary(ended, texts))


def scorings(
    session: Session,
    scoring_id: Annotated[str | None, typer.Argument(metavar="[ID]")] = None,
    limit: Annotated[int, typer.Option("--limit", min=1, max=1000)] = 20,
    log: Annotated[bool, typer.Option("--log")] = False,
) -> None:
    """List the scorings, newest first, or show one."""
    client = session.platform.controller.scorings
    if scoring_id is None:
        if log:
            raise WrongUse("log_of", at="--log", command="tablee scorings")
        found, answer = session.request(lambda: client.list(limit))
        session.show(answer, lambda: _list(found, session.texts))
        return
    state, answer = session.request(lambda: client.get(scoring_id))
    tail = client.log(scoring_id) if log else None
    remarks = _left_out(session, state)
    session.show(answer | ({"log": tail} if log else {}), lambda: _scoring(state, remarks, tail, session.texts))


def of_scoring(state: ScoringState, texts: Translator) -> Moment:
    """The progress of a scoring, as it is displayed."""
    share = 1.0 if state.phase is ScoringPhase.DONE else state.parts_done / state.parts
    progress = texts("scoring.progress", done=state.parts_done, parts=state.parts, rows=state.rows)
    if state.phase is ScoringPhase.RUNNING and state.rows_per_second:
        progress += f", {texts('scoring.rate', rate=round(state.rows_per_second))}"
    return Moment(texts(f"job_phase.{state.phase}"), share, progress, state.said(texts))


def _address(session: Session, text: str) -> str:
    """The absolute path of a local folder if the platform runs on this machine; any other address unchanged."""
    return str(Path(text).resolve()) if session.url is None and "://" not in text and Path(text).exists() else text


def _failure(state: ScoringState) -> TableeError:
    if state.phase is ScoringPhase.CANCELLED:
        return ScoringCancelled("watched_scoring", scoring=state.id, message=state.sentence)
    return watched(ScoringFailed, "scoring", state.id, state)


def _summary(state: ScoringState, texts: Translator) -> str:
    request = state.request
    facts = {"rows": state.rows, "parts": state.parts, "model": request.model, "version": request.version}
    scored = texts("scoring.scored", **facts)
    if state.rows_per_second:
        scored = texts("scoring.at_rate", scored=scored, rate=round(state.rows_per_second))
    if state.warnings:
        scored = texts("scoring.warned", scored=scored, warnings=state.warnings)
    return texts("scoring.outputs", scored=scored, target=str(request.target))


def _list(found: list[ScoringState], texts: Translator) -> RenderableType:
    rows = [
        (
            each.id,
            each.request.model,
            each.request.version,
            each.request.source,
            texts(f"job_phase.{each.phase}"),
            each.parts,
            each.rows or None,
            moment(each.created),
            each.said(texts),
        )
        for each in found
    ]
    return table(headings(texts, LISTED), rows, texts)


def _left_out(session: Session, state: ScoringState) -> list[str]:
    return [session.texts("question.left_out", columns=", ".join(state.left_out))] if state.left_out else []


def _scoring(state: ScoringState, remarks: list[str], log: str | None, texts: Translator) -> RenderableType:
    request, now = state.request, of_scoring(state, texts)
    facts = {"model": request.model, "version": request.version, "source": request.source, "target": request.target}
    shown: list[RenderableType] = [
        Text(texts("scoring.head", **facts), "bold"),
        Text(", ".join(filter(None, (now.phase, now.progress, now.message)))),
    ]
    if state.expected_end is not None:
        shown.append(Text(texts("scoring.expected", moment=moment(state.expected_end))))
    if state.workers:
        shown.append(table(headings(texts, WORKERS), _workers(state, texts), texts))
    shown += [Text(remark) for remark in remarks]
    for failed in state.failed:
        shown.append(Text(texts("scoring.part_failed", name=failed.name, why=said(failed.why, texts)), "red"))
    if log is not None:
        shown.append(Text(log.rstrip() or texts("scoring.empty_log"), "dim"))
    return stacked(*shown)


def _workers(state: ScoringState, texts: Translator) -> Iterator[tuple[object, ...]]:
    for each in state.workers:
        rate = round(each.rows_per_second) if each.rows_per_second else None
        now = each.part or each.said(texts)
        yield each.worker, each.parts, each.parts_done, each.failed_parts, each.rows, rate, now
