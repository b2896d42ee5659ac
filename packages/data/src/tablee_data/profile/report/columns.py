"""One column in the report: its line of the overview, and its card with a chart and figures."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from tablee.datasets.profile import ColumnProfile, Profile
from tablee.i18n import Translator
from tablee_data.profile.report.charts import Bar, SparkBar, edge, histogram_bars, spark_bars

MAX_LEVELS = 6
"""Number of levels that a card lists by name."""
MAX_CHARACTERS = 40
"""Of a typical value."""


@dataclass(frozen=True, slots=True)
class Overview:
    """A line of the overview."""

    name: str
    kind: str
    missing: str
    distinct: str
    typical: str
    label: str
    """Of the chart, for screen readers."""
    bars: list[SparkBar]


@dataclass(frozen=True, slots=True)
class LevelShare:
    """A level of a category with its share of the rows that have a value."""

    name: str
    share: float
    rest: bool = False
    """It stands for all levels that are not listed."""


@dataclass(frozen=True, slots=True)
class Card:
    """The card of a column: a histogram, or levels, or neither if the column is empty."""

    name: str
    kind: str
    label: str
    """Of the chart, for screen readers."""
    bars: list[Bar]
    ends: tuple[str, str]
    """The least and the greatest edge of the histogram."""
    levels: list[LevelShare]
    figures: list[tuple[str, str]]
    """Pairs of a key below `report.` in the catalogue and a value."""


def overview(column: ColumnProfile, rows: int, words: Translator) -> Overview:
    """:param rows: number of rows of the version."""
    counts = [level.count for level in column.levels]
    if found := column.numbers or column.dates:
        counts = list(found.histogram.counts)
    return Overview(
        name=column.name,
        kind=_kind(column, words),
        missing=words.share(column.missing / max(rows, 1)),
        distinct=words.number(column.distinct),
        typical=_typical(column, words),
        label=_label(column, words),
        bars=spark_bars(counts) if counts else [],
    )


def card(column: ColumnProfile, profile: Profile, words: Translator) -> Card:
    """:param profile: that the column belongs to."""
    bars: list[Bar] = []
    ends, days = ("", ""), column.dates is not None
    if found := column.numbers or column.dates:
        bars = histogram_bars(found.histogram, words, days=days)
        low, high = found.histogram.edges[0], found.histogram.edges[-1]
        ends = edge(low, words, days=days), edge(high, words, days=days)
    return Card(
        name=column.name,
        kind=_kind(column, words),
        label=_label(column, words),
        bars=bars,
        ends=ends,
        levels=[] if bars else list(_levels(column, profile, words)),
        figures=list(_figures(column, profile, words)),
    )


def _kind(column: ColumnProfile, words: Translator) -> str:
    return words(f"kind.{'boolean' if column.boolean else 'integer' if column.integer else column.kind}")


def _label(column: ColumnProfile, words: Translator) -> str:
    return f"{words('report.shape')}: {column.name}"


def _typical(column: ColumnProfile, words: Translator) -> str:
    """A typical value: the median, the range of dates, or the most frequent level."""
    if column.numbers is not None:
        return words.number(dict(column.numbers.quantiles)[0.5])
    if column.dates is not None:
        return words("report.range", low=column.dates.earliest, high=column.dates.latest)
    return _shortened(column.levels[0].value) if column.levels else "–"


def _shortened(text: str) -> str:
    return text if len(text) <= MAX_CHARACTERS else text[: MAX_CHARACTERS - 1] + "…"


def _levels(column: ColumnProfile, profile: Profile, words: Translator) -> Iterator[LevelShare]:
    """The most frequent levels, and the rest of the rows that have a value."""
    if not column.levels:
        return
    present = profile.rows - column.missing
    sampled = round(present * profile.basis.distributions.rows / max(profile.rows, 1))
    rows = max(sampled, sum(level.count for level in column.levels), 1)
    listed = column.levels[:MAX_LEVELS]
    for level in listed:
        yield LevelShare(level.value, level.count / rows)
    rest = rows - sum(level.count for level in listed)
    if rest > 0:
        yield LevelShare(words("report.other"), rest / rows, rest=True)


def _figures(column: ColumnProfile, profile: Profile, words: Translator) -> Iterator[tuple[str, str]]:
    yield "missing", words.share(column.missing / max(profile.rows, 1))
    yield "distinct", words.number(column.distinct)
    if column.numbers is not None:
        found, quantiles = column.numbers, dict(column.numbers.quantiles)
        yield "mean", words.number(found.mean)
        yield "median", words.number(quantiles[0.5])
        yield "std", words.number(found.std)
        low, high = words.number(quantiles[0.05]), words.number(quantiles[0.95])
        yield "quantiles", words("report.range", low=low, high=high)
        if found.zeros:
            yield "zeros", words.number(found.zeros)
        if found.outliers:
            yield "outliers", words.number(found.outliers)
    elif column.kind == "text" and column.lengths is not None:
        yield "shortest", words("report.characters", n=column.lengths.shortest)
        yield "longest", words("report.characters", n=column.lengths.longest)
