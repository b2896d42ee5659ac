"""Logs of web servers in the common format, or in the combined one, which adds referer and user agent.

https://httpd.apache.org/docs/current/logs.html#common
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Final

import polars as pl

from tablee.datasets.reading import Format, Reading
from tablee.errors import InvalidTable
from tablee.tables.csv.chunks import chunks
from tablee.tables.csv.dialect import Dialect
from tablee.tables.table_reader import NumberColumns, RowBlock
from tablee_data.readers import encoding
from tablee_data.readers.content import Source

NUMBERS = frozenset({"status", "bytes"})
TIME = "%d/%b/%Y:%H:%M:%S %z"
_COMMON = (
    r"^(?P<host>\S+) (?P<identity>\S+) (?P<user>\S+) \[(?P<time>[^\]]+)\] "
    r'"(?:(?P<method>[A-Z]+) (?P<path>(?:[^"\\ ]|\\.)*)(?: (?P<protocol>HTTP/[0-9.]+))?|(?P<request>(?:[^"\\]|\\.)*))" '
    r"(?P<status>[0-9]{3}) (?P<bytes>[0-9]+|-)"
)
_COMBINED = _COMMON + r' "(?P<referer>(?:[^"\\]|\\.)*)" "(?P<user_agent>(?:[^"\\]|\\.)*)"'
PATTERNS: Final[dict[Format, re.Pattern[str]]] = {
    "combined_log": re.compile(_COMBINED),
    "common_log": re.compile(_COMMON),
}
"""Match the beginning of a line; a combined one fits both."""
_FIRST = ["host", "identity", "user", "time", "method", "path", "protocol", "request", "status", "bytes"]
_NO_QUOTES = Dialect(separator=" ", quote="")


class WebLogReader:
    """Reads a web server's log. Times are converted to UTC; a `-` is a missing value."""

    numbers = NUMBERS
    decisions = ()

    def __init__(self, source: Source, reading: Reading) -> None:
        self._source, self._reading = source, reading
        self._pattern = PATTERNS[reading.format].pattern + "$"
        self.names = [*_FIRST, "referer", "user_agent"] if reading.format == "combined_log" else [*_FIRST]

    def blocks(self, number_columns: Callable[[], NumberColumns] = NumberColumns) -> Iterator[RowBlock]:
        del number_columns  # the format itself tells numbers from texts
        rows = 0
        for chunk in chunks(encoding.of_reading(self._source, self._reading), _NO_QUOTES):
            lines = pl.Series("line", chunk.body.decode().splitlines(), dtype=pl.String)
            numbered = pl.DataFrame({"line": lines.str.strip_chars_end(), "number": range(len(lines))})
            numbered = numbered.filter(pl.col("line") != "")
            places = numbered["number"] + chunk.line
            frame = self._cells(numbered["line"], places)
            rows += frame.height
            if frame.height:
                yield RowBlock(frame, places.__getitem__)
        if not rows:
            raise InvalidTable("no_log_lines")

    def _cells(self, lines: pl.Series, places: pl.Series) -> pl.DataFrame:
        found = lines.str.extract_groups(self._pattern).struct.unnest()
        wrong = found["host"].is_null()
        for at in wrong.arg_true().head(1):
            raise InvalidTable(
                "not_a_log_line",
                format=self._reading.format.removesuffix("_log"),
                line=int(places[at]),
                column="host",
                value=lines[at],
                expected=self._reading.format,
            )
        numbers = [found[name].replace("-", None).cast(pl.Float64) for name in self.names if name in NUMBERS]
        texts = [found[name].replace(["-", ""], [None, None]) for name in self.names if name not in NUMBERS]
        return pl.DataFrame([*texts, *numbers]).select(self.names)
