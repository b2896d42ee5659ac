"""Small charts of a profile: how a column's values spread, and which columns go together."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import altair as alt

from tablee.datasets.profile import Histogram
from tablee.i18n import Formatter
from tablee_ui.widgets import theme
from tablee_ui.widgets.charts import Chart

HEIGHT = 110
_CELL = 34
_LABELS = 130
_DAY_MS = 86_400_000
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def distribution(histogram: Histogram, figures: Formatter, *, dates: bool, across: str, up: str) -> Chart:
    """How many rows lie between neighbouring edges.

    :param dates: the edges are days since 1970-01-01.
    """
    edges = histogram.edges

    def shown(edge: float) -> str:
        return f"{_EPOCH + timedelta(days=edge):%Y-%m-%d}" if dates else figures.plain(edge, digits=4)

    rows = [
        {
            "from": low * _DAY_MS if dates else low,
            "to": high * _DAY_MS if dates else high,
            "count": count,
            "shown": f"{shown(low)} – {shown(high)}",
        }
        for low, high, count in zip(edges, edges[1:], histogram.counts, strict=False)
    ]
    decimal, thousands = figures.marks
    locale = {"decimal": decimal, "thousands": thousands, "grouping": [3], "currency": ["", ""]}
    largest = max(abs(edge) for edge in edges)
    written = "%m/%Y" if dates else "~f" if largest < 10_000 else ",~f" if largest < 1e6 else "~e"
    axis = alt.Axis(title=None, tickCount=3, format=written, grid=False, labelOverlap=True)
    scale = alt.Scale(type="utc", nice=False) if dates else alt.Scale(zero=False, nice=False)
    return (
        alt.Chart(alt.InlineData(values=rows))
        .mark_rect(color=theme.ACCENT)
        .encode(
            x=alt.X("from:T" if dates else "from:Q", axis=axis, scale=scale),
            x2="to",
            y=alt.Y("count:Q", axis=None),
            y2=alt.datum(0),
            tooltip=[alt.Tooltip("shown:N", title=across), alt.Tooltip("count:Q", title=up)],
        )
        .properties(height=HEIGHT)
        .configure(locale={"number": locale})
        .configure_view(stroke=None)
    )


def pairs(columns: Sequence[str], found: Sequence[tuple[str, str, float, str]], shown: Callable[[float], str]) -> Chart:
    """A field for each two columns, the fuller the more they have in common.

    :param found: row, column, strength from 0 to 1, and what is said of it, of every field.
    """
    rows: list[dict[str, Any]] = [
        {"row": row, "column": column, "strength": strength, "shown": shown(strength), "said": said}
        for row, column, strength, said in found
    ]
    axis: dict[str, Any] = {"title": None, "ticks": False, "domain": False, "labelLimit": _LABELS}
    base = alt.Chart(alt.InlineData(values=rows)).encode(
        x=alt.X("column:N", sort=list(columns), axis=alt.Axis(labelAngle=-40, labelOverlap=False, **axis)),
        y=alt.Y("row:N", sort=list(columns), axis=alt.Axis(labelOverlap=False, **axis)),
        tooltip=[alt.Tooltip(f"{field}:N", title=" ") for field in ("row", "column", "said")],
    )
    fields = base.mark_rect(color=theme.ACCENT, stroke=None).encode(
        opacity=alt.Opacity("strength:Q", scale=alt.Scale(domain=[0, 1], range=[0.04, 1]), legend=None)
    )
    texts = base.mark_text(fontSize=11).encode(
        text="shown:N", color=alt.condition("datum.strength > 0.5", alt.value("#ffffff"), alt.value(theme.LABEL))
    )
    return (fields + texts).properties(height=alt.Step(_CELL)).configure_view(stroke=None)
