"""`tablee data profile`, and what `tablee data privacy` shows."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer
from rich.console import RenderableType

from tablee.datasets.privacy import Finding, Findings
from tablee.datasets.profile import ColumnProfile, Profile
from tablee.i18n.data_texts import DataTranslator
from tablee_cli.files import replaced
from tablee_cli.output.tables import stacked, table, written
from tablee_cli.session import Session
from tablee_cli.texts import headings

Name = Annotated[str, typer.Argument()]
Version = Annotated[str, typer.Option("--version")]
FOUND = ("column", "what", "found", "confidence", "proposal")
TOLD = 10
"""Largest number of associations that are shown."""


def profile(
    session: Session,
    name: Name,
    version: Version = "latest",
    target: Annotated[str | None, typer.Option("--target")] = None,
    out: Annotated[Path | None, typer.Option("--out")] = None,
) -> None:
    """Show the profile of a data set: statistics of every column, and warnings to consider before a training."""
    datasets = session.platform.controller.datasets
    found, answer = session.request(lambda: datasets.profile(name, version, target))
    if out is not None:
        with replaced(out) as file:
            file.write(datasets.report(name, version, target, session.language))
        session.note(session.texts("data.written", file=str(out)))
    session.show(answer, lambda: _profile(found, session.texts))


def _profile(found: Profile, words: DataTranslator) -> RenderableType:
    rows = [
        (
            column.name,
            words(f"kind.{column.kind}"),
            words.share(column.missing / max(found.rows, 1)),
            column.distinct,
            _values(column, words),
        )
        for column in found.columns
    ]
    facts = {"name": found.dataset, "version": found.version, "rows": found.rows, "basis": words.basis(found)}
    columns = headings(words, ("column", "kind", "missing", "distinct", "values"))
    parts: list[RenderableType] = [words("data.profile", **facts), table(columns, rows, words)]
    if found.with_target:
        told = [(each.columns[0], words(f"measure.{each.measure}"), each.value) for each in found.with_target[:TOLD]]
        with_target = words("table.with_target", target=found.target)
        parts.append(table((with_target, *headings(words, ("measure", "value"))), told, words))
    if found.warnings:
        advice = [(words.warning(each), words.action(each.action)) for each in found.warnings]
        parts.append(table(headings(words, ("to_decide", "proposal")), advice, words))
    return stacked(*parts)


def _values(column: ColumnProfile, words: DataTranslator) -> str:
    if column.numbers is not None:
        quantiles = dict(column.numbers.quantiles)
        middle = quantiles.get(0.5, column.numbers.mean)
        found = {"low": column.numbers.minimum, "high": column.numbers.maximum, "median": middle}
        return words("table.range_median", **{name: written(value, words) for name, value in found.items()})
    if column.dates is not None:
        return words("table.range", low=str(column.dates.earliest), high=str(column.dates.latest))
    return ", ".join(words("table.counted", value=level.value, count=level.count) for level in column.levels[:4])


def findings(found: Findings, what: str, words: DataTranslator) -> RenderableType:
    """
    :param what: name of the data set or path of the file, as it was given on the command line.
    """
    facts = {"name": what, "version": found.version, "rows": found.basis.rows, "of": found.basis.of}
    looked = words("data.searched" if found.dataset else "data.searched_file", **facts)
    parts: list[RenderableType] = [looked if found.findings else words("data.no_personal_data", searched=looked)]
    lines = [
        (
            each.column,
            words(f"personal.{each.kind}"),
            words(f"found.{each.how}"),
            words.share(each.confidence),
            _proposal(each, words),
        )
        for each in found.findings
    ]
    if lines:
        parts.append(table(headings(words, FOUND), lines, words))
    if found.quasi_identifiers:
        parts.append(words("data.known_to_others", columns=found.quasi_identifiers))
    reasons = dict.fromkeys(each.applied for each in found.uncounted)
    for reason in reasons:
        columns = [each.column for each in found.uncounted if each.applied == reason]
        parts.append(words(f"uncounted.{reason}", columns=columns))
    return stacked(*parts)


def _proposal(finding: Finding, words: DataTranslator) -> str:
    proposal = words(f"remedy.{finding.proposal.kind}")
    if finding.applied is None:
        return proposal
    return words("remedy_applied.proposed", proposal=proposal, applied=words(f"remedy.{finding.applied.kind}"))
