"""Cells as people write them: the value for typed formats, and the text for formats without types."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from tablee.models.contract import Contract


@dataclass(frozen=True, slots=True)
class Written:
    """One cell."""

    typed: Any
    """For JSON, Arrow, Parquet and tensors."""
    text: str
    """For CSV and the command line."""
    quoted: bool = False
    """Whether the text has to be between quotes in CSV, so that it does not mean a missing value."""


Row = dict[str, Written]


class Spelling:
    """How rows spell the names of columns: as the contract does, unless a test says otherwise."""

    def __init__(self) -> None:
        self.of = str


SPELLING = Spelling()


def as_csv(contract: Contract, rows: Sequence[Row]) -> bytes:
    """The rows as a comma-separated UTF-8 file."""
    lines = [",".join(quoted(SPELLING.of(name)) for name in contract.names)]
    lines += [",".join(_cell(row[name]) for name in contract.names) or '""' for row in rows]
    return "\n".join((*lines, "")).encode()


def as_aligned(contract: Contract, rows: Sequence[Row]) -> bytes:
    """The rows as a UTF-8 file with runs of blanks between cells, and some at both ends of each line."""
    lines = ["   ".join(quoted(SPELLING.of(name)) for name in contract.names)]
    lines += ["  ".join(_spaced(row[name]) for name in contract.names) for row in rows]
    return "".join(f" {line}   \n" for line in lines).encode()


def _spaced(cell: Written) -> str:
    return quoted(cell.text) if not cell.text or " " in cell.text else _cell(cell)


def quoted(text: str) -> str:
    return '"' + text.replace('"', '""') + '"'


def _cell(cell: Written) -> str:
    return quoted(cell.text) if cell.quoted or any(sign in cell.text for sign in ',"\n\r') else cell.text
