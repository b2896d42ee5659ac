"""A profile as one HTML file: no script, nothing loaded from elsewhere, light or dark as its reader likes."""

from __future__ import annotations

from importlib.resources import files
from xml.etree.ElementTree import Element

from tablee.datasets.profile import Association, ColumnProfile, Profile
from tablee.i18n import Language
from tablee.i18n.data_texts import DataTranslator
from tablee_data.profile.report import card
from tablee_data.profile.report.chart import meter
from tablee_data.profile.report.html import document, tag

PAIRS = 15
"""Pairs of columns that are listed."""
TELLING = 20
"""Columns that are listed with the target."""
LEAST = 0.1
"""Weaker associations are not listed."""
CARDS = 200
"""Columns that get a card; all are in the overview."""


def report(profile: Profile, language: Language) -> str:
    """The whole file."""
    words = DataTranslator(language)
    title = words("report.title", dataset=profile.dataset)
    head = tag(
        "head",
        tag("meta", charset="utf-8"),
        tag("meta", name="viewport", content="width=device-width, initial-scale=1"),
        tag("title", title),
        tag("style", files(__package__).joinpath("style.css").read_text("utf-8")),
    )
    main = tag(
        "main",
        tag("h1", title),
        tag("p", words("report.version", version=profile.version), class_="version"),
        _tiles(profile, words),
        tag("p", words.basis(profile), class_="quiet"),
        *_section(words("report.warnings"), _warnings(profile, words)),
        *_target(profile, words),
        *_section(words("report.overview"), _overview(profile, words)),
        *_section(words("report.associations"), *_associations(profile, words)),
        *_section(words("report.details"), _cards(profile, words)),
        tag("footer", words("report.made")),
    )
    return document(tag("html", head, tag("body", main), lang=language))


def _section(title: str, *content: Element | str | None) -> tuple[Element, ...]:
    return (tag("section", tag("h2", title), *content),)


def _tiles(profile: Profile, words: DataTranslator) -> Element:
    cells = max(profile.rows * len(profile.columns), 1)
    tiles = {
        "report.rows": words.number(profile.rows),
        "report.columns": words.number(len(profile.columns)),
        "report.missing_cells": words.share(sum(column.missing for column in profile.columns) / cells),
        "report.duplicates": words.share(profile.duplicate_rows / max(profile.basis.distributions.rows, 1)),
    }
    return tag(
        "ul", *(tag("li", tag("strong", n), tag("span", words(key))) for key, n in tiles.items()), class_="tiles"
    )


def _warnings(profile: Profile, words: DataTranslator) -> Element:
    if not profile.warnings:
        return tag("p", words("report.no_warnings"), class_="calm")
    proposal = words("report.proposal")
    lines = [
        tag("li", words.warning(each), tag("span", f"{proposal} {words.action(each.action)}.", class_="proposal"))
        for each in profile.warnings
    ]
    return tag("ul", *lines, class_="warnings")


def _target(profile: Profile, words: DataTranslator) -> tuple[Element, ...]:
    if profile.target is None or not profile.with_target:
        return ()
    lines = [_pair(each.columns[0], each, words) for each in profile.with_target[:TELLING]]
    return _section(words("report.target", target=profile.target), tag("table", tag("tbody", *lines), class_="pairs"))


def _associations(profile: Profile, words: DataTranslator) -> tuple[Element, ...]:
    found = [each for each in profile.between if each.strength >= LEAST][:PAIRS]
    if not found:
        return (tag("p", words("report.no_associations"), class_="quiet"),)
    lines = [_pair(" · ".join(each.columns), each, words) for each in found]
    note = words("report.associations_note", shown=len(found), columns=len(profile.compared))
    return tag("p", note, class_="quiet"), tag("table", tag("tbody", *lines), class_="pairs")


def _pair(name: str, found: Association, words: DataTranslator) -> Element:
    return tag(
        "tr",
        tag("th", name, scope="row"),
        tag("td", meter(found.strength, against=found.value < 0), class_="strength"),
        tag("td", words.number(round(found.value, 2)).replace("-", "−"), class_="figure"),
        tag("td", words(f"measure.{found.measure}"), class_="kind"),
    )


def _overview(profile: Profile, words: DataTranslator) -> Element:
    names = ("column", "kind", "missing", "distinct", "middle", "shape")
    numeric = ("missing", "distinct")
    head = [
        tag("th", words(f"report.{name}"), scope="col", class_="figure" if name in numeric else None) for name in names
    ]
    lines = [_line(column, profile.rows, words) for column in profile.columns]
    table = tag("table", tag("thead", tag("tr", *head)), tag("tbody", *lines), class_="overview")
    return tag("div", table, class_="wide", tabindex="0", role="region", aria_label=words("report.overview"))


def _line(column: ColumnProfile, rows: int, words: DataTranslator) -> Element:
    return tag(
        "tr",
        tag("th", column.name, scope="row"),
        tag("td", card.kind(column, words), class_="kind"),
        tag("td", words.share(column.missing / max(rows, 1)), class_="figure"),
        tag("td", words.number(column.distinct), class_="figure"),
        tag("td", card.middle(column, words)),
        tag("td", card.shape(column, words)),
    )


def _cards(profile: Profile, words: DataTranslator) -> Element:
    cards = (card.card(column, profile, words) for column in profile.columns[:CARDS])
    return tag("div", *cards, class_="cards")
