"""Formats sources, their runs, and previews of them."""

from __future__ import annotations

from rich.console import RenderableType
from rich.text import Text

from tablee.errors import TableeError
from tablee.errors.base import said_or
from tablee.http.schemas.sources import SourcePreview
from tablee.i18n.data_texts import DataTranslator
from tablee.i18n.translator import Translator
from tablee.jobs.source import Prefix, Query, SourcePhase, SourceRun, SourceView
from tablee_cli.output.datasets import first_rows
from tablee_cli.output.tables import moment, stacked, table
from tablee_cli.texts import headings

LISTED = ("source", "data_set", "from", "phase", "last_run", "ended", "rows", "refused", "next")


def preview(found: SourcePreview, texts: DataTranslator) -> RenderableType:
    """The first rows that a source would fetch, and the personal data that they seem to hold."""
    held = [
        (
            each.column,
            texts(f"personal.{each.kind}"),
            texts.formatter.percent(each.confidence, 0),
            texts(f"remedy.{each.proposal.kind}"),
        )
        for each in found.findings.findings
    ]
    personal = table(headings(texts, ("column", "seems_to_hold", "confidence", "proposal")), held, texts)
    return stacked(first_rows(found.sniffed, 10, texts), personal if held else texts("source.no_personal_data"))


def next_run(view: SourceView, texts: Translator) -> str:
    """When the source runs next."""
    if view.paused:
        return texts("source.next_paused")
    return texts("source.next_at", moment=moment(view.due)) if view.due else texts("source.next_asked")


def _from(view: SourceView, texts: Translator) -> str:
    of = view.order.of
    if isinstance(of, Prefix):
        return texts("source.prefix", address=of.address, mode=texts(f"source_mode.{of.mode}"))
    return texts("source.query", connection=of.connection)


def row(view: SourceView, texts: Translator) -> tuple[object, ...]:
    """The cells of a source in the list of all sources."""
    last = view.run
    phase = "paused" if view.paused and view.phase is SourcePhase.IDLE else view.phase
    return (
        view.name,
        view.dataset,
        _from(view, texts),
        texts(f"source_phase.{phase}"),
        texts(f"source_outcome.{last.outcome}") if last and last.outcome else None,
        moment(last.ended) if last and last.ended else None,
        last.rows if last else None,
        len(view.refused) or None,
        moment(view.due) if view.due else None,
    )


def result(view: SourceView, texts: Translator) -> str:
    """The outcome of the last run."""
    last = view.run
    if last is None or last.outcome is None:
        return texts("source.not_run")
    facts = {"outcome": texts(f"source_outcome.{last.outcome}"), "rows": last.rows, "dataset": view.dataset}
    told = texts("source.result_version" if last.version else "source.result", **facts, version=last.version)
    why = _why(last, texts)
    return texts("source.because", result=told, why=why) if why else told


def _why(run: SourceRun, texts: Translator) -> str:
    return said_or(run.told, run.message, texts)


def details(view: SourceView, texts: Translator) -> RenderableType:
    """A source: its order, its last run, and the files that it refused."""
    facts = {"from": _from(view, texts), "dataset": view.dataset, "next": next_run(view, texts)}
    shown: list[RenderableType] = [Text(texts("source.head", name=view.name, **facts), "bold")]
    if isinstance(view.order.of, Query):
        shown.append(Text(view.order.of.sql, "dim"))
    if view.order.actions:
        shown.append(Text(", ".join(f"{texts(f'remedy.{each.kind}')} {each.column}" for each in view.order.actions)))
    last = view.run
    if view.phase is SourcePhase.RUNNING and last is not None:
        shown.append(Text(texts("source.running", moment=moment(last.started), rows=last.rows)))
    else:
        shown.append(Text(result(view, texts), "red" if last and last.error else ""))
    for each in view.refused:
        why = TableeError.from_problem(each.error).said(texts)
        shown.append(Text(texts("source.refused", key=each.key, why=why), "red"))
    return stacked(*shown)
