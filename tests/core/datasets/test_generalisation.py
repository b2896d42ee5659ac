"""Cells made coarser: the same of a cell alone and among others, and nothing new where it is done again."""

from __future__ import annotations

import datetime as dt

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tablee.datasets.generalisation import Generalisation, GeneralisingAction, generalised, generalising, read_texts
from tablee.datasets.manifest import ColumnSummary, DatasetManifest
from tablee.datasets.privacy import Action, Anonymised, Bands, Drop, Keep, Mask, Period, Prefix, Pseudonym
from tablee.datasets.reading import EarlierReading, Reading
from tablee.tables.cells.cell_format import CellFormat, DateFormat, NumberFormat

WIDTHS = (10, 5, 1, 0.1, 0.25, 0.05, 0.3, 1 / 3, 1000, 0.001)


@given(
    number=st.floats(-1e6, 1e6) | st.integers(-1000, 1000).map(lambda each: each / 10),
    width=st.sampled_from(WIDTHS),
    start=st.sampled_from((0, 5, -0.5)),
)
def test_a_band_begins_below_its_numbers_and_is_its_own_band(number: float, width: float, start: float) -> None:
    action = Bands(column="x", width=width, start=start)
    band = generalised(pl.Series([number], dtype=pl.Float64), action)
    rounding = 2e-3 * width + 1e-10
    assert band[0] - rounding <= number < band[0] + width + rounding
    assert generalised(band, action)[0] == band[0]


def test_a_number_on_the_border_is_in_the_band_that_begins_there() -> None:
    tenths = pl.Series([each / 10 for each in range(-20, 21)])
    assert generalised(tenths, Bands(column="x", width=0.1)).to_list() == tenths.to_list()


def test_a_number_that_is_too_great_for_bands_stays() -> None:
    assert generalised(pl.Series([1e308, None]), Bands(column="x", width=0.01)).to_list() == [1e308, None]


def test_a_date_that_cannot_be_read_has_no_period() -> None:
    action = Period(column="x", to="month", format="%d/%m/%Y")
    texts = pl.Series([" 13/02/1980 ", "1980-02-13", "02/13/1980", None])
    assert generalised(texts, action).to_list() == ["1980-02", "1980-02", None, None]


TEXTS = CellFormat()
DATES = CellFormat(date=DateFormat(pattern="%d/%m/%Y"), missing=("n/a",))
NUMBERS = CellFormat(number=NumberFormat(decimal=",", thousands=" "), missing=("NA",))
CODES = Prefix(column="x", length=2, digits=5)


@pytest.mark.parametrize(
    ("action", "original", "levels", "given", "expected"),
    [
        (CODES, TEXTS, ("01", "75"), "75011", "75"),
        (CODES, TEXTS, ("01", "75"), "1000", "01"),
        (CODES, TEXTS, ("01", "75"), "75", "75"),
        (CODES, TEXTS, ("01", "75"), "13", "00"),
        (CODES, TEXTS, None, "13", "13"),
        (CODES, NUMBERS, ("01", "75"), "75 011", "75"),
        (CODES, NUMBERS, ("01", "75"), "75011,0", "75"),
        (CODES, NUMBERS, ("01", "75"), " NA ", None),
        (CODES, NUMBERS, ("01", "75"), "Lyon", "Lyon"),
        (Prefix(column="x", length=3), TEXTS, ("le ",), "le Mans", "le "),
        (Prefix(column="x", length=3), CellFormat(trimmed=True), ("le ",), "  le Mans", "le "),
        (Prefix(column="x", length=3), CellFormat(trimmed=True), ("le ",), "le ", "le "),
        (Prefix(column="x", length=1), CellFormat(trimmed=True, missing=("NA",)), ("L",), " NA ", None),
        (Prefix(column="x", length=1), CellFormat(missing=("NA",)), ("L",), "NA", "N"),
        (Period(column="x", to="year"), DATES, ("1980",), "13/02/1980", "1980"),
        (Period(column="x", to="year"), DATES, ("1980",), "1980-02-13", "1980"),
        (Period(column="x", to="year"), DATES, ("1980",), "1980", "1980"),
        (Period(column="x", to="year"), DATES, ("1980",), "02/13/1980", "02/13/1980"),
        (Period(column="x", to="year"), DATES, ("1980",), "n/a", None),
        (Period(column="x", to="month"), DATES, None, "1980-02", "1980-02"),
        (Period(column="x", to="month", format="%d.%m.%Y"), TEXTS, ("1980-02",), "13.02.1980", "1980-02"),
        (Mask(column="x", keep_last=2), TEXTS, None, "0612345678", "***78"),
        (Mask(column="x", keep_last=2), TEXTS, None, "***78", "***78"),
        (Mask(column="x", keep_last=2), TEXTS, ("***78",), "***78", "***78"),
        (Mask(column="x", keep_last=2), TEXTS, None, "", None),
    ],
)
def test_a_text_before_or_after_an_action(
    action: GeneralisingAction, original: CellFormat, levels: tuple[str, ...] | None, given: str, expected: str | None
) -> None:
    generalisation = Generalisation(action=action, original=original)
    found = read_texts(pl.Series([None, given, given]), generalisation, levels)
    assert found.to_list() == [None, expected, expected]


@given(days=st.lists(st.dates(dt.date(1900, 1, 1), dt.date(2099, 12, 31)), min_size=1, max_size=5))
def test_periods_of_texts_are_those_of_dates(days: list[dt.date]) -> None:
    action = Period(column="x", to="month")
    iso = generalised(pl.Series([day.isoformat() for day in days]), action)
    written = pl.Series([day.strftime("%d/%m/%Y") for day in days])
    assert read_texts(written, Generalisation(action=action, original=DATES), ()).to_list() == iso.to_list()


ACTIONS: tuple[Action, ...] = (
    Keep(column="kept"),
    Drop(column="gone"),
    Mask(column="masked"),
    Mask(column="phone", keep_last=2),
    Pseudonym(column="mail"),
    Bands(column="age", width=10),
    Prefix(column="zip", length=2),
    Period(column="born", to="year"),
)


def manifest(reading: Reading | EarlierReading) -> DatasetManifest:
    names = ("kept", "masked", "phone", "mail", "age", "zip", "born")
    columns = tuple(ColumnSummary(name=name, kind="category", missing=0, distinct=2) for name in names)
    return DatasetManifest(
        name="people",
        version="0" * 12,
        rows=9,
        columns=columns,
        filename="people.csv",
        bytes=9,
        sha256="0" * 64,
        created=dt.datetime(2026, 1, 1, tzinfo=dt.UTC),
        reading=reading,
        anonymised=Anonymised(actions=ACTIONS, fingerprint="f"),
    )


def test_a_manifest_says_what_a_model_can_learn_from() -> None:
    told = manifest(Reading(format="csv", cells={"born": DATES, "age": NUMBERS}))
    assert set(told.generalisations) == {"phone", "age", "zip", "born"}
    assert told.generalisations["born"].original == DATES
    assert told.generalisations["zip"].original == TEXTS
    assert set(told.unlearnable) == {"masked", "mail"}
    assert told.cell_formats["born"] == TEXTS
    assert told.cell_formats["age"] == NUMBERS
    assert [generalising(action) for action in ACTIONS[:3]] == [None, None, None]


def test_dates_of_an_earlier_release_are_read_as_then() -> None:
    earlier = manifest(EarlierReading(reader="intake/1", dates={"born": "%d/%m/%Y"}))
    generalisation = earlier.generalisations["born"]
    assert read_texts(pl.Series(["13/02/1980"]), generalisation, ("1980",)).to_list() == ["1980"]
