"""`tablee data profile`, and what `tablee data privacy` shows."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer
from rich.console import RenderableType

from tablee.datasets.privacy import Action, Findings
from tablee.datasets.profile import ColumnProfile, Profile
from tablee.i18n.data_texts import DataTranslator
from tablee_cli.files import replaced
from tablee_cli.output.tables import stacked, table, written
from tablee_cli.session import Session

Name = Annotated[str, typer.Argument(help="Name of the data set.")]
Version = Annotated[str, typer.Option("--version", help="Version of the data set.")]
TOLD = 10
"""Largest number of associations that are shown."""


def profile(
    session: Session,
    name: Name,
    version: Version = "latest",
    target: Annotated[
        str | None, typer.Option("--target", help="Column to predict; its associations are shown, too.")
    ] = None,
    out: Annotated[Path | None, typer.Option("--out", help="Write the profile as one HTML file, too.")] = None,
) -> None:
    """Show the profile of a data set: statistics of every column, and warnings to consider before a training."""
    datasets = session.platform.controller.datasets
    found, answer = session.request(lambda: datasets.profile(name, version, target))
    if out is not None:
        with replaced(out) as file:
            file.write(datasets.report(name, version, target, session.language))
        session.note(f"written to {out}")
    session.show(answer, lambda: _profile(found))


def _profile(found: Profile) -> RenderableType:
    words = DataTranslator("en")
    rows = [
        (
            column.name,
            words(f"kind.{column.kind}"),
            words.share(column.missing / max(found.rows, 1)),
            column.distinct,
            _values(column),
        )
        for column in found.columns
    ]
    head = f"data set {found.dataset}, version {found.version}: {found.rows:,} rows. {words.basis(found)}"
    parts: list[RenderableType] = [head, table(("column", "kind", "missing", "distinct", "values"), rows)]
    if found.with_target:
        told = [(each.columns[0], words(f"measure.{each.measure}"), each.value) for each in found.with_target[:TOLD]]
        parts.append(table((f"tells of {found.target}", "measure", "value"), told))
    if found.warnings:
        advice = [(words.warning(each), words.action(each.action)) for each in found.warnings]
        parts.append(table(("to decide", "proposal"), advice))
    return stacked(*parts)


def _values(column: ColumnProfile) -> str:
    if column.numbers is not None:
        quantiles = dict(column.numbers.quantiles)
        middle = quantiles.get(0.5, column.numbers.mean)
        return f"{written(column.numbers.minimum)} to {written(column.numbers.maximum)}, median {written(middle)}"
    if column.dates is not None:
        return f"{column.dates.earliest} to {column.dates.latest}"
    return ", ".join(f"{level.value} ({level.count})" for level in column.levels[:4])


def findings(found: Findings, what: str) -> RenderableType:
    """
    :param what: name of the data set or path of the file, as it was given on the command line.
    """
    words = DataTranslator("en")
    rows = f"{found.basis.rows:,} of {found.basis.of:,} rows looked at"
    looked = f"data set {what}, version {found.version}: {rows}" if found.dataset else f"{what}: {rows}"
    if not found.findings:
        return f"{looked}; no personal data found"
    lines = [
        (
            each.column,
            words(f"personal.{each.kind}"),
            words(f"found.{each.how}"),
            words.share(each.confidence),
            _proposal(each.proposal, words),
        )
        for each in found.findings
    ]
    parts: list[RenderableType] = [looked, table(("column", "what", "found", "confidence", "proposal"), lines)]
    if found.quasi_identifiers:
        parts.append(f"known to others, perhaps: {', '.join(found.quasi_identifiers)}")
    return stacked(*parts)


def _proposal(action: Action, words: DataTranslator) -> str:
    return words(f"remedy.{action.kind}")
