"""Numbers, shares, dates and sizes in French and English."""

from __future__ import annotations

import math
import re
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as some

from tablee.i18n import Formatter

FR, EN = Formatter("fr"), Formatter("en")
NARROW, WIDE = "\u202f", "\u00a0"


@pytest.mark.parametrize(
    ("value", "decimals", "english", "french"),
    [
        (0, None, "0", "0"),
        (344, None, "344", "344"),
        (1234567, None, "1,234,567", f"1{NARROW}234{NARROW}567"),
        (43.92193, None, "43.92", "43,92"),
        (0.012345, None, "0.01235", "0,01235"),
        (4201.754, None, "4,202", f"4{NARROW}202"),
        (-0.5, None, "-0.5", "-0,5"),
        (1e-12, None, "0", "0"),
        (2.5, 2, "2.50", "2,50"),
        (-0.001, 1, "0.0", "0,0"),
        (math.inf, None, "inf", "inf"),
    ],
)
def test_numbers(value: float, decimals: int | None, english: str, french: str) -> None:
    assert EN.number(value, decimals) == english
    assert FR.number(value, decimals) == french


@pytest.mark.parametrize(
    ("share", "english", "french"),
    [
        (0, "0%", f"0{NARROW}%"),
        (1, "100%", f"100{NARROW}%"),
        (0.983, "98.3%", f"98,3{NARROW}%"),
        (0.99996, f">{WIDE}99.9%", f">{WIDE}99,9{NARROW}%"),
        (0.00001, f"<{WIDE}0.1%", f"<{WIDE}0,1{NARROW}%"),
    ],
)
def test_shares(share: float, english: str, french: str) -> None:
    assert EN.percent(share) == english
    assert FR.percent(share) == french


@given(some.floats(0, 1))
def test_a_share_is_never_rounded_to_certainty(share: float) -> None:
    shown = EN.percent(share)
    assert (shown == "100%") == (share == 1)
    assert (shown == "0%") == (share == 0)


@pytest.mark.parametrize(
    ("value", "shown"), [(2007.0, "2007"), (39.1, "39,1"), (1e-7, "1e-07"), ("male", "male"), (None, "?")]
)
def test_cells_have_no_mark_between_thousands(value: float | str | None, shown: str) -> None:
    assert FR.plain(value, missing="?") == shown


def test_dates_are_in_the_visitors_time_zone() -> None:
    moment = datetime(2025, 11, 24, 23, 5, tzinfo=UTC)
    assert EN.date(moment, ZoneInfo("Europe/Paris")) == "25 Nov 2025, 00:05"
    assert FR.date(moment) == "24 nov. 2025, 23:05"


@pytest.mark.parametrize(
    ("seconds", "shown"),
    [
        (0.42, "0,4 s"),
        (7, "7 s"),
        (59.7, "1 min"),
        (60, "1 min"),
        (185, "3 min 05 s"),
        (3600, "1 h"),
        (5000, "1 h 23 min"),
    ],
)
def test_durations(seconds: float, shown: str) -> None:
    assert FR.duration(seconds) == shown.replace(" ", WIDE).replace(f"min{WIDE}0", "min 0").replace(f"h{WIDE}2", "h 2")


@pytest.mark.parametrize(
    ("count", "english", "french"),
    [(512, "512 bytes", "512 octets"), (15241, "14.9 kB", "14,9 ko"), (3 << 30, "3.0 GB", "3,0 Go")],
)
def test_sizes(count: int, english: str, french: str) -> None:
    assert EN.size(count) == english.replace(" ", WIDE)
    assert FR.size(count) == french.replace(" ", WIDE)


@pytest.mark.parametrize(
    ("typed", "english", "french"),
    [
        ("39.1", 39.1, 39.1),
        ("39,1", 39.1, 39.1),
        ("-0,5", -0.5, -0.5),
        ("−2", -2, -2),
        ("1,234", 1234, 1.234),
        ("1,234,567.5", 1234567.5, None),
        ("1 234,5", 1234.5, 1234.5),
        (f"1{NARROW}234", 1234, 1234),
        (".5", 0.5, 0.5),
        ("1e3", 1000, 1000),
    ],
)
def test_numbers_are_read_as_people_type_them(typed: str, english: float, french: float | None) -> None:
    assert EN.read(typed) == english
    if french is None:
        with pytest.raises(ValueError, match="1,234,567"):
            FR.read(typed)
    else:
        assert FR.read(typed) == french


@pytest.mark.parametrize("figures", [FR, EN])
@pytest.mark.parametrize("typed", ["abc", "1.2.3", "1,2,3", "--1", "1e999", "nan", "inf", "0x10", "1_000"])
def test_what_is_no_number_is_refused(figures: Formatter, typed: str) -> None:
    with pytest.raises(ValueError, match=re.escape(typed)):
        figures.read(typed)


@pytest.mark.parametrize("figures", [FR, EN])
@pytest.mark.parametrize("typed", ["", "  ", NARROW])
def test_nothing_is_unknown(figures: Formatter, typed: str) -> None:
    assert figures.read(typed) is None


@given(some.floats(allow_nan=False, allow_infinity=False))
def test_what_the_form_shows_is_read_back(value: float) -> None:
    for figures in (FR, EN):
        assert figures.read(figures.plain(value, digits=0)) == value
