"""The geometry of the report's charts: bars of histograms, in units of the SVG that the templates draw."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from tablee.datasets.profile import Histogram
from tablee.i18n import Translator
from tablee_data.profile.column import EPOCH

WIDTH, HEIGHT = 240.0, 64.0
GAP = 1.5
"""Between two bars."""
MIN_BAR = 1.5
"""Height of the lowest bar that is not empty."""
SPARK_WIDTH, SPARK_HEIGHT = 80, 20


@dataclass(frozen=True, slots=True)
class Bar:
    """A bar of a histogram."""

    left: float
    """Of the whole column of the chart that the bar stands in."""
    step: float
    """Width of that column."""
    x: float
    y: float
    width: float
    height: float
    radius: float
    title: str
    """Count and range of the values; shown when the pointer is over the column."""


@dataclass(frozen=True, slots=True)
class SparkBar:
    """A bar of a histogram of the size of a word."""

    x: float
    y: float
    width: float
    height: float


def coordinate(value: float) -> str:
    """A number of an SVG attribute, with at most two decimals."""
    return f"{value:.2f}".rstrip("0").rstrip(".")


def histogram_bars(histogram: Histogram, words: Translator, *, days: bool) -> list[Bar]:
    """Bars of equal width, although the first and the last bin hold all values below and above them, too.

    :param days: the edges are days since 1970-01-01.
    """
    highest = max(max(histogram.counts), 1)
    step = WIDTH / len(histogram.counts)
    bars = []
    for index, count in enumerate(histogram.counts):
        height = max(MIN_BAR, HEIGHT * count / highest) if count else 0.0
        low, high = (edge(each, words, days=days) for each in histogram.edges[index : index + 2])
        bars.append(
            Bar(
                left=index * step,
                step=step,
                x=index * step + GAP / 2,
                y=HEIGHT - height,
                width=max(step - GAP, 0.5),
                height=height,
                radius=min(1.5, step / 4),
                title=words("report.figure", count=count, low=low, high=high),
            )
        )
    return bars


def spark_bars(counts: Sequence[int]) -> list[SparkBar]:
    """The bars of a histogram of the size of a word; empty bins have none."""
    highest, step = max(max(counts), 1), SPARK_WIDTH / len(counts)
    heights = [SPARK_HEIGHT * count / highest for count in counts]
    return [
        SparkBar(x=index * step, y=SPARK_HEIGHT - height, width=max(step - 0.6, 0.4), height=height)
        for index, height in enumerate(heights)
        if height
    ]


def edge(value: float, words: Translator, *, days: bool) -> str:
    """An edge of a histogram as a text: a number, or an ISO date."""
    return (EPOCH + timedelta(days=value)).isoformat() if days else words.number(value)
