"""Charts: probabilities, reasons, and the answers of a file. Labels arrive as texts of the visit's language."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import altair as alt
import polars as pl

from tablee.i18n import Formatter
from tablee_ui.widgets import theme

Chart = Any
"""An Altair chart, layered or not."""

MOST_BARS = 8
"""Bars in a chart; what is left is summed into one."""
_BAR = 30
"""Height of a bar with the space around it, in pixels."""
_LABELS = 220
"""Widest label beside a bar, in pixels."""
_ROOM = 0.45
"""Share of the bars' span kept free for the texts at their ends."""


def probabilities(shares: Mapping[str, float], chosen: str, shown: Callable[[float], str], *, rest: str) -> Chart:
    """A bar a class, likeliest first; the answer in the accent colour."""
    ranked = folded(shares, rest)
    rows = [
        {"label": label, "share": share, "shown": shown(share), "chosen": label == chosen} for label, share in ranked
    ]
    bars = _bars(rows, "share", domain=(0, 1.15)).encode(
        color=alt.condition("datum.chosen", alt.value(theme.ACCENT), alt.value(theme.QUIET))
    )
    return _with_labels(bars, align="left", dx=6)


def reasons(contributions: Mapping[str, float], shown: Callable[[str, float], str], *, rest: str) -> Chart:
    """A bar a column, heaviest first: to the right what speaks for the answer, to the left what speaks against.

    :param shown: the text at the end of a bar, for a column and its contribution.
    """
    ranked = folded(contributions, rest)
    weights = [weight for _, weight in ranked]
    span = (max([0.0, *weights]) - min([0.0, *weights])) or 1.0
    low, high = min([0.0, *weights]), max([0.0, *weights])
    # room for the texts at the ends of the bars
    domain = (low - span * (_ROOM if low < 0 else 0.02), high + span * _ROOM)
    rows = [
        {"label": label, "weight": weight, "shown": shown(label, weight), "for": weight >= 0}
        for label, weight in ranked
    ]
    bars = _bars(rows, "weight", domain=domain).encode(
        color=alt.condition("datum['for']", alt.value(theme.ACCENT), alt.value(theme.AGAINST))
    )
    right = _labels(bars.transform_filter("datum['for']"), align="left", dx=6)
    left = _labels(bars.transform_filter("!datum['for']"), align="right", dx=-6)
    zero = alt.Chart(_data([{}])).mark_rule(color=theme.QUIET).encode(x=alt.datum(0))
    return _sized(bars + right + left + zero)


def counts(values: Mapping[str, int], shown: Callable[[int], str], *, rest: str) -> Chart:
    """A bar an answer, most frequent first."""
    ranked = folded({label: float(count) for label, count in values.items()}, rest)
    rows = [{"label": label, "count": count, "shown": shown(int(count))} for label, count in ranked]
    most = max(count for _, count in ranked)
    return _with_labels(_bars(rows, "count", domain=(0, 1.2 * most)), align="left", dx=6)


def strengths(values: Mapping[str, float], shown: Callable[[float], str]) -> Chart:
    """A bar a column: how much it tells, from 0 to 1, in the order given."""
    rows = [{"label": label, "strength": value, "shown": shown(value)} for label, value in values.items()]
    return _with_labels(_bars(rows, "strength", domain=(0, 1.15)), align="left", dx=6)


def histogram(values: pl.Series, figures: Formatter, *, across: str, up: str, bins: int = 20) -> Chart:
    """How many answers fall into each of `bins` equal spans, under the titles of the two axes."""
    found = values.drop_nulls().hist(bin_count=bins)
    edges = [float(edge) for edge in found["breakpoint"]]
    shown = figures.number
    decimal, thousands = figures.marks
    locale = {"decimal": decimal, "thousands": thousands, "grouping": [3], "currency": ["", ""]}
    width = edges[1] - edges[0] if len(edges) > 1 else 1.0
    rows = [
        {"from": edge - width, "to": edge, "count": int(count), "shown": f"{shown(edge - width)} – {shown(edge)}"}
        for edge, count in zip(edges, found["count"], strict=True)
    ]
    return (
        alt.Chart(_data(rows))
        .mark_bar(color=theme.ACCENT, binSpacing=1)
        .encode(
            x=alt.X("from:Q", bin="binned", title=across),
            x2="to:Q",
            y=alt.Y("count:Q", title=up),
            tooltip=[alt.Tooltip("shown:N", title=across), alt.Tooltip("count:Q", title=up)],
        )
        .properties(height=260)
        .configure(locale={"number": locale})
    )


def folded(values: Mapping[str, float], rest: str) -> list[tuple[str, float]]:
    """Largest first, at most `MOST_BARS`; all below them summed under the name `rest`."""
    ranked = sorted(values.items(), key=lambda found: -abs(found[1]))
    if len(ranked) <= MOST_BARS:
        return ranked
    kept, others = ranked[: MOST_BARS - 1], ranked[MOST_BARS - 1 :]
    return [*kept, (rest, sum(value for _, value in others))]


def _bars(rows: list[dict[str, Any]], value: str, *, domain: tuple[float, float]) -> Chart:
    return (
        alt.Chart(_data(rows))
        .mark_bar(cornerRadiusEnd=3, height=18, color=theme.ACCENT)
        .encode(
            y=alt.Y("label:N", sort=None, title=None, axis=alt.Axis(labelLimit=_LABELS, ticks=False, domain=False)),
            x=alt.X(f"{value}:Q", title=None, axis=None, scale=alt.Scale(domain=list(domain))),
            tooltip=[alt.Tooltip("label:N", title=" "), alt.Tooltip("shown:N", title=" ")],
        )
    )


def _labels(bars: Chart, *, align: Any, dx: int) -> Chart:
    text = bars.mark_text(align=align, dx=dx, fontSize=13, limit=120)
    return text.encode(text="shown:N", color=alt.value(theme.LABEL))


def _with_labels(bars: Chart, *, align: Any, dx: int) -> Chart:
    return _sized(bars + _labels(bars, align=align, dx=dx))


def _sized(layers: Any) -> Chart:
    return layers.properties(height=alt.Step(_BAR)).configure_view(stroke=None)


def _data(rows: list[dict[str, Any]]) -> Any:
    return alt.InlineData(values=rows)
