"""The columns of CSV records, parsed by Arrow, each by its own settings."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import polars as pl
import pyarrow as pa

from tablee.tables.cells.cell_format import Decimal
from tablee.tables.csv.dialect import RFC_4180, Dialect
from tablee.tables.csv.parsing import parse

_TYPES = {"text": pa.string(), "float": pa.float64(), "integer": pa.int64()}
_HEXADECIMAL = re.compile(rb"0(?<![0-9A-Za-z]0)[xX]")


@dataclass(frozen=True, slots=True)
class ColumnSettings:
    """How Arrow parses a column."""

    kind: Literal["text", "float", "integer"] = "text"
    missing: tuple[str, ...] = ()
    """Texts that become null, beside the empty one."""
    quoted_missing: bool = False
    """Whether they do so between quotes, too."""
    decimal: Decimal = "."
    """Of floats."""


def parse_columns(
    body: pa.Buffer,
    columns: Mapping[str, ColumnSettings],
    *,
    dialect: Dialect = RFC_4180,
    check_integers: bool = True,
    **options: Any,
) -> pl.DataFrame:
    """Records as a frame. Columns whose settings allow it are parsed together, mostly all of them at once.

    :param body: records without a header.
    :param columns: all columns of the records, in their order.
    :param check_integers: whether -0 and 0x1F, which Arrow reads as the integers 0 and 31, are errors.
    :param options: of `parsing.parse`.
    :raises pyarrow.ArrowInvalid: a record has another number of cells, or a cell is not of its column's type, or
        an integer would not be what the same text is as a float.
    """
    passes: dict[tuple[tuple[str, ...], bool], dict[Decimal | None, list[str]]] = {}
    for name, each in columns.items():
        decimal = each.decimal if each.kind == "float" else None
        passes.setdefault((each.missing, each.quoted_missing), {}).setdefault(decimal, []).append(name)
    types = {name: _TYPES[each.kind] for name, each in columns.items()}
    integers = [name for name, each in columns.items() if each.kind == "integer"]
    text = body.to_pybytes() if integers and check_integers else b""
    if (b"0x" in text or b"0X" in text) and _HEXADECIMAL.search(text):
        raise pa.ArrowInvalid("Arrow would read 0x1F as an integer")
    found: dict[str, pl.Series] = {}
    for (missing, quoted), by_decimal in passes.items():
        if None in by_decimal and len(by_decimal) > 1:
            any_decimal = by_decimal.pop(None)
            by_decimal[next(iter(by_decimal))] += any_decimal
        for decimal, names in by_decimal.items():
            frame = parse(
                pa.BufferReader(body),
                types,
                missing=("", *missing),
                names=None if len(names) == len(columns) else names,
                quoted_missing=quoted,
                dialect=dialect,
                decimal=decimal or ".",
                **options,
            )
            found |= {name: frame[name] for name in names}
    if text and any((found[name] == 0).any() for name in integers) and _minus_zero(dialect).search(text):
        raise pa.ArrowInvalid("an integer would lose the sign of -0")
    return pl.DataFrame([found[name] for name in columns])


def _minus_zero(dialect: Dialect) -> re.Pattern[bytes]:
    """An expression that finds -0 as a whole cell, and sometimes at the end of a longer one."""
    ends = re.escape((dialect.separator + dialect.quote).encode())
    return re.compile(rb"-(?<![0-9]-)0+(?=[\s%s]|$)" % ends)


def has_quoted(body: bytes, texts: Sequence[str], quote: str = '"') -> bool:
    """Whether one of the texts, or the empty one, may be between quotes somewhere."""
    if not quote or quote.encode() not in body:
        return False
    return any(f"{quote}{text}{quote}".encode() in body for text in ("", *texts))
