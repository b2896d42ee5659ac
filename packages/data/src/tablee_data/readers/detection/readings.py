"""How a file is to be read, except for the types of its columns: format, encoding, dialect."""

from __future__ import annotations

import io
import re
from itertools import islice
from pathlib import PurePath
from typing import Final

import orjson

from tablee.datasets.reading import Corrections, Decision, Encoding, Format, Reading, Reason
from tablee.errors import InvalidTable
from tablee.i18n.message import Message
from tablee.tables.cells.cell_format import CellFormat, DateFormat
from tablee_data.inference.decisions.unused import does_not_apply, unused
from tablee_data.readers import encoding
from tablee_data.readers.content import OLE, Source, workbook_format
from tablee_data.readers.csv.reader import CsvReader
from tablee_data.readers.detection.dialects import SAMPLE, detect_dialect
from tablee_data.readers.detection.encodings import asked_encoding, detect_encoding
from tablee_data.readers.detection.footers import detect_footers
from tablee_data.readers.json.document import JsonDocumentReader
from tablee_data.readers.json.keyed import keyed_decision
from tablee_data.readers.web_log import PATTERNS, TIME
from tablee_data.readers.workbooks.sheets import detect_sheet

ENDINGS = {
    "parquet": ".parquet",
    "arrow": ".arrow .feather .ipc",
    "jsonl": ".jsonl .ndjson",
    "json": ".json",
    "csv": ".csv .tsv .txt .tab",
    "xlsx": ".xlsx .xlsm .xltx .xltm",
    "xls": ".xls",
    "xlsb": ".xlsb",
    "ods": ".ods",
    "common_log": ".log",
}
"""Endings of file names, by format; the usual one first."""
LOG_SHARE = 0.9
"""A file is a web server's log if more than this share of its first lines are lines of one."""
_MARKS: Final[tuple[tuple[Format, bytes, Reason], ...]] = (
    ("parquet", b"PAR1", Reason.PARQUET_MARK),
    ("arrow", b"ARROW1", Reason.ARROW_MARK),
)
"""The first bytes of files of columns."""
_OBJECT = re.compile(r'\{\s*["}]')
_MARKUP = re.compile(r"<(?:\?xml|!doctype|html|table|svg)", re.IGNORECASE)


def detect_reading(source: Source, filename: str, asked: Corrections) -> tuple[Reading, tuple[Decision, ...]]:
    """Format, encoding and dialect of a file, what was decided where the file allows several, and which of the
    settings that a person gave do not apply to it.

    :param filename: what its owner calls it; the content counts more.
    :param asked: what a person has decided already.
    :raises InvalidTable: the file is not a table.
    """
    reading, decisions = _detect(source, filename, asked)
    return reading, (*decisions, *unused(asked, reading))


def _detect(source: Source, filename: str, asked: Corrections) -> tuple[Reading, tuple[Decision, ...]]:
    for form, mark, reason in _MARKS:
        if source.start(len(mark)) == mark or asked.format == form:
            if source.compression != "none":
                expected = Message(f"expected.table.plain_{form}")
                is_parquet = form == "parquet"
                raise InvalidTable("packed_parquet" if is_parquet else "packed_arrow", expected=expected)
            return Reading(format=form), (_format_decision(form, filename, reason),)
    if source.compression != "none" and source.start(4).startswith((b"PK\x03\x04", OLE)):
        raise InvalidTable("packed_workbook", expected=Message("expected.table.plain_workbook"))
    workbook = workbook_format(source.path) if source.compression == "none" else None
    if workbook is not None:
        reading, decided = detect_sheet(source, workbook, asked)
        return reading, (_format_decision(workbook, filename, Reason.WORKBOOK), *decided)
    if asked.encoding is None:
        found = detect_encoding(source, asked.separator or "")
    else:
        found = asked_encoding(source, asked.encoding)
    replaced = found.reason is Reason.NEARLY_UTF_8
    sample, whole = _beginning(source, found.chosen, replace=replaced)
    form, reason = (asked.format, Reason.ASKED) if asked.format else _detect_format(sample)
    decisions = [_format_decision(form, filename, reason), found]
    reading = Reading(format=form, compression=source.compression, encoding=found.chosen, replaced_bytes=replaced)
    if asked.missing is not None:
        missing = tuple(text for text in asked.missing if text)
        reading = reading.model_copy(update={"missing": missing, "missing_numbers": ()})
    if form in PATTERNS:
        reading = reading.model_copy(update={"cells": {"time": CellFormat(date=DateFormat(pattern=TIME))}})
    if form == "json":
        reading, keyed = _detect_keyed(source, reading, asked)
        decisions += keyed
    if form == "csv":
        dialect = detect_dialect(sample, asked, reading, whole=whole)
        reading = dialect.reading
        decisions += dialect.decisions
        if asked.footer_rows is None and (footer := detect_footers(source, reading, dialect.width)):
            reading = reading.model_copy(update={"footer_rows": int(footer.chosen)})
            decisions.append(footer)
        decisions += CsvReader(source, reading, asked).decisions
    return reading, tuple(decisions)


def _detect_keyed(source: Source, reading: Reading, asked: Corrections) -> tuple[Reading, tuple[Decision, ...]]:
    """Whether the objects in a JSON object are its rows.

    :raises InvalidTable: the document is broken.
    """
    objects = JsonDocumentReader(source, reading, asked).objects
    if asked.keyed is not None:
        if not objects:
            return reading, (does_not_apply("keyed", str(asked.keyed), "json"),)
        return reading.model_copy(update={"keyed": asked.keyed}), ()
    found = keyed_decision(objects) if objects else None
    if found is None:
        return reading, ()
    return reading.model_copy(update={"keyed": found.chosen == "yes"}), (found,)


def _beginning(source: Source, chosen: Encoding, *, replace: bool) -> tuple[str, bool]:
    """The beginning of the text, without an incomplete last line unless it is the only one, and whether it is all."""
    found = b""
    for block in encoding.utf_8(source, chosen, replace=replace):
        found += block
        if len(found) > SAMPLE:
            break
    whole = len(found) <= SAMPLE
    text = found[:SAMPLE].decode(errors="ignore")
    end = max(text.rfind("\n"), text.rfind("\r")) + 1
    return text if whole or not end else text[:end], whole


def _detect_format(sample: str) -> tuple[Format, Reason]:
    """:raises InvalidTable: XML or HTML."""
    start = sample.lstrip()
    if not start:
        raise InvalidTable("empty_file", expected=Message("expected.table.header_and_row"))
    if _MARKUP.match(start):
        raise InvalidTable("markup", line=1, expected=Message("expected.table.known_format"), hint="whole_file")
    if start[0] == "[" and start[1:].lstrip()[:1] in ("{", "[", "]"):
        return "json", Reason.JSON_DOCUMENT
    if _OBJECT.match(start):
        return ("json", Reason.JSON_DOCUMENT) if _is_document(start) else ("jsonl", Reason.JSON_LINES)
    lines = [line for line in islice(io.StringIO(sample), 50) if line.strip()]
    for form, pattern in PATTERNS.items():
        if sum(pattern.match(line) is not None for line in lines) > LOG_SHARE * len(lines):
            return form, Reason.LOG_LINES
    return "csv", Reason.CELLS


def _is_document(start: str) -> bool:
    """Whether the rows of a text that begins with an object are not one a line."""
    first, _, rest = start.partition("\n")
    try:
        value = orjson.loads(first)
    except orjson.JSONDecodeError:
        opened = sum(map(first.count, "{[")) > sum(map(first.count, "}]"))
        return opened or not rest.strip()
    if rest.strip() or not isinstance(value, dict):
        return False
    return any(isinstance(each, list | dict) for each in value.values())


def _format_decision(form: Format, filename: str, reason: Reason) -> Decision:
    """With the ending of the file's name as a fact if it is that of another format."""
    ending = PurePath(filename.lower().removesuffix(".gz").removesuffix(".zip")).suffix
    foreign = ending and any(ending in endings.split() for other, endings in ENDINGS.items() if other != form)
    return Decision(field="format", chosen=form, reason=reason, facts={"ending": ending} if foreign else {})
