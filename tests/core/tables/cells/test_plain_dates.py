"""Single texts are read as `dates.parse_known` reads them, or left to it."""

from __future__ import annotations

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tablee.tables.cells import dates
from tablee.tables.cells.cell_format import DateFormat
from tablee.tables.cells.plain_dates import plain_reader

PATTERNS = (
    *("%d/%m/%Y", "%m/%d/%Y", "%Y-%m-%d", "%Y-%d-%m", "%d.%m.%Y %H:%M", "%Y-%m-%dT%H:%M:%S", "%Y%m%d", "%d/%m/%y"),
    *("%d %B %Y", "%m/%Y", "%Y/%m/%d %H:%M:%S", "%d/%m/%Y %I:%M %p", "%Y-%m-%dT%H:%M:%S%.f", "%H:%M %d-%m-%Y"),
)
YEAR, SMALL = st.integers(0, 10_000), st.integers(0, 62)


@st.composite
def texts(draw: st.DrawFn) -> str:
    """A date in one of the formats, which need not exist, with or without leading zeros."""
    pattern, padded = draw(st.sampled_from(PATTERNS)), draw(st.booleans())
    for directive in ("%Y", "%y", "%m", "%d", "%H", "%I", "%M", "%S"):
        number = draw(st.integers(1, 12) | SMALL) if directive != "%Y" else draw(st.integers(1990, 2030) | YEAR)
        width = 4 if directive == "%Y" else 2
        pattern = pattern.replace(directive, str(number).zfill(width if padded else 0))
    text = pattern.replace("%B", "mars").replace("%p", "PM").replace("%.f", draw(st.sampled_from(["", ".5"])))
    return draw(st.sampled_from(["", " "])) + text


@settings(max_examples=400, deadline=None)
@given(pattern=st.sampled_from((None, *PATTERNS)), text=texts())
def test_a_text_is_read_as_in_a_column_or_left(pattern: str | None, text: str) -> None:
    date_format = None if pattern is None else DateFormat(pattern=pattern)
    found = plain_reader(date_format)(text)
    assert found in (None, dates.parse_known(pl.Series([text]), date_format)[0])


@pytest.mark.parametrize(
    ("pattern", "text", "iso"),
    [
        ("%d/%m/%Y", "1/12/2023", "2023-12-01"),
        ("%d/%m/%Y", "2023-12-01T10:00:00", "2023-12-01T10:00:00"),
        ("%d.%m.%Y %H:%M", "01.12.2023 9:05", "2023-12-01T09:05:00"),
        (None, "2023-12-01", "2023-12-01"),
        ("%d/%m/%Y", "31/02/2023", None),
        ("%d %B %Y", "2023-12-01", None),
        (None, "01/12/2023", None),
    ],
)
def test_common_formats_are_read(pattern: str | None, text: str, iso: str | None) -> None:
    assert plain_reader(pattern and DateFormat(pattern=pattern))(text) == iso  # type: ignore[arg-type]
