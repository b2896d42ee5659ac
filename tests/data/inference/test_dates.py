"""Date formats: which texts fit which, and names of months, which a file and a recipe read alike."""

from __future__ import annotations

from datetime import UTC, datetime

import polars as pl
import pytest

from tablee.recipes.parsing.dates import date_parser
from tablee.recipes.steps import ParseDate
from tablee.tables.cells.months import MONTHS
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


def choices(inference: dates.DateFormatInference) -> tuple[str, ...]:
    return tuple(inference.readings)


def test_a_later_block_excludes_formats() -> None:
    inference = dates.DateFormatInference()
    inference.update(pl.Series(["01/02/2024", None, "-"]), ("-",))
    assert choices(inference) == ("%d/%m/%Y", "%m/%d/%Y")
    inference.update(pl.Series(["02/13/2024"]), ())
    assert choices(inference) == ("%m/%d/%Y",)
    inference.update(pl.Series(["13/02/2024", "14/02/2024"]), ())
    assert choices(inference) == ()


@pytest.mark.parametrize(
    ("texts", "formats"),
    [
        (["24-03-12"], ("%d-%m-%y", "%y-%m-%d")),
        (["12-03-10", "11-02-09"], ("%d-%m-%y", "%m-%d-%y", "%y-%m-%d")),
        (["12-03-10", "13-02-09"], ("%d-%m-%y", "%y-%m-%d")),
        (["12-03-10", "31-02-12"], ("%y-%m-%d",)),
        (["12-03-10", "12-28-09"], ("%m-%d-%y",)),
        (["01/01/2024", "02/02/2024"], ("%d/%m/%Y",)),
    ],
)
def test_all_orders_that_fit_all_rows_are_counted(texts: list[str], formats: tuple[str, ...]) -> None:
    """Formats that read the cells alike count once."""
    inference = dates.DateFormatInference()
    inference.update(pl.Series(texts), ())
    assert choices(inference) == formats


def test_one_cell_among_thousands_tells_two_orders_apart() -> None:
    """Days and months that are equal read alike in both orders."""
    inference = dates.DateFormatInference()
    alike = [f"{month:02}/{month:02}/{year}" for year in range(1990, 2020) for month in range(1, 13)]
    inference.update(pl.Series(alike), ())
    assert choices(inference) == ("%d/%m/%Y",)
    inference.update(pl.Series([*alike, "03/04/2024"]), ())
    assert choices(inference) == ("%d/%m/%Y", "%m/%d/%Y")


def test_a_column_without_dates_fits_none() -> None:
    inference = dates.DateFormatInference()
    inference.update(pl.Series([None, "-"], dtype=pl.String), ("-",))
    assert (choices(inference), bool(inference.formats)) == ((), True)
    inference.update(pl.Series([*["-"] * 50, "2024-03-12"]), ("-",))
    assert choices(inference) == ("%Y-%m-%d",)


def test_a_few_texts_among_dates_are_odd() -> None:
    inference = dates.DateFormatInference()
    days = [f"2024-03-{day:02}" for day in range(1, 29)]
    inference.update(pl.Series([*days, "hier", *days]), (), lambda row: row + 2)
    assert (choices(inference), list(inference.odd.texts)) == ((), ["hier"])
    assert (inference.odd.texts["hier"].count, inference.odd.texts["hier"].line) == (1, 30)
    inference.update(pl.Series(["a", "b", "c"]), ())
    assert [*inference.odd.texts] == ["hier", "a", "b", "c"]
    inference.update(pl.Series([f"word{each}" for each in range(40)]), ())
    assert inference.formats == ()  # more than forty different texts are too many


@pytest.mark.parametrize(
    ("text", "looks"),
    [("12/03/2024", True), ("2024-3-1 10:00:00", True), ("1.2.3", True), ("12/2024", False), ("12/03/20245", False)],
)
def test_what_looks_like_a_date(text: str, looks: bool) -> None:
    assert bool(dates.LOOKS_LIKE_DATE.fullmatch(text)) is looks


OTHER_DATES = [
    "31/01/2024",
    "01/31/2024",
    "2024/01/05",
    "2024.01.05",
    "5 janvier 2024",
    "03/02/2024",
    "03/02/24",
    "soon",
]


@pytest.mark.parametrize("other", OTHER_DATES)
@pytest.mark.parametrize("blocks", [1, 3])
def test_one_cell_among_dates_in_iso_8601_decides_the_same_wherever_it_stands(other: str, blocks: int) -> None:
    iso = [f"2024-{month:02}-{day:02}" for month in (1, 2) for day in range(1, 29)]
    found = []
    for at in (0, 10, 30, len(iso)):
        cells = [*iso[:at], other, *iso[at:]]
        inference = dates.DateFormatInference()
        size = -(-len(cells) // blocks)
        for begin in range(0, len(cells), size):
            inference.update(pl.Series(cells[begin : begin + size]), ())
        found.append((set(inference.readings), set(inference.odd.texts)))
    assert found == [found[0]] * 4
    assert found[0][0] or found[0][1] == {"soon"}


@pytest.mark.parametrize(
    ("text", "iso"),
    [
        ("2024-01-31T10:05", "2024-01-31T10:05:00"),
        ("2024-01-31T10:05Z", "2024-01-31T10:05:00"),
        ("2024-01-31T10:05+01:00", "2024-01-31T09:05:00"),
        ("2024-01-31 00:00:10 UTC", "2024-01-31T00:00:10"),
        ("2024-01-31 10:00:10+01", "2024-01-31T09:00:10"),
        ("2024-01-31 10:05:12 +0100", "2024-01-31T09:05:12"),
        ("31/01/2024 00:10:05.5", "2024-01-31T00:10:05.500"),
        ("20240131T000010Z", "2024-01-31T00:00:10"),
    ],
)
def test_times_of_programs_are_read(text: str, iso: str) -> None:
    column = pl.Series("d", [text, text.replace("31", "30", 1)])
    form = dates.common_format(column)
    assert form is not None
    assert dates.parse(column, form)[0] == iso


def test_z_may_stand_beside_offsets() -> None:
    column = pl.Series("d", ["2024-01-31T10:05:00Z", "2024-07-31T10:05:00+02:00"])
    form = dates.common_format(column)
    assert form is not None
    assert dates.parse(column, form).to_list() == ["2024-01-31T10:05:00", "2024-07-31T08:05:00"]
