"""The two parsers of CSV: Arrow's, which is fast, and Python's, which knows the line of each record.

No fast parser says where a file is broken. Files are therefore parsed by Arrow, and by Python to find the place of an
error.
"""

from __future__ import annotations

import csv
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any, Literal

import polars as pl
import pyarrow as pa
import pyarrow.csv as pacsv

from tablee.errors import InvalidTable
from tablee.errors.causes import quoted
from tablee.tables.csv.dialect import RFC_4180, Dialect

MAX_CELL = 1_000_000
"""Characters of the longest cell; a longer one was most likely caused by a quote that is never closed."""


def parse(
    source: Any,
    types: Mapping[str, pa.DataType],
    *,
    missing: Collection[str],
    names: Sequence[str] | None = None,
    quoted_missing: bool = False,
    dialect: Dialect = RFC_4180,
    decimal: Literal[".", ","] = ".",
    multiline: bool = True,
    threads: bool = True,
    block_size: int = 16 << 20,
    check_utf8: bool = True,
) -> pl.DataFrame:
    """Records as a frame, parsed by Arrow. The first record is data: a header has to be skipped by the caller.

    :param source: a path or an open file.
    :param types: the type of each column, by name, in their order.
    :param missing: texts that become null.
    :param names: the columns of the frame, some of `types`; None for all.
    :param quoted_missing: whether texts between quotes become null, too.
    :param decimal: the decimal sign of float columns.
    :param multiline: whether quoted cells may hold line breaks.
    :param threads: whether Arrow may use several threads.
    :param block_size: bytes that are parsed at once; at least those of the longest record.
    :param check_utf8: whether texts may not be UTF-8.
    :raises pyarrow.ArrowInvalid: a record has another number of cells, or a cell is not of its column's type.
    """
    table = pacsv.read_csv(
        source,
        read_options=pacsv.ReadOptions(column_names=list(types), use_threads=threads, block_size=block_size),
        parse_options=pacsv.ParseOptions(
            delimiter=dialect.separator, quote_char=dialect.quote or False, newlines_in_values=multiline
        ),
        convert_options=pacsv.ConvertOptions(
            column_types=types,
            null_values=list(missing),
            strings_can_be_null=True,
            quoted_strings_can_be_null=quoted_missing,
            include_columns=None if names is None else list(names),
            check_utf8=check_utf8,
            decimal_point=decimal,
        ),
    )
    return pl.DataFrame(table)


def python_reader(lines: Iterable[str], dialect: Dialect = RFC_4180, *, strict: bool) -> Any:
    """A `csv.reader` that accepts cells of up to `MAX_CELL` characters.

    The limit belongs to the whole process. It is always set to the same number, so readers of several threads do not
    disturb each other.

    :param strict: whether malformed quotes are errors (`csv.Error`).
    """
    csv.field_size_limit(MAX_CELL)
    quoting: Any = {"quotechar": dialect.quote} if dialect.quote else {"quoting": csv.QUOTE_NONE}
    return csv.reader(lines, delimiter=dialect.separator, strict=strict, **quoting)


def malformed(error: csv.Error, line: int) -> InvalidTable:
    """An error of `python_reader` as an error about the file.

    :param line: of the file, from 1.
    """
    words = str(error)
    if "unexpected end of data" in words or "field larger" in words:
        return InvalidTable("unclosed_quote", line=line)
    if "expected after" in words:
        return InvalidTable("text_after_quote", line=line)
    return InvalidTable("malformed_csv", words=quoted("Python", words), line=line)
