"""`tablee sources`: queries and folders that fill data sets on a schedule."""

from __future__ import annotations

import time
from typing import Annotated

import typer
from rich.console import RenderableType
from rich.text import Text

from tablee.errors import Conflict, TableeError
from tablee.jobs.source import Outcome, Prefix, Query, SourceOrder, SourcePhase, SourceView
from tablee_cli.exits import Exit
from tablee_cli.options.shared import Commands, checked
from tablee_cli.options.source import Origin, Schedule, SourceActions
from tablee_cli.output.tables import moment, stacked, table
from tablee_cli.person import person
from tablee_cli.session import Session
from tablee_client.schemas.sources import SourcePreview

Name = Annotated[str, typer.Argument(help="Name of the source.")]
LOOK_SECONDS = 0.5


def register(app: Commands) -> None:
    sources = Commands(help="Sources: queries and folders that fill data sets, on time.", no_args_is_help=True)
    sources.add(add)
    sources.add(list_all, "list")
    sources.add(show)
    sources.add(run)
    sources.add(cancel)
    sources.add(pause)
    sources.add(resume)
    sources.add(remove)
    sources.add(connections)
    app.add_typer(sources, name="sources")


def add(
    session: Session,
    name: Name,
    origin: Origin,
    schedule: Schedule,
    taken_out: SourceActions,
    dataset: Annotated[
        str | None, typer.Option("--dataset", help="Data set to fill; named as the source when left out.")
    ] = None,
    preview: Annotated[
        bool, typer.Option("--preview", help="Show the first rows and what seems personal in them; keep nothing.")
    ] = False,
) -> None:
    """Keep a source: a query, or files below a prefix; it takes the place of one of the same name."""
    members = {
        "of": origin.member,
        "dataset": dataset,
        "schedule": schedule.member,
        "actions": taken_out.member,
        "by": person(),
    }
    order, client = checked(SourceOrder, members), session.platform.controller.sources
    if preview:
        found, answer = session.asked(lambda: client.preview(order))
        session.show(answer, lambda: _preview(found))
        return
    kept, answer = session.asked(lambda: client.save(name, order))
    session.show(answer, lambda: f"source {name} kept; it fills the data set {kept.dataset}, {_next(kept)}")


def list_all(session: Session) -> None:
    """List the sources, each with its last run and its next time."""
    found, answer = session.asked(session.platform.controller.sources.list)
    columns = ("source", "data set", "from", "phase", "last run", "ended", "rows", "refused", "next")
    session.show(answer, lambda: table(columns, [_row(each) for each in found]))


def show(session: Session, name: Name) -> None:
    """Show a source: what it takes from where, how the last run went, which files were refused."""
    found, answer = session.asked(lambda: session.platform.controller.sources.get(name))
    session.show(answer, lambda: _source(found))


def run(
    session: Session,
    name: Name,
    wait: Annotated[
        bool,
        typer.Option("--wait/--detach", help="Stay until it has ended, exit code 4 if it fails; or return at once."),
    ] = False,
) -> None:
    """Run a source now, though it is paused or not due."""
    client = session.platform.controller.sources
    view, answer = session.asked(lambda: client.run(name, by=person()))
    if not wait:
        session.show(answer, lambda: f"source {name} is asked to run; `tablee sources show {name}` shows it")
        return
    while view.asked is not None or view.phase is SourcePhase.RUNNING:
        time.sleep(LOOK_SECONDS)
        view, answer = session.asked(lambda: client.get(name))
    done = view.run
    if done is None or done.outcome not in (Outcome.ADDED, Outcome.UNCHANGED):
        problem = done.error if done else None
        ended = Conflict("source_run", source=name, outcome=_ended(view))
        session.report(TableeError.from_problem(problem) if problem else ended)
        raise typer.Exit(Exit.ENDED_BADLY)
    session.show(answer, lambda: f"source {name}: {_ended(view)}")


def cancel(session: Session, name: Name) -> None:
    """End the run of a source; versions that were made stay."""
    _, answer = session.asked(lambda: session.platform.controller.sources.cancel(name))
    session.show(answer, lambda: f"source {name} is being stopped")


def pause(session: Session, name: Name) -> None:
    """Let the times of a source pass, until it is resumed."""
    _, answer = session.asked(lambda: session.platform.controller.sources.pause(name))
    session.show(answer, lambda: f"source {name} is paused")


def resume(session: Session, name: Name) -> None:
    """Have a source run at its times again."""
    view, answer = session.asked(lambda: session.platform.controller.sources.resume(name))
    session.show(answer, lambda: f"source {name} runs again, {_next(view)}")


def remove(session: Session, name: Name) -> None:
    """Forget a source; the data set and its versions stay."""
    session.platform.controller.sources.delete(name)
    session.show({"removed": name}, lambda: f"source {name} removed")


def connections(session: Session) -> None:
    """List the databases and object stores that sources may name; what they hold is never shown."""
    found, answer = session.asked(session.platform.controller.sources.connections)
    kinds = {"query": "database", "prefix": "object store"}
    rows = [(each.name, kinds[each.kind]) for each in found]
    session.show(answer, lambda: table(("connection", "leads to"), rows))


def _preview(preview: SourcePreview) -> RenderableType:
    sniffed = preview.sniffed
    names = [f"{name} ({sniffed.kinds[name]})" for name in sniffed.columns]
    rows = [[row[name] for name in sniffed.columns] for row in sniffed.rows[:10]]
    found = [
        (each.column, each.kind, f"{each.confidence:.0%}", each.proposal.kind) for each in preview.findings.findings
    ]
    personal = table(("column", "seems to hold", "sure", "proposed"), found) if found else "no personal data was found"
    return stacked(table(names, rows), personal)


def _next(view: SourceView) -> str:
    if view.paused:
        return "and is paused"
    return f"next at {moment(view.due)}" if view.due else "when somebody asks: `tablee sources run`"


def _from(view: SourceView) -> str:
    of = view.order.of
    if isinstance(of, Prefix):
        return f"{of.address} ({of.mode})"
    return f"query on {of.connection}"


def _row(view: SourceView) -> tuple[object, ...]:
    last = view.run
    return (
        view.name,
        view.dataset,
        _from(view),
        "paused" if view.paused and view.phase is SourcePhase.IDLE else view.phase.value,
        str(last.outcome) if last and last.outcome else None,
        moment(last.ended) if last and last.ended else None,
        last.rows if last else None,
        len(view.refused) or None,
        moment(view.due) if view.due else None,
    )


def _ended(view: SourceView) -> str:
    last = view.run
    if last is None or last.outcome is None:
        return "it has not run yet"
    told = f"{last.outcome}, {last.rows:,} rows"
    if last.version:
        told += f", version {last.version} of {view.dataset}"
    return f"{told}; {last.message}" if last.message else told


def _source(view: SourceView) -> RenderableType:
    shown: list[RenderableType] = [Text(f"{view.name}: {_from(view)} fills {view.dataset}, {_next(view)}", "bold")]
    if isinstance(view.order.of, Query):
        shown.append(Text(view.order.of.sql, "dim"))
    if view.order.actions:
        shown.append(Text(", ".join(f"{each.kind} {each.column}" for each in view.order.actions)))
    last = view.run
    if view.phase is SourcePhase.RUNNING and last is not None:
        shown.append(Text(f"running since {moment(last.started)}: {last.rows:,} rows"))
    else:
        shown.append(Text(_ended(view), "red" if last and last.error else ""))
    shown += [Text(f"«{each.key}» refused: {each.error.get('detail')}", "red") for each in view.refused]
    return stacked(*shown)
