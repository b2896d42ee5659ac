"""A profile as one HTML file: no script, nothing loaded from elsewhere, light or dark as the reader's system is."""

from __future__ import annotations

import re
from functools import cache
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from tablee.datasets.profile import Profile
from tablee.i18n import Language
from tablee.i18n.data_texts import DataTranslator
from tablee_data.profile.report.charts import coordinate
from tablee_data.profile.report.columns import card, overview

MAX_PAIRS = 15
"""Number of pairs of columns that are listed."""
MAX_TARGET_COLUMNS = 20
"""Number of columns that are listed with the target."""
MIN_STRENGTH = 0.1
"""Weaker associations are not listed."""
MAX_CARDS = 200
"""Number of columns that get a card; the overview has all columns."""

_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ufffe\uffff\ud800-\udfff]")


def report(profile: Profile, language: Language) -> str:
    """The report of a profile as HTML."""
    words = DataTranslator(language)
    cells = max(profile.rows * len(profile.columns), 1)
    return (
        _environment()
        .get_template("report.html")
        .render(
            profile=profile,
            words=words,
            tiles={
                "rows": words.number(profile.rows),
                "columns": words.number(len(profile.columns)),
                "missing_cells": words.share(sum(column.missing for column in profile.columns) / cells),
                "duplicates": words.share(profile.duplicate_rows / max(profile.basis.distributions.rows, 1)),
            },
            with_target=profile.with_target[:MAX_TARGET_COLUMNS] if profile.target is not None else (),
            pairs=[each for each in profile.between if each.strength >= MIN_STRENGTH][:MAX_PAIRS],
            overview=[overview(column, profile.rows, words) for column in profile.columns],
            cards=[card(column, profile, words) for column in profile.columns[:MAX_CARDS]],
        )
    )


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=PackageLoader(__package__ or "", "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        finalize=_without_control_characters,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    environment.filters["coordinate"] = coordinate
    return environment


def _without_control_characters(value: Any) -> Any:
    """Characters that HTML does not allow become U+FFFD."""
    return value if isinstance(value, Markup) else _CONTROL.sub("\ufffd", str(value))
