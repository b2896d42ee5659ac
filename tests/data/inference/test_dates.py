"""Months by name, in a file: French and English, whole and short, as a recipe reads them."""

from __future__ import annotations

from datetime import UTC, datetime

import polars as pl
import pytest

from tablee.recipes.steps import ParseDate
from tablee.recipes.texts import MONTHS, seconds
from tablee_data.inference import dates


@pytest.mark.parametrize(
    ("texts", "form", "iso"),
    [
        (["3 janvier 2024", "1er févr. 2023"], "%d %B %Y", ["2024-01-03", "2023-02-01"]),
        (["3 Aug 2024", "12 DÉCEMBRE 2023"], "%d %B %Y", ["2024-08-03", "2023-12-12"]),
        (["July 4th, 2024", "Oct. 3, 2023"], "%B %d, %Y", ["2024-07-04", "2023-10-03"]),
        (["3-mai-2024 08:30", "4-mai-2024 17:05"], "%d-%B-%Y %H:%M", ["2024-05-03T08:30:00", "2024-05-04T17:05:00"]),
        (["3 pommes 2024", "4 mai 2024"], None, []),
        (["31 février 2024", "4 mai 2024"], None, []),
    ],
)
def test_names_are_read(texts: list[str], form: str | None, iso: list[str]) -> None:
    column = pl.Series("d", texts)
    assert dates.common_format(column) == form
    if form is not None:
        assert [each.removesuffix(".000000") for each in dates.parse(column, form)] == iso


@pytest.mark.parametrize("form", ["%d %B %Y", "%d %b %Y"])
def test_a_file_and_a_recipe_know_the_same_names(form: str) -> None:
    texts = [
        f"{day} {written} 2024" for name in MONTHS for written in (name, name.title(), f"{name}.") for day in (1, 28)
    ]
    read = seconds(ParseDate(column="d"))
    found = [
        datetime.fromisoformat(each).replace(tzinfo=UTC).timestamp() for each in dates.parse(pl.Series(texts), form)
    ]
    assert found == [read(text) for text in texts]
