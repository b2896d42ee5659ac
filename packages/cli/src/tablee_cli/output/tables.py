"""Formats tables, values and times for output."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from typing import Any

from rich.box import SIMPLE_HEAD
from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from tablee.i18n.translator import Translator


def table(
    columns: Sequence[str], rows: Iterable[Sequence[Any]], texts: Translator, *, title: str | None = None
) -> Table:
    """A table of rows. Columns of numbers are aligned to the right.

    :param texts: of the language in which numbers are written.
    """
    found = [list(row) for row in rows]
    drawn = Table(box=SIMPLE_HEAD, title=title, title_justify="left", pad_edge=False, title_style="bold")
    for position, name in enumerate(columns):
        numeric = bool(found) and all(isinstance(row[position], int | float | None) for row in found)
        drawn.add_column(name, justify="right" if numeric else "left", overflow="fold")
    for row in found:
        drawn.add_row(*(cell if isinstance(cell, Text) else Text(written(cell, texts)) for cell in row))
    return drawn


def stacked(*parts: RenderableType) -> Group:
    return Group(*parts)


def written(value: Any, texts: Translator) -> str:
    """A value as text: numbers are rounded, None is a dash."""
    if value is None or value == "":
        return "–"
    if isinstance(value, bool):
        return texts("choice.yes" if value else "choice.no")
    if isinstance(value, float):
        return texts.formatter.plain(value, digits=5)
    return str(value)


def moment(then: datetime | None) -> str:
    """A time in the time zone of this machine; None is a dash."""
    if then is None:
        return "–"
    return (then if then.tzinfo else then.replace(tzinfo=UTC)).astimezone().strftime("%Y-%m-%d %H:%M")
