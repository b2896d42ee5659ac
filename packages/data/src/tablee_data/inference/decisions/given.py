"""What is known of columns before their cells are looked at."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from tablee.datasets.reading import Corrections, Reading
from tablee.errors import InvalidRequest
from tablee.tables.cells.cell_format import CellFormat
from tablee.tables.cells.date_words import check_year
from tablee.tables.cells.dates import regular_expression
from tablee.tables.cells.numbers import formats_of
from tablee.tables.column_names import near
from tablee_data.inference.dates import DATE_FORMATS
from tablee_data.inference.decisions.candidates import Candidates
from tablee_data.inference.known_formats import allowed_formats, quoted_missing, refuse_first_year


class Given:
    """What a person, the file's format and earlier versions of a data set say about columns."""

    def __init__(
        self,
        names: Collection[str],
        numbers: Collection[str],
        asked: Corrections,
        reading: Reading,
        known: Mapping[str, CellFormat],
    ) -> None:
        """
        The parameters are those of `TypeInference`.

        :raises InvalidRequest: a correction names a column that does not exist, or a date format that is none.
        """
        for name in (*asked.dates, *asked.texts, *asked.numbers, *asked.columns):
            if name not in names:
                raise InvalidRequest("no_column_to_correct", column=name, **near(name, names))
        for pattern in asked.dates.values():
            regular_expression(pattern)
            check_year(pattern)
        self.asked, self.reading = asked, reading
        self.has_markers = reading.format == "csv"
        """Whether the file's format does not tell texts from missing values."""
        formats = {name: each for name, each in {**known, **reading.cells}.items() if name in names}
        for name in {*asked.dates, *asked.texts} - known.keys():
            formats.pop(name, None)
        self.undecided = {
            name: each
            for name, each in formats.items()
            if each.number is not None and each.number.decimal is None and name not in numbers
        }
        """Formats of numbers whose decimal sign the file decides."""
        self.fixed = {name: each for name, each in formats.items() if name not in self.undecided}
        """Formats that columns have whatever their cells."""
        own = (name for name, each in asked.columns.items() if each.decimal or each.thousands is not None)
        self.surely_numbers = {*asked.numbers, *own}
        """Columns that are numbers by what a person says."""

    def refuse_first_years(self, formats: Mapping[str, CellFormat]) -> None:
        """
        :param formats: of all columns, as they were decided.
        :raises InvalidRequest: a person says which century the years of a column have, and they have no two digits.
        """
        for name, own in self.asked.columns.items():
            found = formats.get(name)
            if own.first_year is not None:
                refuse_first_year(name, None if found is None else found.date)

    def candidates(self, name: str, *, typed: bool) -> Candidates:
        """All that a column can be.

        :param typed: whether it is one of texts or dates by the file's format.
        """
        if name in self.undecided and (number := self.undecided[name].number) is not None:
            return Candidates(formats_of(number), ())
        if name in self.asked.dates:
            return Candidates((), (self.asked.dates[name],))
        quoted = quoted_missing(name, self.asked)
        if name in self.asked.texts:
            return Candidates((), (), quoted_missing=quoted)
        typed = typed and name not in self.surely_numbers
        formats = allowed_formats(name, self.asked)
        return Candidates(formats, DATE_FORMATS, quoted_missing=quoted, typed=typed)

    def missing(self, name: str, *, numbers: bool) -> tuple[str, ...]:
        """The texts that stand for a missing value in a column.

        :param numbers: whether it is one of numbers or dates.
        """
        if name in self.undecided:
            return self.undecided[name].missing
        asked = self.asked.of_column(name).missing
        if asked is not None:
            return tuple(text for text in asked if text)
        if numbers:
            return (*self.reading.missing, *self.reading.missing_numbers)
        return self.reading.missing if self.has_markers else ()
