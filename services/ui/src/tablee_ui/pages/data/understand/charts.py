"""Charts of a profile: the distribution of a column, and associations between columns."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import altair as alt

from tablee.datasets.profile import Histogram
from tablee.i18n import Formatter
from tablee_ui.widgets import theme
from tablee_ui.widgets.charts import Chart, bars, data, number_format, with_labels

HEIGHT = 110
"""Height of a distribution, in pixels."""
_CELL = 34
"""Width and height of a cell of the association matrix, in pixels."""
_LABEL_WIDTH = 130
"""Greatest width of a label of the association matrix, in pixels."""
_DAY_MS = 86_400_000
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def strengths(values: Mapping[str, float], shown: Callable[[float], str]) -> Chart:
    """One bar for each column, in the order given: the strength of its association with the target, from 0 to 1."""
    rows = [{"label": label, "strength": value, "shown": shown(value)} for label, value in values.items()]
    return with_labels(bars(rows, "strength", domain=(0, 1.15)))


def distribution(histogram: Histogram, formatter: Formatter, *, dates: bool, across: str, up: str) -> Chart:
    """The histogram of a column: how many rows lie between two neighbouring edges.

    :param dates: whether the edges are days since 1970-01-01.
    :param across: what the tooltip calls the values.
    :param up: what the tooltip calls the counts.
    """
    edges = histogram.edges

    def shown(edge: float) -> str:
        return f"{_EPOCH + timedelta(days=edge):%Y-%m-%d}" if dates else formatter.plain(edge, digits=4)

    rows = [
        {
            "from": low * _DAY_MS if dates else low,
            "to": high * _DAY_MS if dates else high,
            "count": count,
            "shown": f"{shown(low)} – {shown(high)}",
        }
        for low, high, count in zip(edges, edges[1:], histogram.counts, strict=False)
    ]
    largest = max(abs(edge) for edge in edges)
    form = "%m/%Y" if dates else "~f" if largest < 10_000 else ",~f" if largest < 1e6 else "~e"
    axis = alt.Axis(title=None, tickCount=3, format=form, grid=False, labelOverlap=True)
    scale = alt.Scale(type="utc", nice=False) if dates else alt.Scale(zero=False, nice=False)
    return (
        alt.Chart(data(rows))
        .mark_rect(color=theme.ACCENT)
        .encode(
            x=alt.X("from:T" if dates else "from:Q", axis=axis, scale=scale),
            x2="to",
            y=alt.Y("count:Q", axis=None),
            y2=alt.datum(0),
            tooltip=[alt.Tooltip("shown:N", title=across), alt.Tooltip("count:Q", title=up)],
        )
        .properties(height=HEIGHT)
        .configure(locale=number_format(formatter))
        .configure_view(stroke=None)
    )


def pairs(columns: Sequence[str], found: Sequence[tuple[str, str, float, str]], shown: Callable[[float], str]) -> Chart:
    """The association matrix: a cell for each pair of columns, darker for a stronger association.

    :param columns: names of columns, in the order of both axes.
    :param found: row, column, strength from 0 to 1, and tooltip of every cell.
    :param shown: the text in a cell, for a strength.
    """
    rows: list[dict[str, Any]] = [
        {"row": row, "column": column, "strength": strength, "shown": shown(strength), "tooltip": tooltip}
        for row, column, strength, tooltip in found
    ]
    axis: dict[str, Any] = {"title": None, "ticks": False, "domain": False, "labelLimit": _LABEL_WIDTH}
    base = alt.Chart(data(rows)).encode(
        x=alt.X("column:N", sort=list(columns), axis=alt.Axis(labelAngle=-40, labelOverlap=False, **axis)),
        y=alt.Y("row:N", sort=list(columns), axis=alt.Axis(labelOverlap=False, **axis)),
        tooltip=[alt.Tooltip(f"{field}:N", title=" ") for field in ("row", "column", "tooltip")],
    )
    cells = base.mark_rect(color=theme.ACCENT, stroke=None).encode(
        opacity=alt.Opacity("strength:Q", scale=alt.Scale(domain=[0, 1], range=[0.04, 1]), legend=None)
    )
    texts = base.mark_text(fontSize=11).encode(
        text="shown:N", color=alt.condition("datum.strength > 0.5", alt.value("#ffffff"), alt.value(theme.LABEL))
    )
    return (cells + texts).properties(height=alt.Step(_CELL)).configure_view(stroke=None)
