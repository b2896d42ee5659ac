"""`tablee sources`: queries and folders that fill data sets on a schedule."""

from __future__ import annotations

import time
from typing import Annotated

import typer

from tablee.errors import Conflict, TableeError
from tablee.jobs.source import Outcome, SourceOrder, SourcePhase
from tablee_cli.exits import Exit
from tablee_cli.options.reading import ReadAs
from tablee_cli.options.shared import Commands, checked
from tablee_cli.options.source import OPTIONS, Origin, Schedule, SourceActions
from tablee_cli.output import sources
from tablee_cli.output.tables import table
from tablee_cli.person import person
from tablee_cli.session import Session
from tablee_cli.texts import headings

Name = Annotated[str, typer.Argument()]
LOOK_SECONDS = 0.5


def register(app: Commands) -> None:
    group = Commands(no_args_is_help=True)
    group.add(add)
    group.add(list_all, "list")
    group.add(show)
    group.add(run)
    group.add(cancel)
    group.add(pause)
    group.add(resume)
    group.add(remove)
    group.add(connections)
    app.add_typer(group, name="sources")


def add(
    session: Session,
    name: Name,
    origin: Origin,
    read_as: ReadAs,
    schedule: Schedule,
    taken_out: SourceActions,
    dataset: Annotated[str | None, typer.Option("--dataset")] = None,
    preview: Annotated[bool, typer.Option("--preview")] = False,
) -> None:
    """Save a source: a query, or files below a prefix. A source of the same name is replaced."""
    members = {
        "of": origin.member(read_as.corrections),
        "dataset": dataset,
        "schedule": schedule.member,
        "actions": taken_out.member,
        "by": person(),
    }
    order, client = checked(SourceOrder, members, OPTIONS), session.platform.controller.sources
    if preview:
        found, answer = session.request(lambda: client.preview(order))
        session.show(answer, lambda: sources.preview(found, session.texts))
        return
    kept, answer = session.request(lambda: client.save(name, order))
    texts = session.texts
    session.show(
        answer, lambda: texts("source.kept", name=name, dataset=kept.dataset, next=sources.next_run(kept, texts))
    )


def list_all(session: Session) -> None:
    """List the sources, each with its last and its next run."""
    found, answer = session.request(session.platform.controller.sources.list)
    texts = session.texts
    session.show(
        answer, lambda: table(headings(texts, sources.LISTED), [sources.row(each, texts) for each in found], texts)
    )


def show(session: Session, name: Name) -> None:
    """Show a source: its query or prefix, its last run, and the files that were refused."""
    found, answer = session.request(lambda: session.platform.controller.sources.get(name))
    session.show(answer, lambda: sources.details(found, session.texts))


def run(
    session: Session,
    name: Name,
    wait: Annotated[bool, typer.Option("--wait/--detach")] = False,
) -> None:
    """Run a source now, also if it is paused or not due."""
    client = session.platform.controller.sources
    view, answer = session.request(lambda: client.run(name, by=person()))
    if not wait:
        session.show(answer, lambda: session.texts("source.asked", name=name))
        return
    while view.asked is not None or view.phase is SourcePhase.RUNNING:
        time.sleep(LOOK_SECONDS)
        view, answer = session.request(lambda: client.get(name))
    done = view.run
    if done is None or done.outcome not in (Outcome.ADDED, Outcome.UNCHANGED):
        problem = done.error if done else None
        ended = Conflict("source_run", source=name, outcome=sources.result(view, session.texts))
        session.report(TableeError.from_problem(problem) if problem else ended)
        raise typer.Exit(Exit.ENDED_BADLY)
    session.show(answer, lambda: session.texts("source.ran", name=name, result=sources.result(view, session.texts)))


def cancel(session: Session, name: Name) -> None:
    """Cancel the run of a source. Versions that it has made are kept."""
    _, answer = session.request(lambda: session.platform.controller.sources.cancel(name))
    session.show(answer, lambda: session.texts("source.stopping", name=name))


def pause(session: Session, name: Name) -> None:
    """Pause the schedule of a source until it is resumed."""
    _, answer = session.request(lambda: session.platform.controller.sources.pause(name))
    session.show(answer, lambda: session.texts("source.paused", name=name))


def resume(session: Session, name: Name) -> None:
    """Resume the schedule of a source."""
    texts = session.texts
    view, answer = session.request(lambda: session.platform.controller.sources.resume(name))
    session.show(answer, lambda: texts("source.resumed", name=name, next=sources.next_run(view, texts)))


def remove(session: Session, name: Name) -> None:
    """Remove a source. The data set and its versions are kept."""
    session.platform.controller.sources.delete(name)
    session.show({"removed": name}, lambda: session.texts("source.removed", name=name))


def connections(session: Session) -> None:
    """List the connections to databases and object stores that sources may use, without addresses and passwords."""
    found, answer = session.request(session.platform.controller.sources.connections)
    texts = session.texts
    rows = [(each.name, texts(f"connection_kind.{each.kind}")) for each in found]
    session.show(answer, lambda: table(headings(texts, ("connection", "leads_to")), rows, texts))
