"""The report's pictures: histograms, bars and strips as SVG that takes its colours from the page."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from xml.etree.ElementTree import Element

from tablee.datasets.profile import ColumnProfile, Histogram
from tablee.i18n.data_texts import DataTranslator
from tablee_data.profile.column import EPOCH
from tablee_data.profile.report.html import tag

WIDTH, HEIGHT = 240.0, 64.0
GAP = 1.5
"""Between bars."""


def histogram(found: Histogram, words: DataTranslator, *, days: bool, label: str) -> Element:
    """Bars of one width each: the outer ones reach further than they are wide."""
    most = max(max(found.counts), 1)
    step = WIDTH / len(found.counts)
    bars = []
    for index, count in enumerate(found.counts):
        height = 0.0 if not count else max(1.5, HEIGHT * count / most)
        low, high = (edge(each, words, days=days) for each in found.edges[index : index + 2])
        title = tag("title", words("report.figure", count=count, low=low, high=high))
        column = tag("rect", class_="reach", x=index * step, y=0.0, width=step, height=HEIGHT)
        bar = tag(
            "rect",
            class_="bar",
            x=index * step + GAP / 2,
            y=HEIGHT - height,
            width=max(step - GAP, 0.5),
            height=height,
            rx=min(1.5, step / 4),
        )
        bars.append(tag("g", title, column, bar))
    axis = tag("line", class_="axis", x1=0.0, x2=WIDTH, y1=HEIGHT, y2=HEIGHT)
    return tag(
        "svg", *bars, axis, viewBox=f"0 0 {WIDTH:g} {HEIGHT + 1:g}", role="img", aria_label=label, class_="histogram"
    )


def edge(value: float, words: DataTranslator, *, days: bool) -> str:
    return (EPOCH + timedelta(days=value)).isoformat() if days else words.number(value)


def levels(column: ColumnProfile, rows: int, words: DataTranslator, *, shown: int) -> Element:
    """A line a level: its name, a bar, its share of the rows that have a value."""
    present = max(rows, 1)
    lines = [_line(each.value, each.count / present, words) for each in column.levels[:shown]]
    rest = present - sum(each.count for each in column.levels[:shown])
    if rest > 0:
        lines.append(_line(words("report.other"), rest / present, words, class_="rest"))
    return tag("table", tag("tbody", *lines), class_="levels")


def _line(name: str, share: float, words: DataTranslator, class_: str | None = None) -> Element:
    return tag(
        "tr",
        tag("th", name, scope="row", title=name),
        tag("td", meter(share)),
        tag("td", words.share(share), class_="figure"),
        class_=class_,
    )


def meter(share: float, *, against: bool = False) -> Element:
    """A bar that fills a share of its width; beside a text that says the same."""
    bar = tag("rect", class_="against" if against else "bar", width=max(100 * share, 0.6), height=8.0, rx=2.0)
    ground = tag("rect", class_="ground", width=100.0, height=8.0, rx=2.0)
    return tag("svg", ground, bar, viewBox="0 0 100 8", preserveAspectRatio="none", class_="meter", aria_hidden="true")


def spark(counts: Sequence[int], label: str) -> Element:
    """A histogram the size of a word."""
    most, step = max(max(counts), 1), 80 / len(counts)
    bars = [
        tag("rect", class_="bar", x=i * step, y=20 - 20 * n / most, width=max(step - 0.6, 0.4), height=20 * n / most)
        for i, n in enumerate(counts)
        if n
    ]
    return tag("svg", *bars, viewBox="0 0 80 20", class_="spark", role="img", aria_label=label)
