"""Bar charts. Labels arrive as texts of the visitor's language."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import altair as alt

from tablee.i18n import Formatter
from tablee_ui.widgets import theme

Chart = Any
"""An Altair chart, layered or not."""

MOST_BARS = 8
"""Bars of a chart; further values are summed into the last bar."""
_BAR_HEIGHT = 30
"""Height of a bar including the space around it, in pixels."""
_LABEL_WIDTH = 220
"""Greatest width of the label next to a bar, in pixels."""


def counts(values: Mapping[str, int], shown: Callable[[int], str], *, rest: str) -> Chart:
    """One bar for each value, the most frequent first.

    :param shown: the text at the end of a bar, for a count.
    :param rest: label of the bar that sums the values beyond the first ones.
    """
    ranked = folded({label: float(count) for label, count in values.items()}, rest)
    rows = [{"label": label, "count": count, "shown": shown(int(count))} for label, count in ranked]
    most = max(count for _, count in ranked)
    return with_labels(bars(rows, "count", domain=(0, 1.2 * most)))


def folded(values: Mapping[str, float], rest: str) -> list[tuple[str, float]]:
    """The values by decreasing magnitude, at most `MOST_BARS`; the last one, named `rest`, sums the others."""
    ranked = sorted(values.items(), key=lambda item: -abs(item[1]))
    if len(ranked) <= MOST_BARS:
        return ranked
    kept, others = ranked[: MOST_BARS - 1], ranked[MOST_BARS - 1 :]
    return [*kept, (rest, sum(value for _, value in others))]


def bars(rows: list[dict[str, Any]], value: str, *, domain: tuple[float, float]) -> Chart:
    """Horizontal bars in the order given, without labels at their ends.

    :param rows: a dict for each bar, with the keys `label`, `shown` and the name in `value`.
    :param value: the key that holds the length of a bar.
    :param domain: least and greatest value of the axis.
    """
    label_axis = alt.Axis(labelLimit=_LABEL_WIDTH, ticks=False, domain=False)
    return (
        alt.Chart(data(rows))
        .mark_bar(cornerRadiusEnd=3, height=18, color=theme.ACCENT)
        .encode(
            y=alt.Y("label:N", sort=None, title=None, axis=label_axis),
            x=alt.X(f"{value}:Q", title=None, axis=None, scale=alt.Scale(domain=list(domain))),
            tooltip=[alt.Tooltip("label:N", title=" "), alt.Tooltip("shown:N", title=" ")],
        )
    )


def labels(drawn: Chart, *, align: Any, dx: int) -> Chart:
    """The texts at the ends of bars.

    :param align: the side of the bar's end at which a text begins: `left` or `right`.
    :param dx: distance from the bar's end, in pixels.
    """
    text = drawn.mark_text(align=align, dx=dx, fontSize=13, limit=120)
    return text.encode(text="shown:N", color=alt.value(theme.LABEL))


def with_labels(drawn: Chart) -> Chart:
    """Bars with their texts at the right."""
    return sized(drawn + labels(drawn, align="left", dx=6))


def sized(layers: Chart) -> Chart:
    """The chart with a height that follows from the number of bars."""
    return layers.properties(height=alt.Step(_BAR_HEIGHT)).configure_view(stroke=None)


def data(rows: list[dict[str, Any]]) -> Any:
    """Rows as a chart's own data."""
    return alt.InlineData(values=rows)


def number_format(formatter: Formatter) -> dict[str, Any]:
    """Vega's options for numbers on axes, as the language writes them."""
    decimal, thousands = formatter.marks
    return {"number": {"decimal": decimal, "thousands": thousands, "grouping": [3], "currency": ["", ""]}}
