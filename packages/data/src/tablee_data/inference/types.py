"""What the columns of a file are, decided over all of its rows."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable
from dataclasses import dataclass

import polars as pl

from tablee.datasets.reading import Corrections, Decimal, Decision, Reading, Reason, Thousands
from tablee.errors import InvalidRequest
from tablee_data.inference import dates
from tablee_data.inference import numbers as numerals
from tablee_data.inference.numbers import Style
from tablee_data.readers.block import Plain


@dataclass(frozen=True, slots=True)
class Kinds:
    """The columns as they will be written."""

    reading: Reading
    numbers: frozenset[str]
    decisions: tuple[Decision, ...]

    def same(self, other: Kinds) -> bool:
        """Whether both make the same cells of the same texts."""
        return self.reading == other.reading and self.numbers == other.numbers

    @property
    def style(self) -> Style:
        return Style(self.reading.decimal, self.reading.thousands)


class _Column:
    """What one column may be, as seen so far."""

    def __init__(self, styles: Iterable[Style]) -> None:
        self.numerals, self.dates = numerals.Candidates(styles), dates.Candidates()

    def see(self, texts: pl.Series, markers: Collection[str]) -> None:
        self.numerals.see(texts, markers)
        self.dates.see(texts, markers)

    @property
    def open(self) -> bool:
        """Whether it may be anything but text."""
        return bool(self.numerals.alive or self.dates.alive)


class Decider:
    """Sees a file block by block, and then says what its columns are."""

    def __init__(
        self, names: Iterable[str], numbers: Collection[str], asked: Corrections, reading: Reading, *, typed: bool
    ) -> None:
        """
        :param numbers: columns that are numbers whatever their texts.
        :param reading: what is known before; its dates are so, whatever is seen.
        :param typed: the format itself tells numbers from texts, so that no text is a number.
        :raises InvalidRequest: a correction names a column that is not there, or a format that is none.
        """
        names = list(names)
        for name in (*asked.dates, *asked.texts):
            if name not in names:
                raise InvalidRequest(f"there is no column «{name}» to be read otherwise")
        for form in asked.dates.values():
            dates.shape(form)
        if asked.decimal and asked.decimal == asked.thousands:
            raise InvalidRequest(f"«{asked.decimal}» cannot stand before decimals and between thousands")
        styles = [
            style
            for style in numerals.STYLES
            if asked.decimal in (None, style.decimal) and asked.thousands in (None, "", style.thousands)
        ]
        if asked.thousands == "":
            styles = [style for style in styles if not style.thousands]
        if typed:
            styles = []
        self._dates = reading.dates | asked.dates
        fixed = {*self._dates, *asked.texts, *numbers}
        self._columns = {name: _Column(styles) for name in names if name not in fixed}
        self._numbers, self._asked, self._reading = frozenset(numbers), asked, reading
        self._plain = Plain()
        self._markers = ["", *reading.missing, *reading.missing_numbers]

    def see(self, frame: pl.DataFrame) -> None:
        """Of columns that come as numbers nothing new can be learnt: they are what they were taken for."""
        for name, column in self._columns.items():
            if column.open and frame[name].dtype == pl.String:
                column.see(frame[name], self._markers)

    def decided(self) -> Kinds:
        """What the columns are, by all that was seen."""
        decisions: list[Decision] = []
        style = self._style(decisions)
        found = {name: column for name, column in self._columns.items() if column.numerals.fits(style)}
        forms = self._forms({name: c for name, c in self._columns.items() if name not in found}, style, decisions)
        day_first = self._asked.day_first
        if day_first is None:
            day_first = not any(form.startswith("%m") for form in forms.values())
        reading = self._reading.model_copy(
            update={
                "decimal": style.decimal,
                "thousands": style.thousands,
                "dates": forms | self._dates,
                "day_first": day_first,
                "texts": tuple(sorted(self._asked.texts)),
            }
        )
        self._plain = _plain(found, style.decimal)
        return Kinds(reading, frozenset(found) | self._numbers, tuple(decisions))

    def plain(self) -> Plain:
        """The number columns of which every cell so far is a plain number, when it was decided last."""
        return self._plain

    def _style(self, decisions: list[Decision]) -> Style:
        seen = [column.numerals for column in self._columns.values() if column.numerals.seen]
        decimals = Counter(each.decimals[0] for each in seen if len(each.decimals) == 1)
        open_ones = [each for each in seen if len(each.decimals) > 1 and _shaped(each)]
        decimal: Decimal = self._asked.decimal or "."
        if self._asked.decimal is None:
            if decimals:
                decimal = max(decimals, key=lambda sign: (decimals[sign], sign == "."))
                reason, sure = Reason.COLUMNS, len(decimals) == 1
            else:
                decimal = "," if self._reading.separator == ";" and open_ones else "."
                reason = Reason.SEMICOLONS if decimal == "," else Reason.NO_COMMA
                sure = not open_ones
            other = "," if decimal == "." else "."
            if decimals or open_ones:
                facts: dict[str, float | str] = {"columns": decimals[decimal]} if decimals else {}
                taken = Decision(field="decimal", chosen=decimal, reason=reason, facts=facts, sure=sure)
                decisions.append(taken.model_copy(update={"alternatives": (other,)}))
        if self._asked.thousands is not None:
            return Style(decimal, self._asked.thousands)
        needed: Counter[Thousands] = Counter()
        for each in seen:
            fitting = [style for style in each.alive if style.decimal == decimal]
            if fitting and not any(not style.thousands for style in fitting) and len(fitting) == 1:
                needed[fitting[0].thousands] += 1
        thousands: Thousands = max(needed, key=lambda mark: needed[mark]) if needed else ""
        if needed:
            rest = tuple(mark for mark in needed if mark != thousands)
            decisions.append(
                Decision(
                    field="thousands",
                    chosen=thousands,
                    reason=Reason.COLUMNS,
                    facts={"columns": needed[thousands]},
                    alternatives=rest,
                    sure=not rest,
                )
            )
        return Style(decimal, thousands)

    def _forms(self, columns: dict[str, _Column], style: Style, decisions: list[Decision]) -> dict[str, str]:
        choices = {name: forms for name, column in columns.items() if (forms := column.dates.choices)}
        certain = {name: forms[0] for name, forms in choices.items() if len(forms) == 1}
        if len(certain) == len(choices):
            return certain
        day = sum(form.startswith("%d") for form in certain.values())
        month = sum(form.startswith("%m") for form in certain.values())
        if self._asked.day_first is not None:
            first, reason, sure = self._asked.day_first, Reason.ASKED, True
        elif day != month:
            first, reason, sure = day > month, Reason.OTHER_DATES, True
        elif style.decimal == "," or self._reading.separator == ";":
            first, reason, sure = True, Reason.COMMAS, True
        else:
            first, reason, sure = True, Reason.NOTHING_TELLS, False
        for name, forms in choices.items():
            if len(forms) > 1:
                certain[name] = forms[0] if first else forms[1]
                decisions.append(
                    Decision(
                        field="dates",
                        column=name,
                        chosen=certain[name],
                        reason=reason,
                        alternatives=(forms[1] if first else forms[0],),
                        sure=sure,
                    )
                )
        return certain


def _plain(found: dict[str, _Column], decimal: Decimal) -> Plain:
    numbers = {name: column.numerals for name, column in found.items() if column.numerals.plain}
    whole = {name for name, each in numbers.items() if len(each.decimals) > 1}
    return Plain(decimal, frozenset(numbers) - whole, frozenset(whole))


def _shaped(candidates: numerals.Candidates) -> bool:
    """Whether a column has cells that mean another number with another decimal sign."""
    return len(candidates.alive) < len(numerals.STYLES)
