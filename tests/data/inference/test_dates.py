"""Date formats: which texts fit which, and names of months, which a file and a recipe read alike."""

from __future__ import annotations

from datetime import UTC, datetime

import polars as pl
import pytest

from tablee.recipes.parsing.dates import MONTHS, date_parser
from tablee.recipes.steps import ParseDate
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
def test_names_of_months_are_read(texts: list[str], form: str | None, iso: list[str]) -> None:
    column = pl.Series("d", texts)
    assert dates.common_format(column) == form
    if form is not None:
        assert [each.removesuffix(".000000") for each in dates.parse(column, form)] == iso


@pytest.mark.parametrize("form", ["%d %B %Y", "%d %b %Y"])
def test_type_inference_and_recipes_know_the_same_names_of_months(form: str) -> None:
    texts = [
        f"{day} {written} 2024" for name in MONTHS for written in (name, name.title(), f"{name}.") for day in (1, 28)
    ]
    read = date_parser(ParseDate(column="d"))
    found = [
        datetime.fromisoformat(each).replace(tzinfo=UTC).timestamp() for each in dates.parse(pl.Series(texts), form)
    ]
    assert found == [read(text) for text in texts]


@pytest.mark.parametrize(
    ("date_format", "text", "iso"),
    [
        ("%Y-%m-%d", "2024-02-29", "2024-02-29"),
        ("%Y-%m-%d", "2023-02-29", None),
        ("%Y-%m-%d", " 2024-1-2 ", "2024-01-02"),
        ("%Y-%m-%d", "24-01-02", None),
        ("%Y-%m-%d", "2024-01-02 10:00", None),
        ("%d/%m/%Y", "31/04/2024", None),
        ("%d/%m/%Y", "13/12/2024", "2024-12-13"),
        ("%m/%d/%Y", "13/12/2024", None),
        ("%d/%m/%y", "01/02/24", "2024-02-01"),
        ("%d/%m/%y", "01/02/2024", None),
        ("%Y-%m-%d %H:%M", "2024-01-02 23:59", "2024-01-02T23:59:00"),
        ("%Y-%m-%d %H:%M", "2024-01-02 24:00", None),
        ("%Y-%m-%dT%H:%M:%S%.f", "2024-01-02T10:00:00.25", "2024-01-02T10:00:00.250"),
        ("%Y-%m-%dT%H:%M:%S%.fZ", "2024-01-02T10:00:00Z", "2024-01-02T10:00:00"),
        ("%Y-%m-%dT%H:%M:%S%.f%z", "2024-01-01T00:30:00+01:00", "2023-12-31T23:30:00"),
        ("%d %B %Y", "1er mai 2024", "2024-05-01"),
        ("%d/%m/%Y", "1er/05/2024", None),
        ("%d-%B-%Y", "1-mai-2024", "2024-05-01"),
        ("%I:%M %p %d/%m/%Y", "11:30 PM 01/02/2024", "2024-02-01T23:30:00"),
    ],
)
def test_a_text_is_a_date_in_a_format(date_format: str, text: str, iso: str | None) -> None:
    assert dates.parse(pl.Series([text, None]), date_format).to_list() == [iso, None]


def test_a_later_block_excludes_formats() -> None:
    inference = dates.DateFormatInference()
    inference.update(pl.Series(["01/02/2024", None, "-"]), ("-",))
    assert inference.choices == ("%d/%m/%Y", "%m/%d/%Y")
    inference.update(pl.Series(["02/13/2024"]), ())
    assert inference.choices == ("%m/%d/%Y",)
    inference.update(pl.Series(["13/02/2024"]), ())
    assert inference.choices == ()


def test_a_column_without_dates_fits_none() -> None:
    inference = dates.DateFormatInference()
    inference.update(pl.Series([None, "-"], dtype=pl.String), ("-",))
    assert (inference.choices, bool(inference.formats)) == ((), True)


@pytest.mark.parametrize(
    ("text", "looks"),
    [("12/03/2024", True), ("2024-3-1 10:00:00", True), ("1.2.3", True), ("12/2024", False), ("12/03/20245", False)],
)
def test_what_looks_like_a_date(text: str, looks: bool) -> None:
    assert bool(dates.LOOKS_LIKE_DATE.fullmatch(text)) is looks
