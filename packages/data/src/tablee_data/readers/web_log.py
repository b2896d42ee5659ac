"""Logs of web servers: the common format, and the combined one, which adds referer and user agent.

https://httpd.apache.org/docs/current/logs.html#common
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

import polars as pl

from tablee.datasets.reading import Reading
from tablee.errors import InvalidTable
from tablee_data.readers import encoding
from tablee_data.readers.block import Block, Plain
from tablee_data.readers.content import Source
from tablee_data.readers.records import Grammar, pieces

NUMBERS = frozenset({"status", "bytes"})
TIME = "%d/%b/%Y:%H:%M:%S %z"
_QUOTED = r'"((?:[^"\\]|\\.)*)"'
COMMON = (
    r"^(?P<host>\S+) (?P<identity>\S+) (?P<user>\S+) \[(?P<time>[^\]]+)\] "
    r'"(?:(?P<method>[A-Z]+) (?P<path>(?:[^"\\ ]|\\.)*)(?: (?P<protocol>HTTP/[0-9.]+))?|(?P<request>(?:[^"\\]|\\.)*))" '
    r"(?P<status>[0-9]{3}) (?P<bytes>[0-9]+|-)"
)
COMBINED = COMMON + r' "(?P<referer>(?:[^"\\]|\\.)*)" "(?P<user_agent>(?:[^"\\]|\\.)*)"'
_FIRST = ["host", "identity", "user", "time", "method", "path", "protocol", "request", "status", "bytes"]
_NO_QUOTES = Grammar(separator=" ", quote="")


class WebLog:
    """A log as a reading has it; times are in UTC, a `-` is a missing value."""

    numbers = NUMBERS

    def __init__(self, source: Source, reading: Reading) -> None:
        self._source, self._reading = source, reading
        combined = reading.format == "combined_log"
        self._pattern = (COMBINED if combined else COMMON) + "$"
        self.names = [*_FIRST, "referer", "user_agent"] if combined else list(_FIRST)

    def blocks(self, plain: Callable[[], Plain] = Plain) -> Iterator[Block]:
        del plain  # what is a number is so already
        rows = 0
        for piece in pieces(encoding.utf_8(self._source, self._reading.encoding), _NO_QUOTES):
            lines = pl.Series("line", piece.body.decode().splitlines(), dtype=pl.String)
            numbered = pl.DataFrame({"line": lines.str.strip_chars_end(), "number": range(len(lines))})
            numbered = numbered.filter(pl.col("line") != "")
            places = numbered["number"] + piece.line
            frame = self._cells(numbered["line"], places)
            rows += frame.height
            if frame.height:
                yield Block(frame, places.__getitem__)
        if not rows:
            raise InvalidTable("the log has no line")

    def _cells(self, lines: pl.Series, places: pl.Series) -> pl.DataFrame:
        found = lines.str.extract_groups(self._pattern).struct.unnest()
        wrong = found["host"].is_null()
        for at in wrong.arg_true().head(1):
            raise InvalidTable(
                f"no line of a log in the {self._reading.format.removesuffix('_log')} format",
                line=int(places[at]),
                column="host",
                value=lines[at],
                expected=self._reading.format,
            )
        numbers = [found[name].replace("-", None).cast(pl.Float64) for name in self.names if name in NUMBERS]
        texts = [found[name].replace(["-", ""], [None, None]) for name in self.names if name not in NUMBERS]
        return pl.DataFrame([*texts, *numbers]).select(self.names)
