"""Formats data sets, their versions, and previews of files."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from rich.console import RenderableType

from tablee.datasets.manifest import ColumnSummary, DatasetManifest
from tablee.datasets.questions import about, options, question, questions, reason
from tablee.datasets.reading import Decision
from tablee.http.schemas.datasets import FilePreview, Rows
from tablee.i18n.message import Message, said
from tablee.i18n.translator import Translator
from tablee_cli.output.tables import moment, size, stacked, table, written

REMARKS: Final = ("missing", "names", "columns", "skipped_lines", "footer_rows", "units_row", "sheet", "trimmed")
"""Fields of decisions that are told although they are sure."""
SHOWN: Final = 20
"""Most remarks that are listed."""


def _manifest(manifest: DatasetManifest, what: str) -> str:
    shape = f"{manifest.rows:,} rows, {len(manifest.columns)} columns"
    return f"data set {manifest.name}, version {manifest.version} ({shape}) {what}"


def added(manifest: DatasetManifest, new: bool, texts: Translator) -> str:
    """A description of the added version, with the questions about reading the file that a person should check, then
    the other remarks."""
    return "\n".join([_manifest(manifest, "added" if new else "is there already"), *remarks(manifest.decisions, texts)])


def remarks(decisions: Sequence[Decision], texts: Translator) -> list[str]:
    """What is worth saying about how a file is read: what is not sure, each reading with its option, then cells that
    were taken for missing, names that were put in order, and lines that are left out."""
    asked = questions(decisions)
    told = [each for each in decisions if each not in asked and (not each.sure or each.field in REMARKS)]
    more = [texts("question.more", count=len(told) - SHOWN)] if len(told) > SHOWN else []
    shown = (Message("question.remark", {"about": about(each), "reason": reason(each)}) for each in told[:SHOWN])
    return [*_unsure(decisions, texts), *(each.said(texts) for each in shown), *more]


def _unsure(decisions: Sequence[Decision], texts: Translator) -> list[str]:
    asked = (question(each, "command", decisions) for each in questions(decisions))
    return [Message("question.unsure", {"question": each}).said(texts) for each in asked]


def preview(found: FilePreview, texts: Translator) -> RenderableType:
    """How a file would be read: the decisions, then its first rows."""
    decided = table(
        ("what", "column", "chosen", "why", "or", "sure"),
        [
            (
                each.field,
                each.column or "",
                repr(each.chosen),
                said(reason(each), texts),
                ", ".join(map(repr, each.alternatives)),
                "yes" if each.sure else "no: look at it",
            )
            for each in found.decisions
        ],
    )
    names = [f"{name} ({found.kinds[name]})" for name in found.columns]
    sample = table(names, [[row[name] for name in found.columns] for row in found.rows])
    return stacked(
        decided, *_unsure(found.decisions, texts), sample, f"columns were decided by the first {found.looked_at:,} rows"
    )


def details(versions: list[DatasetManifest], position: int, sample: Rows, texts: Translator) -> RenderableType:
    """A version with its columns and first rows, and the list of all versions.

    :param position: index in `versions` of the version to show.
    """
    manifest = versions[position]
    columns = table(
        ("column", "kind", "missing", "distinct", "range or most frequent"),
        [(each.name, each.kind, each.missing, each.distinct, _values(each)) for each in manifest.columns],
    )
    rows = table(sample.columns, [[row[name] for name in sample.columns] for row in sample.rows])
    parts: list[RenderableType] = [f"{_manifest(manifest, '')}, {size(manifest.bytes)}", columns, rows]
    if manifest.options.given():
        parts.append(f"asked by {manifest.by or 'nobody'}: {options(manifest.options)}")
    parts += remarks(manifest.decisions, texts)
    if len(versions) > 1:
        listed = [(each.version, each.rows, moment(each.created)) for each in versions]
        parts.append(table(("version", "rows", "added"), listed))
    return stacked(*parts)


def _values(column: ColumnSummary) -> str:
    if column.kind == "number":
        return f"{written(column.minimum)} to {written(column.maximum)}"
    return ", ".join(f"{value} ({count})" for value, count in column.top[:4])
