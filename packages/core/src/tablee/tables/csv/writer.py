"""New columns at the right of CSV records, and whole tables as CSV.

The bytes of existing records stay as they are, with their quotes, spaces and digits. New numbers are written so that
they parse to the same float64, new texts so that no spreadsheet runs them as formulas.
"""

from __future__ import annotations

import io
from collections.abc import Iterable
from typing import IO, Literal

import polars as pl

from tablee.tables.csv.dialect import RFC_4180, Dialect
from tablee.tables.csv.formulas import escape_formula, escape_formulas
from tablee.tables.csv.records import Records


def with_columns(records: Records, names: Iterable[str], added: pl.DataFrame, *, header: bool = True) -> bytes:
    """A comma-separated table with new columns at its right; blank lines are left out.

    :param names: of the new columns, none of them taken (`column_names.unique_names`).
    :param added: the new columns, one row for each row of the table, numbers or texts.
    :param header: whether to write the header, and what is before it, such as a byte order mark.
    """
    line_break = records.line_break
    out = io.BytesIO()
    if header:
        out.write(records.body[: records.begins[0]])
        out.write(extended_header(records.header, names, line_break=line_break.decode()))
    write_rows(out, records.texts(1), added, line_break=line_break.decode())
    return out.getvalue()


def extended_header(
    header: bytes, names: Iterable[str], *, dialect: Dialect = RFC_4180, line_break: str = "\n"
) -> bytes:
    """A header record with more names at its right, and its line break.

    :param header: the record without its line break, in UTF-8.
    """
    cells = (quote_cell(escape_formula(name), dialect).encode() for name in names)
    return dialect.separator.encode().join((header, *cells)) + line_break.encode()


def write_rows(
    out: IO[bytes],
    records: pl.Series,
    added: pl.DataFrame,
    *,
    dialect: Dialect = RFC_4180,
    decimal: Literal[".", ","] = ".",
    line_break: str = "\n",
) -> None:
    """Write records with new cells at their right, as UTF-8.

    :param records: as they are, without their line breaks.
    :param added: the new cells, one row for each record, numbers or texts.
    :param decimal: the decimal sign of the numbers; a number with a decimal sign that is the separator is quoted.
    """

    def written(series: pl.Series) -> pl.Series:
        if series.dtype == pl.String:
            return quote_cells(escape_formulas(series), dialect)
        if decimal == "." or dialect.separator != decimal:
            return series
        return quote_cells(series.cast(pl.String).str.replace(".", decimal, literal=True), dialect)

    cells = [series.alias(f"{at}") for at, series in enumerate((records, *map(written, added)))]
    pl.DataFrame(cells).write_csv(
        out,
        include_header=False,
        separator=dialect.separator,
        quote_style="never",
        line_terminator=line_break,
        decimal_comma=decimal == "," and dialect.separator != decimal,
    )


def write_csv(frame: pl.DataFrame) -> bytes:
    """A frame as comma-separated UTF-8 with a header line: null as an empty cell, texts and names protected against
    spreadsheet formulas."""
    texts = [escape_formulas(series) for series in frame if series.dtype == pl.String]
    safe = frame.with_columns(texts)
    return safe.rename({name: escape_formula(name) for name in frame.columns}).write_csv().encode()


def quote_cell(text: str, dialect: Dialect = RFC_4180) -> str:
    """A text as a cell: quoted if it holds a separator, a quote or a line break."""
    quote = dialect.quote
    needed = any(mark in text for mark in (dialect.separator, quote, "\r", "\n"))
    return quote + text.replace(quote, quote * 2) + quote if needed else text


def quote_cells(texts: pl.Series, dialect: Dialect = RFC_4180) -> pl.Series:
    """`quote_cell` of each text; nulls stay."""
    quoted = {text: quote_cell(text, dialect) for text in texts.unique().drop_nulls()}
    return texts.replace(quoted) if any(text != cell for text, cell in quoted.items()) else texts
