"""`tablee sources`: standing orders that fill data sets."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Annotated, Any

import orjson
import typer
from pydantic import ValidationError
from rich.console import RenderableType
from rich.text import Text

from tablee.errors import InvalidRequest, TableeError
from tablee.http.validation_errors import request_error
from tablee.jobs.source import Every, Outcome, Prefix, Query, SourceOrder, SourcePhase, SourceView
from tablee_cli.client import Json, part
from tablee_cli.commands.models import person
from tablee_cli.exits import Exit
from tablee_cli.options import Commands
from tablee_cli.session import Session
from tablee_cli.tables import moment, stacked, table

Name = Annotated[str, typer.Argument(help="Name of the source.")]
UNITS = {"m": 1, "h": 60, "d": 24 * 60}
"""Minutes of what may stand behind the number of --every."""
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
    query: Annotated[str | None, typer.Option("--query", help="A SELECT; its rows are the data set.")] = None,
    query_file: Annotated[
        Path | None, typer.Option("--query-file", exists=True, dir_okay=False, help="The same, in a file.")
    ] = None,
    prefix: Annotated[
        str | None,
        typer.Option("--prefix", help="s3://bucket/folder/, or a folder of the object store: inbox/."),
    ] = None,
    connection: Annotated[
        str | None, typer.Option("--connection", help="Where: one of those `tablee sources connections` lists.")
    ] = None,
    replace: Annotated[
        bool, typer.Option("--replace/--append", help="The newest file is the data set; or all files together are.")
    ] = False,
    dataset: Annotated[
        str | None, typer.Option("--dataset", help="Data set to fill; named as the source when left out.")
    ] = None,
    every: Annotated[str | None, typer.Option("--every", help="When: 15m, 12h, 7d.")] = None,
    cron: Annotated[str | None, typer.Option("--cron", help="When: a cron expression in UTC, '30 6 * * 1-5'.")] = None,
    drop: Annotated[
        list[str] | None, typer.Option("--drop", metavar="COLUMN", help="Never stored. May be repeated.")
    ] = None,
    pseudonym: Annotated[
        list[str] | None,
        typer.Option("--pseudonym", metavar="COLUMN", help="Stored as keyed pseudonyms only. May be repeated."),
    ] = None,
    actions: Annotated[
        Path | None,
        typer.Option("--actions", exists=True, dir_okay=False, help="JSON list of privacy actions: docs/privacy.md."),
    ] = None,
    text: Annotated[
        list[str] | None,
        typer.Option("--text", metavar="COLUMN", help="Of files: keep a column as text. May be repeated."),
    ] = None,
    preview: Annotated[
        bool, typer.Option("--preview", help="Show the first rows and what seems personal in them; keep nothing.")
    ] = False,
    max_seconds: Annotated[
        int | None, typer.Option("--max-seconds", min=1, help="Of a query, then it is ended.")
    ] = None,
) -> None:
    """Keep a source: a query, or files below a prefix; it takes the place of one of the same name."""
    sql = query_file.read_text(encoding="utf-8") if query_file is not None else query
    if (sql is None) == (prefix is None) or (query is not None and query_file is not None):
        raise typer.BadParameter("give exactly one of --query, --query-file and --prefix")
    if every is not None and cron is not None:
        raise typer.BadParameter("give --every or --cron, not both")
    of: Json = {"connection": connection}
    if sql is not None:
        of |= {"kind": "query", "sql": sql} | ({} if max_seconds is None else {"max_seconds": max_seconds})
    else:
        mode = "replace" if replace else "append"
        of |= {"kind": "prefix", "address": prefix, "mode": mode, "options": {"texts": text or []}}
    wanted = orjson.loads(actions.read_bytes()) if actions is not None else []
    wanted += [{"kind": "drop", "column": column} for column in drop or ()]
    wanted += [{"kind": "pseudonym", "column": column} for column in pseudonym or ()]
    schedule = {"kind": "cron", "expression": cron} if cron is not None else every and _every(every)
    asked = {"of": of, "dataset": dataset, "schedule": schedule, "actions": wanted, "by": person()}
    try:
        order = SourceOrder.model_validate(asked)
    except ValidationError as error:
        raise request_error(error.errors(include_url=False)) from None
    if preview:
        shown = session.platform.controller.post("/sources/preview", order.model_dump(mode="json"))
        session.show(shown, lambda: _preview(shown))
        return
    answer = session.platform.controller.call("PUT", f"/sources/{part(name)}", json=order.model_dump(mode="json"))
    kept = SourceView.model_validate_json(answer.content)
    session.show(answer.json(), lambda: f"source {name} kept; it fills the data set {kept.dataset}, {_next(kept)}")


def list_all(session: Session) -> None:
    """List the sources, each with its last run and its next time."""
    answer = session.platform.controller.get("/sources")
    found = [SourceView.model_validate(each) for each in answer["sources"]]
    columns = ("source", "data set", "from", "phase", "last run", "ended", "rows", "refused", "next")
    session.show(answer, lambda: table(columns, [_row(each) for each in found]))


def show(session: Session, name: Name) -> None:
    """Show a source: what it takes from where, how the last run went, which files were refused."""
    answer = session.platform.controller.get(f"/sources/{part(name)}")
    session.show(answer, lambda: _source(SourceView.model_validate(answer)))


def run(
    session: Session,
    name: Name,
    wait: Annotated[
        bool,
        typer.Option("--wait/--detach", help="Stay until it has ended, exit code 4 if it fails; or return at once."),
    ] = False,
) -> None:
    """Run a source now, though it is paused or not due."""
    controller, path = session.platform.controller, f"/sources/{part(name)}"
    answer = controller.call("POST", f"{path}/run", params={"by": person()}).json()
    if not wait:
        session.show(answer, lambda: f"source {name} is asked to run; `tablee sources show {name}` shows it")
        return
    view = SourceView.model_validate(answer)
    while view.asked is not None or view.phase is SourcePhase.RUNNING:
        time.sleep(LOOK_SECONDS)
        answer = controller.get(path)
        view = SourceView.model_validate(answer)
    done = view.run
    if done is None or done.outcome not in (Outcome.ADDED, Outcome.UNCHANGED):
        problem = (done.error if done else None) or {"code": "conflict", "detail": f"source {name}: {_ended(view)}"}
        session.report(TableeError.from_problem(problem))
        raise typer.Exit(Exit.ENDED_BADLY)
    session.show(answer, lambda: f"source {name}: {_ended(view)}")


def cancel(session: Session, name: Name) -> None:
    """End the run of a source; versions that were made stay."""
    answer = session.platform.controller.post(f"/sources/{part(name)}/cancel")
    session.show(answer, lambda: f"source {name} is being stopped")


def pause(session: Session, name: Name) -> None:
    """Let the times of a source pass, until it is resumed."""
    answer = session.platform.controller.post(f"/sources/{part(name)}/pause")
    session.show(answer, lambda: f"source {name} is paused")


def resume(session: Session, name: Name) -> None:
    """Have a source run at its times again."""
    answer = session.platform.controller.post(f"/sources/{part(name)}/resume")
    session.show(answer, lambda: f"source {name} runs again, {_next(SourceView.model_validate(answer))}")


def remove(session: Session, name: Name) -> None:
    """Forget a source; the data set and its versions stay."""
    session.platform.controller.call("DELETE", f"/sources/{part(name)}")
    session.show({"removed": name}, lambda: f"source {name} removed")


def connections(session: Session) -> None:
    """List the databases and object stores that sources may name; what they hold is never shown."""
    answer = session.platform.controller.get("/connections")
    kinds = {"query": "database", "prefix": "object store"}
    rows = [(each["name"], kinds[each["kind"]]) for each in answer["connections"]]
    session.show(answer, lambda: table(("connection", "leads to"), rows))


def _preview(answer: Json) -> RenderableType:
    sniffed = answer["sniffed"]
    names = [f"{name} ({sniffed['kinds'][name]})" for name in sniffed["columns"]]
    rows = [[row[name] for name in sniffed["columns"]] for row in sniffed["rows"][:10]]
    found = [
        (each["column"], each["kind"], f"{each['confidence']:.0%}", each["proposal"]["kind"])
        for each in answer["findings"]["findings"]
    ]
    personal = table(("column", "seems to hold", "sure", "proposed"), found) if found else "no personal data was found"
    return stacked(table(names, rows), personal)


def _every(text: str) -> dict[str, Any]:
    number, unit = text[:-1], text[-1:]
    if not number.isdigit() or unit not in UNITS:
        raise InvalidRequest(f"«{text}» says not how often", hint="Write a number with m, h or d: 15m, 12h, 7d.")
    try:
        return Every(minutes=int(number) * UNITS[unit]).model_dump()
    except ValidationError:
        raise InvalidRequest(f"«{text}» is less than a minute or more than a year") from None


def _next(view: SourceView) -> str:
    if view.paused:
        return "and is paused"
    return f"next at {moment(view.due.isoformat())}" if view.due else "when somebody asks: `tablee sources run`"


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
        moment(last.ended.isoformat()) if last and last.ended else None,
        last.rows if last else None,
        len(view.refused) or None,
        moment(view.due.isoformat()) if view.due else None,
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
        shown.append(Text(f"running since {moment(last.started.isoformat())}: {last.rows:,} rows"))
    else:
        shown.append(Text(_ended(view), "red" if last and last.error else ""))
    shown += [Text(f"«{each.key}» refused: {each.error.get('detail')}", "red") for each in view.refused]
    return stacked(*shown)
