"""Charts of predictions: probabilities, contributions, and the distribution of predicted numbers."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Final

import altair as alt

from tablee.i18n import Formatter
from tablee.jobs.file_prediction import Bin
from tablee_ui.widgets import theme
from tablee_ui.widgets.charts import Chart, bars, data, folded, labels, number_format, sized, with_labels

_LABEL_SHARE: Final = 0.45
"""Share of the bars' span that stays free for the texts at their ends."""


def probabilities(shares: Mapping[str, float], chosen: str, shown: Callable[[float], str], *, rest: str) -> Chart:
    """One bar for each class, the most likely first; the predicted class in the accent colour.

    :param shares: probability of each class, from 0 to 1.
    :param chosen: the predicted class.
    :param shown: the text at the end of a bar, for a probability.
    :param rest: label of the bar that sums the classes beyond the first ones.
    """
    ranked = folded(shares, rest)
    rows = [
        {"label": label, "share": share, "shown": shown(share), "chosen": label == chosen} for label, share in ranked
    ]
    colour = alt.condition("datum.chosen", alt.value(theme.ACCENT), alt.value(theme.QUIET))
    return with_labels(bars(rows, "share", domain=(0, 1.15)).encode(color=colour))


def reasons(contributions: Mapping[str, float], shown: Callable[[str, float], str], *, rest: str) -> Chart:
    """One bar for each column, the largest contribution first; positive ones to the right, negative ones to the left.

    :param contributions: contribution of each column to the prediction.
    :param shown: the text at the end of a bar, for a column and its contribution.
    :param rest: label of the bar that sums the columns beyond the first ones.
    """
    ranked = folded(contributions, rest)
    weights = [weight for _, weight in ranked]
    low, high = min([0.0, *weights]), max([0.0, *weights])
    span = (high - low) or 1.0
    domain = (low - span * (_LABEL_SHARE if low < 0 else 0.02), high + span * _LABEL_SHARE)
    rows = [
        {"label": label, "weight": weight, "shown": shown(label, weight), "for": weight >= 0}
        for label, weight in ranked
    ]
    colour = alt.condition("datum['for']", alt.value(theme.ACCENT), alt.value(theme.AGAINST))
    drawn = bars(rows, "weight", domain=domain).encode(color=colour)
    right = labels(drawn.transform_filter("datum['for']"), align="left", dx=6)
    left = labels(drawn.transform_filter("!datum['for']"), align="right", dx=-6)
    zero = alt.Chart(data([{}])).mark_rule(color=theme.QUIET).encode(x=alt.datum(0))
    return sized(drawn + right + left + zero)


def histogram(bins: Sequence[Bin], formatter: Formatter, *, across: str, up: str) -> Chart:
    """How many predicted numbers fall into each interval.

    :param across: title of the axis of the numbers.
    :param up: title of the axis of the counts.
    """
    number = formatter.number
    rows = [
        {
            "from": each.lower,
            "to": each.upper,
            "count": each.count,
            "shown": f"{number(each.lower)} – {number(each.upper)}",
        }
        for each in bins
    ]
    return (
        alt.Chart(data(rows))
        .mark_bar(color=theme.ACCENT, binSpacing=1)
        .encode(
            x=alt.X("from:Q", bin="binned", title=across),
            x2="to:Q",
            y=alt.Y("count:Q", title=up),
            tooltip=[alt.Tooltip("shown:N", title=across), alt.Tooltip("count:Q", title=up)],
        )
        .properties(height=260)
        .configure(locale=number_format(formatter))
    )
