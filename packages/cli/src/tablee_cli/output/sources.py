"""Formats sources, their runs, and previews of them."""

from __future__ import annotations

from rich.console import RenderableType
from rich.text import Text

from tablee.http.schemas.sources import SourcePreview
from tablee.jobs.source import Prefix, Query, SourcePhase, SourceView
from tablee_cli.output.tables import moment, stacked, table


def preview(found: SourcePreview) -> RenderableType:
    """The first rows that a source would fetch, and the personal data that they seem to hold."""
    sniffed = found.sniffed
    names = [f"{name} ({sniffed.kinds[name]})" for name in sniffed.columns]
    rows = [[row[name] for name in sniffed.columns] for row in sniffed.rows[:10]]
    held = [(each.column, each.kind, f"{each.confidence:.0%}", each.proposal.kind) for each in found.findings.findings]
    personal = table(("column", "seems to hold", "sure", "proposed"), held) if held else "no personal data was found"
    return stacked(table(names, rows), personal)


def next_run(view: SourceView) -> str:
    """When the source runs next."""
    if view.paused:
        return "and is paused"
    return f"next at {moment(view.due)}" if view.due else "when somebody asks: `tablee sources run`"


def _from(view: SourceView) -> str:
    of = view.order.of
    if isinstance(of, Prefix):
        return f"{of.address} ({of.mode})"
    return f"query on {of.connection}"


def row(view: SourceView) -> tuple[object, ...]:
    """The cells of a source in the list of all sources."""
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


def result(view: SourceView) -> str:
    """The outcome of the last run."""
    last = view.run
    if last is None or last.outcome is None:
        return "it has not run yet"
    told = f"{last.outcome}, {last.rows:,} rows"
    if last.version:
        told += f", version {last.version} of {view.dataset}"
    return f"{told}; {last.message}" if last.message else told


def details(view: SourceView) -> RenderableType:
    """A source: its order, its last run, and the files that it refused."""
    shown: list[RenderableType] = [Text(f"{view.name}: {_from(view)} fills {view.dataset}, {next_run(view)}", "bold")]
    if isinstance(view.order.of, Query):
        shown.append(Text(view.order.of.sql, "dim"))
    if view.order.actions:
        shown.append(Text(", ".join(f"{each.kind} {each.column}" for each in view.order.actions)))
    last = view.run
    if view.phase is SourcePhase.RUNNING and last is not None:
        shown.append(Text(f"running since {moment(last.started)}: {last.rows:,} rows"))
    else:
        shown.append(Text(result(view), "red" if last and last.error else ""))
    shown += [Text(f"«{each.key}» refused: {each.error.get('detail')}", "red") for each in view.refused]
    return stacked(*shown)
