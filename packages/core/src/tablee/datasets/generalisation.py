"""Cells made coarser by a privacy action: one implementation for rows that are stored, and for rows that a model reads.

The actions here need no key, and each cell is changed by itself. So a model that learnt from a column after such an
action can read the values that the column had before.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import Annotated, Final

import polars as pl
from pydantic import BaseModel, ConfigDict, Field

from tablee.datasets.privacy import Action, Bands, Mask, Period, Prefix
from tablee.tables.cells import dates, decoding, numbers
from tablee.tables.cells.cell_format import CellFormat, DateFormat
from tablee.tables.cells.typed_values import missing_values, number_texts

STARS: Final = "***"
_PERIODS: Final = {"month": 7, "year": 4}
"""Characters of an ISO 8601 date."""
_DIGITS: Final = 10
"""Digits behind the decimal point that a band's lower end is rounded to."""
_PRECISION: Final = 1e-12
"""A number counts as the lower end of a band if it differs from it by no more than rounding: by `_DIGITS`, and by this
share. 0.3 divided by 0.1 is a little less than 3."""

GeneralisingAction = Bands | Prefix | Period | Mask


class Generalisation(BaseModel):
    """What a privacy action made of the cells of a column, and how they were written before."""

    model_config = ConfigDict(frozen=True, extra="forbid", use_attribute_docstrings=True)

    action: Annotated[GeneralisingAction, Field(discriminator="kind")]
    original: CellFormat
    """How texts of the column are written before the action."""


def generalising(action: Action | None) -> GeneralisingAction | None:
    """The action, if a model can learn from what it makes of a column; None for all other actions."""
    if isinstance(action, Bands | Prefix | Period):
        return action
    return action if isinstance(action, Mask) and action.keep_last else None


def quasi_identifiers(columns: Iterable[str], found: Collection[str], actions: Iterable[Action]) -> tuple[str, ...]:
    """The columns that k-anonymity counts, if nobody says otherwise. A column that was made coarser tells groups of
    persons apart, whatever its coarser values look like.

    :param columns: of the version.
    :param found: the columns whose original values may help to identify a person.
    :param actions: that change the columns, or have changed them.
    """
    coarser = {action.column for action in actions if generalising(action) is not None}
    return tuple(name for name in columns if name in found or name in coarser)


def generalised(cells: pl.Series, action: GeneralisingAction) -> pl.Series:
    """The cells after an action.

    :param cells: float64 or texts; numbers for `Bands`, texts for `Period`.
    :returns: null also where a text is no date that `Period` can read.
    """
    match action:
        case Bands():
            return _bands(cells, action)
        case Prefix():
            return _prefixes(as_text(cells), action)
        case Mask():
            return masked(as_text(cells), action.keep_last)
        case Period():
            return _periods(cells, action)


def as_text(column: pl.Series) -> pl.Series:
    """The values as texts. Whole numbers have no decimal point: 42 is the same as a number and as a text."""
    if column.dtype != pl.Float64:
        return column.cast(pl.String)
    return number_texts(column)


def masked(texts: pl.Series, keep_last: int) -> pl.Series:
    """Stars in the place of each text, with its last characters if it is long enough."""
    shown: pl.Expr = pl.lit(STARS)
    if keep_last:
        long = pl.col("x").str.len_chars() > 2 * keep_last
        shown = pl.when(long).then(pl.lit(STARS) + pl.col("x").str.tail(keep_last)).otherwise(shown)
    return texts.to_frame("x").select(pl.when(pl.col("x").is_not_null()).then(shown).alias(texts.name)).to_series()


def read_texts(texts: pl.Series, generalisation: Generalisation, levels: Collection[str] | None) -> pl.Series:
    """The texts of a request as a model learnt from them.

    A text that is a result of the action already stays as it is. Any other is read as when the data set was added, and
    gets the action; it stays as it is, too, if it cannot be read.

    :param levels: the texts that training saw; None if they are not known. Then, a text counts as a result of the
        action if it looks like one.
    """
    action, original = generalisation.action, generalisation.original
    is_typed = original.number is not None or original.date is not None
    found = decoding.decode_text(texts, CellFormat(trimmed=original.trimmed or is_typed))
    if levels is None:
        done = _looks_done(found, action).fill_null(False)
    else:  # a level may end with a blank, as the first three letters of `le Mans`
        exact = texts.is_in([*levels]).fill_null(False)
        found = texts.zip_with(exact, found)
        done = found.is_in([*levels]).fill_null(False)
    missing = found.is_in([*original.missing]).fill_null(False) & ~done
    if not is_typed and not original.quoted_missing:
        # as in other columns of texts, blanks around show that the text was not between quotes
        missing &= (found != texts).fill_null(False)
    if original.number is not None and (marked := missing_values(original)):
        missing |= numbers.parse_known(found, original.number).is_in([*marked]).fill_null(False) & ~done
    found = found.set(missing, None)
    return generalised(_original(found.set(done, None), original), action).fill_null(found)


def _original(texts: pl.Series, original: CellFormat) -> pl.Series:
    if original.number is not None:
        return numbers.parse_known(texts, original.number)
    return texts if original.date is None else dates.parse_known(texts, original.date)


def _looks_done(texts: pl.Series, action: GeneralisingAction) -> pl.Series:
    match action:
        case Prefix():
            return texts.str.len_chars() <= action.length
        case Mask():
            return texts.str.contains(rf"^\*\*\*.{{0,{action.keep_last}}}$")
        case Period():
            return texts.str.contains(r"^\d{4}-\d\d$" if action.to == "month" else r"^\d{4}$")
    return pl.repeat(False, len(texts), dtype=pl.Boolean, eager=True)


def _bands(column: pl.Series, action: Bands) -> pl.Series:
    bands = (column - action.start) / action.width
    nearest = bands.round()
    rounding = min(10**-_DIGITS / action.width, 1e-3) + _PRECISION * bands.abs()
    is_lower_end = (bands - nearest).abs() <= rounding
    lower = nearest.zip_with(is_lower_end.fill_null(False), bands.floor())
    found = (lower * action.width + action.start).round(_DIGITS)
    return found.zip_with(found.is_finite().fill_null(True), column)  # 1e308 has no band of a width below 1


def _prefixes(texts: pl.Series, action: Prefix) -> pl.Series:
    x = pl.col("x")
    if action.digits:
        x = pl.when(x.str.contains(r"^\d+$")).then(x.str.zfill(action.digits)).otherwise(x)
    return texts.to_frame("x").select(x.str.head(action.length).alias(texts.name)).to_series()


def _periods(column: pl.Series, action: Period) -> pl.Series:
    texts = column.str.strip_chars()
    if action.format == "%Y-%m-%d":
        texts = texts.str.head(10)
    return dates.parse_known(texts, DateFormat(pattern=action.format)).str.head(_PERIODS[action.to])
