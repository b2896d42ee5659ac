"""How a file can be read, found out from the file itself."""

from __future__ import annotations

import io
import re
from itertools import islice
from pathlib import Path, PurePath
from typing import Any

import orjson
import polars as pl
from pydantic import BaseModel, ConfigDict

from tablee.datasets.reading import Corrections, Decision, Format, Reading, Reason
from tablee.errors import InvalidTable
from tablee_data.inference.conversion import converted
from tablee_data.inference.types import Decider
from tablee_data.readers import dialect, encoding
from tablee_data.readers.block import Texts
from tablee_data.readers.content import Limits, Source
from tablee_data.readers.csv import Delimited
from tablee_data.readers.json_lines import JsonLines
from tablee_data.readers.parquet import ParquetFile
from tablee_data.readers.web_log import COMBINED, COMMON, TIME, WebLog

LOOKED_AT = 10_000
"""Rows by which a preview decides what columns are; a file that is stored is decided on as a whole."""
_LOGS: dict[Format, re.Pattern[str]] = {
    "combined_log": re.compile(COMBINED),
    "common_log": re.compile(COMMON),
}
ENDINGS = {"parquet": ".parquet", "jsonl": ".jsonl .ndjson .json", "csv": ".csv .tsv .txt .tab", "common_log": ".log"}
_OBJECT = re.compile(r'\{\s*["}]')
_MARKUP = re.compile(r"<(?:\?xml|!doctype|html|table|svg)", re.IGNORECASE)


class Sniffed(BaseModel):
    """How a file would be read, and what it would look like."""

    model_config = ConfigDict(frozen=True)
    reading: Reading
    decisions: tuple[Decision, ...]
    columns: list[str]
    kinds: dict[str, str]
    """By column: number, date or text."""
    rows: list[dict[str, Any]]
    """The first ones; a missing value is null."""
    looked_at: int
    """Rows that the kinds of columns were decided by."""


def sniff(
    file: Path, filename: str = "", asked: Corrections | None = None, *, rows: int = 20, limits: Limits | None = None
) -> Sniffed:
    """Everything that reading the file would decide, by its first rows.

    :param filename: what its owner calls it; content counts more.
    :param rows: how many to show.
    :raises InvalidTable: it is no table, as far as that shows in its beginning.
    :raises InvalidRequest: a correction does not fit.
    """
    asked = asked or Corrections()
    source = Source.of(file, limits)
    reading, decisions = begun(source, filename, asked)
    texts = opened(source, reading)
    decider = Decider(texts.names, texts.numbers, asked, reading, typed=is_typed(reading))
    blocks, seen = [], 0
    for block in texts.blocks():
        decider.see(block.frame.head(LOOKED_AT - seen))
        blocks.append(block)
        seen += block.frame.height
        if seen >= LOOKED_AT:
            break
    kinds = decider.decided()
    shown = pl.concat([converted(block, kinds).head(rows) for block in blocks]).head(rows)
    return Sniffed(
        reading=kinds.reading,
        decisions=(*decisions, *kinds.decisions),
        columns=shown.columns,
        kinds={
            name: "number" if name in kinds.numbers else "date" if name in kinds.reading.dates else "text"
            for name in shown.columns
        },
        rows=shown.to_dicts(),
        looked_at=min(seen, LOOKED_AT),
    )


def begun(source: Source, filename: str, asked: Corrections) -> tuple[Reading, tuple[Decision, ...]]:
    """Everything but what columns are.

    :raises InvalidTable: the file is no table.
    """
    if source.start(4) == b"PAR1" or asked.format == "parquet":
        if source.compression != "none":
            raise InvalidTable(
                "a Parquet file in gzip or zip", expected="the Parquet file itself, which is packed already"
            )
        return Reading(format="parquet"), (_said("parquet", filename, Reason.PARQUET_MARK),)
    found = encoding.find(source) if asked.encoding is None else None
    chosen: Any = found.chosen if found else asked.encoding
    sample = _beginning(source, chosen)
    form, reason = (asked.format, Reason.ASKED) if asked.format else _format(sample)
    decisions = [_said(form, filename, reason)]
    if found is not None:
        decisions.append(found)
    reading = Reading(format=form, compression=source.compression, encoding=chosen)
    if asked.missing is not None:
        reading = reading.model_copy(update={"missing": asked.missing, "missing_numbers": ()})
    if form in _LOGS:
        reading = reading.model_copy(update={"dates": {"time": TIME}})
    if form == "csv":
        cells = dialect.find(sample, asked)
        found_cells = {"separator": cells.separator, "quote": cells.quote, "header": cells.header}
        reading = Reading.model_validate(reading.model_dump() | found_cells)
        decisions += cells.decisions
    return reading, tuple(decisions)


def opened(source: Source, reading: Reading) -> Texts:
    """The file as a reading has it.

    :raises InvalidTable: it is no such file.
    """
    if reading.format == "parquet":
        return ParquetFile(source, reading)
    if reading.format == "jsonl":
        return JsonLines(source, reading)
    if reading.format in _LOGS:
        return WebLog(source, reading)
    return Delimited(source, reading)


def is_typed(reading: Reading) -> bool:
    """Whether the format itself tells numbers from texts."""
    return reading.format in ("parquet", "common_log", "combined_log")


def _beginning(source: Source, chosen: Any) -> str:
    """Whole lines, if there is more than one."""
    block = next(encoding.utf_8(source, chosen), b"")[: dialect.SAMPLE]
    text = block.decode(errors="ignore")
    end = max(text.rfind("\n"), text.rfind("\r")) + 1
    return text[:end] if end and len(block) == dialect.SAMPLE else text


def _format(sample: str) -> tuple[Format, Reason]:
    start = sample.lstrip()
    if not start:
        raise InvalidTable("the file is empty", expected="a header line and at least one row")
    if _MARKUP.match(start):
        raise InvalidTable("the file is XML or HTML", line=1, expected="CSV, Parquet, JSON lines or a log")
    if start[0] == "[" and start[1:].lstrip()[:1] == "{":
        raise InvalidTable(
            "the file is one JSON list", line=1, expected="JSON lines: an object a line, without [ , and ]"
        )
    if _OBJECT.match(start):
        first = start.partition("\n")[0]
        if "\n" in start and not _is_json(first) and first.count("{") > first.count("}"):
            raise InvalidTable("a JSON object over several lines", line=1, expected="JSON lines: an object a line")
        return "jsonl", Reason.JSON_LINES
    lines = [line for line in islice(io.StringIO(sample), 50) if line.strip()]
    for form, pattern in _LOGS.items():
        if sum(pattern.match(line) is not None for line in lines) > 0.9 * len(lines):
            return form, Reason.LOG_LINES
    return "csv", Reason.CELLS


def _is_json(line: str) -> bool:
    try:
        orjson.loads(line)
    except orjson.JSONDecodeError:
        return False
    return True


def _said(form: Format, filename: str, reason: Reason) -> Decision:
    ending = PurePath(filename.lower().removesuffix(".gz").removesuffix(".zip")).suffix
    foreign = ending and any(ending in endings.split() for other, endings in ENDINGS.items() if other != form)
    return Decision(field="format", chosen=form, reason=reason, facts={"ending": ending} if foreign else {})
