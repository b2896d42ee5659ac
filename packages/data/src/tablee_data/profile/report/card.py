"""One column in the report: its picture and its figures."""

from __future__ import annotations

from collections.abc import Iterator
from xml.etree.ElementTree import Element

from tablee.datasets.profile import ColumnProfile, Profile
from tablee.i18n.data_texts import DataTranslator
from tablee_data.profile.report import chart
from tablee_data.profile.report.html import tag

LEVELS = 6


def card(column: ColumnProfile, profile: Profile, words: DataTranslator) -> Element:
    head = tag("header", tag("h3", column.name), tag("span", kind(column, words), class_="kind"))
    figures = [
        part
        for name, value in _figures(column, profile, words)
        for part in (tag("dt", words(f"report.{name}")), tag("dd", value))
    ]
    return tag("article", head, *_picture(column, profile, words), tag("dl", *figures), class_="card")


def kind(column: ColumnProfile, words: DataTranslator) -> str:
    return words(f"kind.{'boolean' if column.boolean else 'integer' if column.integer else column.kind}")


def middle(column: ColumnProfile, words: DataTranslator) -> str:
    """A typical value: the median, the most frequent one."""
    if column.numbers is not None:
        return words.number(_quantile(column, 0.5))
    if column.dates is not None:
        return words("report.range", low=column.dates.earliest, high=column.dates.latest)
    return _short(column.levels[0].value) if column.levels else "–"


def shape(column: ColumnProfile, words: DataTranslator) -> Element | None:
    """The distribution as small as a word."""
    label = f"{words('report.shape')}: {column.name}"
    if column.numbers is not None:
        return chart.spark(column.numbers.histogram.counts, label)
    if column.dates is not None:
        return chart.spark(column.dates.histogram.counts, label)
    return chart.spark([level.count for level in column.levels], label) if column.levels else None


def _picture(column: ColumnProfile, profile: Profile, words: DataTranslator) -> Iterator[Element]:
    label = f"{words('report.shape')}: {column.name}"
    if found := column.numbers or column.dates:
        days = column.dates is not None
        yield chart.histogram(found.histogram, words, days=days, label=label)
        low, high = (chart.edge(found.histogram.edges[at], words, days=days) for at in (0, -1))
        yield tag("div", tag("span", low), tag("span", high), class_="ends", aria_hidden="true")
    elif column.levels:
        present = profile.rows - column.missing
        kept = round(present * profile.basis.distributions.rows / max(profile.rows, 1))
        yield chart.levels(column, max(kept, sum(level.count for level in column.levels)), words, shown=LEVELS)
    else:
        yield tag("p", words("report.empty"), class_="quiet")


def _figures(column: ColumnProfile, profile: Profile, words: DataTranslator) -> Iterator[tuple[str, str]]:
    yield "missing", words.share(column.missing / max(profile.rows, 1))
    yield "distinct", words.number(column.distinct)
    if column.numbers is not None:
        found = column.numbers
        yield "mean", words.number(found.mean)
        yield "median", words.number(_quantile(column, 0.5))
        yield "std", words.number(found.std)
        low, high = (words.number(_quantile(column, at)) for at in (0.05, 0.95))
        yield "quantiles", words("report.range", low=low, high=high)
        if found.zeros:
            yield "zeros", words.number(found.zeros)
        if found.outliers:
            yield "outliers", words.number(found.outliers)
    elif column.kind == "text" and column.lengths is not None:
        yield "shortest", words("report.characters", n=column.lengths.shortest)
        yield "longest", words("report.characters", n=column.lengths.longest)


def _quantile(column: ColumnProfile, at: float) -> float:
    if column.numbers is None:
        raise ValueError(f"«{column.name}» holds no numbers")
    return dict(column.numbers.quantiles)[at]


def _short(text: str, most: int = 40) -> str:
    return text if len(text) <= most else text[: most - 1] + "…"
