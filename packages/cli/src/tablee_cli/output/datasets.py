"""Formats data sets, their versions, and previews of files."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from rich.console import RenderableType

from tablee.datasets.manifest import ColumnSummary, DatasetManifest
from tablee.datasets.questions import about, named, options, question, questions, reason
from tablee.datasets.reading import Decision, Reason
from tablee.http.schemas.datasets import FilePreview, Rows
from tablee.i18n.message import Message, said
from tablee.i18n.translator import Translator
from tablee_cli.output.tables import moment, stacked, table, written
from tablee_cli.texts import headings

REMARKS: Final = (
    *("missing", "names", "columns", "skipped_lines", "footer_rows", "units_row", "sheet", "trimmed"),
    *("left_out_rows", "quote", "escape", "comment"),
)
"""Fields of decisions that are told although they are sure."""
TOLD: Final = (Reason.DOES_NOT_APPLY, Reason.SAID_OF_ALL, Reason.TOO_MANY_ODD_CELLS)
"""Reasons of decisions that are told, whatever their field."""
DECIDED: Final = ("what", "column", "chosen", "why", "or", "sure")
SHOWN: Final = 20
"""Most remarks that are listed."""


def _manifest(manifest: DatasetManifest, key: str, texts: Translator) -> str:
    shape = texts("data.shape", rows=manifest.rows, columns=len(manifest.columns))
    return texts(key, name=manifest.name, version=manifest.version, shape=shape, bytes=manifest.bytes)


def added(manifest: DatasetManifest, new: bool, texts: Translator) -> str:
    """A description of the added version, with the questions about reading the file that a person should check, then
    the other remarks."""
    head = _manifest(manifest, "data.added" if new else "data.known", texts)
    return "\n".join([head, *remarks(manifest.decisions, texts)])


def remarks(decisions: Sequence[Decision], texts: Translator) -> list[str]:
    """What is worth saying about how a file is read: what is not sure, each reading with its option, then cells that
    were taken for missing, names that were put in order, and lines that are left out."""
    asked = questions(decisions)
    told = [
        each
        for each in decisions
        if each not in asked and (not each.sure or each.field in REMARKS or each.reason in TOLD)
    ]
    more = [texts("question.more", count=len(told) - SHOWN)] if len(told) > SHOWN else []
    shown = (Message("question.remark", {"about": about(each), "reason": reason(each)}) for each in told[:SHOWN])
    return [*_unsure(decisions, texts), *(each.said(texts) for each in shown), *more]


def _is_told(decision: Decision) -> bool:
    return not decision.sure or decision.field in REMARKS or decision.reason in TOLD


def _unsure(decisions: Sequence[Decision], texts: Translator) -> list[str]:
    asked = (question(each, "command", decisions) for each in questions(decisions))
    return [Message("question.unsure", {"question": each}).said(texts) for each in asked]


def preview(found: FilePreview, texts: Translator) -> RenderableType:
    """How a file would be read: the decisions, then its first rows."""
    decided = table(
        headings(texts, DECIDED),
        [
            (
                texts(f"setting.{each.field}"),
                each.column or "",
                _choice(each, each.chosen, texts),
                said(reason(each), texts),
                ", ".join(_choice(each, choice, texts) for choice in each.alternatives),
                texts("table.sure" if each.sure else "table.look_at_it"),
            )
            for each in found.decisions
        ],
        texts,
    )
    looked = texts("data.looked_at", rows=found.looked_at)
    return stacked(decided, *_unsure(found.decisions, texts), first_rows(found, len(found.rows), texts), looked)


def first_rows(found: FilePreview, most: int, texts: Translator) -> RenderableType:
    """The first rows of a file, at most so many."""
    names = [texts("table.named_kind", name=name, kind=texts(f"kind.{found.kinds[name]}")) for name in found.columns]
    return table(names, [[row[name] for name in found.columns] for row in found.rows[:most]], texts)


def _choice(decision: Decision, choice: str, texts: Translator) -> str:
    """A choice in words, or in quotation marks."""
    name = named(decision, choice)
    return texts.quoted(name) if isinstance(name, str) else name.said(texts)


def details(versions: list[DatasetManifest], position: int, sample: Rows, texts: Translator) -> RenderableType:
    """A version with its columns and first rows, and the list of all versions.

    :param position: index in `versions` of the version to show.
    """
    manifest = versions[position]
    columns = table(
        headings(texts, ("column", "kind", "missing", "distinct", "range")),
        [
            (each.name, texts(f"kind.{each.kind}"), each.missing, each.distinct, _values(each, texts))
            for each in manifest.columns
        ],
        texts,
    )
    rows = table(sample.columns, [[row[name] for name in sample.columns] for row in sample.rows], texts)
    parts: list[RenderableType] = [_manifest(manifest, "data.head", texts), columns, rows]
    if manifest.options.given():
        asked = options(manifest.options)
        parts.append(texts("data.asked_by" if manifest.by else "data.asked", by=manifest.by, options=asked))
    parts += remarks(manifest.decisions, texts)
    if len(versions) > 1:
        listed = [(each.version, each.rows, moment(each.created)) for each in versions]
        parts.append(table(headings(texts, ("version", "rows", "added")), listed, texts))
    return stacked(*parts)


def _values(column: ColumnSummary, texts: Translator) -> str:
    if column.kind == "number":
        return texts("table.range", low=written(column.minimum, texts), high=written(column.maximum, texts))
    return ", ".join(texts("table.counted", value=value, count=count) for value, count in column.top[:4])
