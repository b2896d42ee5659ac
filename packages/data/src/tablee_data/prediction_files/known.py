"""What a contract tells of how a file is read: its header, and which columns are numbers, dates and texts."""

from __future__ import annotations

import re
from collections.abc import Collection
from pathlib import PurePath

import polars as pl

from tablee.datasets.reading import Corrections, Decision, Format, Reading, Reason
from tablee.errors import InvalidTable
from tablee.models.columns import CategoryColumn, Column, NumberColumn, TextColumn
from tablee.models.contract import Contract, Validator
from tablee_data.inference import dates, numbers
from tablee_data.inference.numbers import Style
from tablee_data.readers.content import Source
from tablee_data.readers.csv import Delimited
from tablee_data.readers.sniff import ENDINGS

_ISO = re.compile(r"\d{4}-\d\d-\d\d(?:T\d\d:\d\d:\d\d(?:\.\d+)?)?")


def headed(
    source: Source, reading: Reading, decisions: tuple[Decision, ...], contract: Contract
) -> tuple[Reading, tuple[Decision, ...]]:
    """A first line that names the contract's columns is a header for sure, whatever the lines below look like."""
    wanted = reading.model_copy(update={"header": True})
    try:
        names = Delimited(source, wanted).names
    except InvalidTable:
        return reading, decisions
    if not set(contract.names) <= set(names):
        return reading, decisions
    rest = tuple(each for each in decisions if each.field != "header")
    return wanted, (*rest, Decision(field="header", chosen="yes", reason=Reason.MODEL_COLUMNS))


def fit(contract: Contract, names: Collection[str]) -> None:
    """
    :raises InvalidRows: the contract wants a column that is not there, or does not know one that is.
    """
    Validator(contract).columns({name: [None] for name in names}, 1)


def asked_for(contract: Contract, names: Collection[str], asked: Corrections) -> Corrections:
    """A person's corrections and what the contract knows: levels and texts stay as they are written."""
    texts = {column.name for column in contract.columns if not isinstance(column, NumberColumn)}
    texts -= {*was_dates(contract), *asked.dates}
    texts |= {name for name in asked.texts if not _is_number(contract, name)}
    return asked.model_copy(update={"texts": tuple(sorted(name for name in texts if name in names))})


def was_dates(contract: Contract) -> set[str]:
    """The columns of texts whose dates training had as ISO 8601: there, dates were read as such."""
    return {column.name for column in contract.columns if _has_iso(column, contract)}


def form_of(texts: pl.Series, *, day_first: bool) -> str | None:
    """The format that most dates of a column have which does not fit one as a whole; None if none has any."""
    cells = texts.drop_nulls().unique()
    preferred = sorted(dates.FORMATS, key=lambda form: form.startswith("%m" if day_first else "%d"))
    fitting = {form: len(cells) - dates.parse(cells, form).null_count() for form in preferred}
    best = max(fitting, key=lambda form: fitting[form])
    return best if fitting[best] else None


def style_of(texts: pl.DataFrame, decided: Style, asked: Corrections) -> Style:
    """How numbers are written: as it was decided, unless columns of numbers of which some cells are none, and which
    therefore told nothing, are mostly written otherwise."""

    def fitting(style: Style) -> int:
        return sum(len(each) - numbers.parse(each, style).null_count() for each in texts if each.dtype == pl.String)

    others = [
        style
        for style in numbers.STYLES
        if asked.decimal in (None, style.decimal) and asked.thousands in (None, style.thousands)
    ]
    return max((decided, *others), key=fitting)


def name_of(filename: str, form: Format) -> str:
    """What the answered file may be called: not packed any more, and with an ending of its format."""
    inner = PurePath(filename).name
    for packed in (".gz", ".zip"):
        if inner.lower().endswith(packed):
            inner = inner[: -len(packed)]
    allowed = ENDINGS[form if form in ("csv", "parquet", "jsonl") else "csv"].split()
    ending = PurePath(inner).suffix
    if ending.lower() in allowed:
        return inner
    known = {each for endings in ENDINGS.values() for each in endings.split()}
    return (inner.removesuffix(ending) if ending.lower() in known else inner) + allowed[0]


def _has_iso(column: Column, contract: Contract) -> bool:
    if isinstance(column, NumberColumn):
        return False
    seen = column.levels if isinstance(column, CategoryColumn) else _examples(column, contract)
    if not seen:
        return isinstance(column, TextColumn) and column.reads == "date"
    return all(_ISO.fullmatch(text) for text in seen)


def _examples(column: TextColumn, contract: Contract) -> tuple[str, ...]:
    cells = [row.get(column.name) for row in contract.examples]
    return tuple(cell for cell in cells if isinstance(cell, str))


def _is_number(contract: Contract, name: str) -> bool:
    return any(column.name == name and isinstance(column, NumberColumn) for column in contract.columns)
