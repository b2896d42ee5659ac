"""Which date formats the texts of a column fit, and whether they can mean several dates."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Sequence
from functools import lru_cache

import polars as pl

from tablee.tables.cells.dates import parse, parse_known, regular_expression
from tablee_data.inference.odd_cells import MOSTLY, OddCells
from tablee_data.inference.texts import bare_cells

_TIMES = ("", " %H:%M:%S", " %H:%M", "T%H:%M:%S%.f", " %H:%M:%S%.f", "T%H:%M")
_WRITTEN_TIMES = (
    *_TIMES[:3],
    *(f"{mark} %I:%M{seconds}{blank}%p" for mark in ("", ",") for seconds in ("", ":%S") for blank in (" ", "")),
    *(", %H:%M:%S", ", %H:%M", " %Hh%M", " %H:%M:%S%.f"),
)
"""Of dates in words or with the day or the month first."""
_ZONES = ("Z", "%z", " %z", " UTC")
_DAY_FIRST = tuple(f"%d{mark}%m{mark}{year}" for mark in "/-." for year in ("%Y", "%y"))
_MONTH_FIRST = tuple(f"%m{mark}%d{mark}{year}" for mark in "/-." for year in ("%Y", "%y"))
_YEAR_FIRST = tuple(f"%y{mark}%m{mark}%d" for mark in "/-.")
_ISO = ("%Y-%m-%d", "%Y/%m/%d", "%Y.%m.%d")
DATE_FORMATS = (
    *(f"{day}{time}" for day in _ISO for time in _TIMES),
    *(f"%Y-%m-%d{mark}%H:%M{seconds}{zone}" for mark in "T " for seconds in (":%S%.f", "") for zone in _ZONES),
    *(f"%Y%m%dT%H%M%S{zone}" for zone in ("", "Z", "%z")),
    *(f"{day}{time}" for day in (*_DAY_FIRST, *_MONTH_FIRST, *_YEAR_FIRST) for time in _WRITTEN_TIMES),
    *(f"%d{mark}%B{mark}%Y{time}" for mark in (" ", "-") for time in _WRITTEN_TIMES),
    *(f"%d{mark}%B{mark}%y" for mark in (" ", "-")),
    *(f"{day}{time}" for day in ("%B %d, %Y", "%B %d %Y") for time in _WRITTEN_TIMES),
    *(f"%d%b{year}{time}" for year in ("%Y", "%y") for time in ("", ":%H:%M:%S")),
)
"""All formats that are inferred. Names of months are French or English, whole or short: `janvier`, `janv.`, `Jan`."""
FIRST = 20
"""The first cells, which exclude most formats."""
EXAMPLES = 200
"""Distinct cells whose dates are compared from format to format."""
_ISO_CELL = re.compile(r"\d{4}-\d\d-\d\d(?:[ T]\d\d:\d\d(?::\d\d(?:\.\d+)?)?)?")
"""Matches a date that may stand among dates of any format, unless those have a zone."""
LOOKS_LIKE_DATE = re.compile(r"\d{1,4}[-/.]\d{1,2}[-/.]\d{1,4}(?:[ T]\d{1,2}:\d{2}.*)?")
"""Matches a date in any format without names of months, and some texts that are none, such as 99/99/9."""


@lru_cache(maxsize=1024)  # more than there are formats
def _matcher(pattern: str) -> re.Pattern[str]:
    return re.compile(regular_expression(pattern))


class DateFormatInference:
    """The date formats that the cells of a column fit; each block of cells may exclude some. A few cells that fit none
    do not exclude all (`odd`)."""

    def __init__(self, formats: Iterable[str] = DATE_FORMATS) -> None:
        self._all = tuple(formats)
        self.formats = self._all
        """Those that are left."""
        self.seen = 0
        """Distinct cells that were looked at, without missing ones, added up over the blocks."""
        self.odd = OddCells()
        """Cells that are dates in none of the formats that are left."""
        self._only_iso = True  # whether all cells that fit are `_ISO_CELL`
        self._examples = pl.Series([], dtype=pl.String)
        self._readings: tuple[tuple[tuple[str, ...], int], dict[str, dict[str, str]]] = (((), -1), {})

    def update(
        self, texts: pl.Series, markers: Collection[str], line_of: Callable[[int], int] = lambda row: row + 1
    ) -> None:
        """Look at the next cells.

        :param markers: texts that stand for a missing date.
        :param line_of: the line of the file that a row of the cells begins on.
        """
        if not self.formats:
            return
        if not self.seen:  # most columns hold no dates, and a few cells show that
            few = bare_cells(texts.drop_nulls().head(FIRST), markers).drop_nulls().to_list()
            few = few or bare_cells(texts, markers).drop_nulls().head(FIRST).to_list()
            if not few:
                return
            fitting_most = tuple(each for each in self.formats if _fits_most(few, each))
            if not fitting_most and all(map(LOOKS_LIKE_DATE.fullmatch, few)):
                others = min(
                    ([text for text in few if not _matcher(each).match(text)] for each in self.formats), key=len
                )
                self.odd.note(bare_cells(texts, markers), others[0], line_of)
            self.formats = fitting_most
        if not self.formats:
            return
        different = bare_cells(texts.unique(maintain_order=True), markers).drop_nulls().unique(maintain_order=True)
        parsed = {each: _parse(different, each) for each in self.formats}
        misfits = {each: different.filter(dates.is_null()) for each, dates in parsed.items()}
        fewest = min(misfits.values(), key=len)
        self._only_iso = self._only_iso and _are_iso(different.filter(~different.is_in(fewest.implode())))
        if len(fewest) and self._only_iso and (others := self._formats_of(fewest)):
            self._only_iso = False
            parsed = {each: _parse(different, each) for each in others}
            misfits = {each: different.filter(dates.is_null()) for each, dates in parsed.items()}
            fewest = min(misfits.values(), key=len)
        if len(fewest):
            cells = bare_cells(texts, markers)
            odd = cells.filter(cells.is_in(fewest.implode()).fill_null(False))
            if not self.odd.add(cells, odd, self.seen, line_of):
                self.odd.too_many = cells.count() - len(odd) >= MOSTLY * cells.count()
                self.formats = ()
                return
        self.seen += len(different) - len(fewest)
        known = set(fewest)
        fits = ~different.is_in(fewest.implode())
        self.formats = tuple(each for each, wrong in misfits.items() if set(wrong) <= known)
        fitting = different.filter(fits).head(max(EXAMPLES - len(self._examples), 0))
        telling = _told_apart(different, [parsed[each] for each in self.formats])
        self._examples = pl.concat([self._examples, fitting, telling]).unique(maintain_order=True)

    def _formats_of(self, odd: pl.Series) -> list[str]:
        """The formats that read most of the texts that are no dates in ISO 8601; these may stand among dates of any
        format, whichever come first. None if none reads one."""
        misfits = {each: parse(odd, each).null_count() for each in self._all if not _has_zone(each)}
        fewest = min(misfits.values(), default=len(odd))
        return [each for each, count in misfits.items() if count == fewest < len(odd)]

    @property
    def readings(self) -> dict[str, dict[str, str]]:
        """The formats that are left and that differ in meaning, with the dates of some cells; one format if all read
        the cells alike, none if the column does not hold dates."""
        if not self.seen or self.odd.texts:
            return {}
        known_by = (self.formats, len(self._examples))
        if self._readings[0] != known_by:  # asked for after each block, and mostly the same
            found: dict[tuple[str, ...], str] = {}
            for each in self.formats:
                found.setdefault(tuple(_parse(self._examples, each)), each)
            readings = {each: dict(zip(self._examples, dates, strict=True)) for dates, each in found.items()}
            self._readings = known_by, readings
        return self._readings[1]


def _are_iso(texts: pl.Series) -> bool:
    return bool(texts.str.contains(f"^{_ISO_CELL.pattern}$").all())


def _has_zone(pattern: str) -> bool:
    return pattern.endswith(("Z", "%z", "UTC"))


def _fits_most(few: Sequence[str], pattern: str) -> bool:
    """Whether some texts match a format, and most of the others are dates in ISO 8601."""
    others = [text for text in few if not _matcher(pattern).match(text)]
    if len(others) == len(few):
        return False
    odd = [text for text in others if _has_zone(pattern) or not _ISO_CELL.fullmatch(text)]
    return len(odd) <= len(few) // 2 and len(set(odd)) <= OddCells.MAX_ASKED


def written_so(texts: Sequence[str], pattern: str) -> set[str]:
    """Those of the texts that are dates in a format."""
    few = pl.Series([text for text in texts if _matcher(pattern).match(text)], dtype=pl.String)
    return set(few.filter(parse(few, pattern).is_not_null()))


def _parse(texts: pl.Series, pattern: str) -> pl.Series:
    """The dates in a format; those in ISO 8601, too, unless the format has a zone."""
    dates = parse(texts, pattern)
    if _has_zone(pattern) or dates.null_count() == texts.null_count():
        return dates
    iso = texts.filter(dates.is_null() & texts.str.contains(f"^{_ISO_CELL.pattern}$"))
    return dates.fill_null(texts.replace_strict(iso, parse_known(iso, None), default=None)) if len(iso) else dates


def _told_apart(cells: pl.Series, parsed: Sequence[pl.Series]) -> pl.Series:
    """For each format after the first: a cell that is another date in it than in the first."""
    others = (cells.filter((dates != parsed[0]).fill_null(False)).head(1) for dates in parsed[1:])
    return pl.concat([cells.clear(), *others])


def common_format(texts: pl.Series) -> str | None:
    """The format that all of the texts fit, or None; with the day first if both orders of day and month fit."""
    inference = DateFormatInference()
    inference.update(texts, ())
    return next(iter(inference.readings), None)
