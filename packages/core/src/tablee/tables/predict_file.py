"""A whole file predicted through the API: part by part, a few of them in flight, by one version from the first row to
the last, in constant memory. What the command line and the UI share; each brings its own transport.

What the file looks like is not known here: an `OwnFile` gives what a model reads of it, and takes the answers.
"""

from __future__ import annotations

import io
import threading
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass, replace
from typing import IO, Any, Protocol, cast

import polars as pl
import pyarrow as pa

from tablee.errors import Conflict, InvalidRows, InvalidTable, TableeError, Unavailable
from tablee.tables.csv_bytes import fresh
from tablee.tables.ordered_map import in_order

ARROW = "application/vnd.apache.arrow.stream"
IN_FLIGHT = 2
"""Parts that are with the API at once: while one is scored, the next one travels."""
TRIES = 5
"""How often a part is sent while the API says that it cannot answer just now."""
PASSES = 3
"""How often a file is begun while versions change."""


@dataclass(frozen=True, slots=True)
class Answer:
    """The API's answer to a part."""

    body: bytes
    model: str
    version: int
    warnings: int


Ask = Callable[[bytes], Answer]
"""Sends an Arrow stream of rows; the answer holds another one, of the new columns only. Raises `TableeError`."""


@dataclass(frozen=True, slots=True)
class Part:
    """Some rows of a file."""

    cells: pl.DataFrame
    """What the model reads of them."""
    own: Any
    """The rows as they stand in the file, for whoever writes them again."""
    shown: Callable[[int], pl.DataFrame]
    """All columns of the file, of so many rows at most, as a person may look at them."""
    first_row: int
    """Of the file, from 1."""
    taken: int
    """Bytes of the file that the part stands for."""

    @property
    def rows(self) -> int:
        return self.cells.height


class Joined(Protocol):
    """Where the rows of a file go with what was added to them."""

    def write(self, part: Part, added: pl.DataFrame) -> None:
        """The next rows, and their new cells: numbers and texts, under names that the file does not have."""


class OwnFile(Protocol):
    """A file as its person wrote it; it can be read again and again."""

    @property
    def names(self) -> list[str]:
        """Its columns."""

    def parts(self, max_rows: int) -> Iterator[Part]:
        """All rows, in their order.

        :raises InvalidRows, InvalidTable: with rows and lines counted in the file.
        """

    def joined(self, target: IO[bytes]) -> AbstractContextManager[Joined]:
        """The same file with columns at its right, in its own form."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What was predicted."""

    model: str
    version: int
    rows: int
    warnings: int


class Watcher(Protocol):
    """Who is told how far a file is, and may stop it."""

    stop: threading.Event

    def advance(self, answer: Answer, part: Part, added: pl.DataFrame) -> None:
        """Another part is written, with these columns added."""

    def restart(self) -> None:
        """Another version took over: it begins again."""


class Stopped(Exception):
    """The watcher's `stop` was set."""


class _VersionChanged(Exception):
    """Between two parts another version took over."""


def predict_file(
    ask: Ask,
    opened: Callable[[], OwnFile],
    target: IO[bytes],
    *,
    max_rows: int,
    watcher: Watcher,
    pause: float = 1.0,
) -> Outcome:
    """Write the file's own columns and its predictions to `target`. When a roll-out happens meanwhile, begin again.

    :param opened: gives the file as the version that serves just now reads it; called once a pass.
    :param max_rows: of one part.
    :param pause: seconds before a part is sent again to an API that cannot answer; longer each time.
    :raises InvalidRows, InvalidTable: with rows and lines counted in the whole file.
    :raises Conflict: the version changed again and again.
    :raises Stopped: the watcher said so; what `target` holds is of no use.
    """

    def patiently(part: Part) -> Answer:
        body = _stream(part.cells)
        for attempt in range(1, TRIES + 1):
            if watcher.stop.is_set():
                raise Stopped
            try:
                return ask(body)
            except Unavailable:
                if attempt == TRIES:
                    raise
                watcher.stop.wait(pause * attempt)
        raise AssertionError("the last try answers or raises")

    for left in range(PASSES)[::-1]:
        file = opened()
        target.seek(0)
        target.truncate()
        try:
            with file.joined(target) as joined:
                return _one_pass(patiently, file, joined, max_rows, watcher)
        except _VersionChanged:
            if left:
                watcher.restart()
    raise Conflict(
        f"the version that serves changed {PASSES} times while the file was predicted",
        hint="Try again when nobody promotes a version.",
    )


def _one_pass(ask: Callable[[Part], Answer], file: OwnFile, joined: Joined, max_rows: int, watcher: Watcher) -> Outcome:
    total: Outcome | None = None
    for part, result in in_order(ask, file.parts(max_rows), threads=IN_FLIGHT, ahead=IN_FLIGHT - 1):
        try:
            answer = result()
        except InvalidRows as error:
            raise error.below(part.first_row - 1) from None
        if total is None:
            total = Outcome(answer.model, answer.version, 0, 0)
        elif (answer.model, answer.version) != (total.model, total.version):
            raise _VersionChanged
        added = _added(answer, part.rows)
        added.columns = fresh(added.columns, file.names)
        joined.write(part, added)
        total = replace(total, rows=total.rows + part.rows, warnings=total.warnings + answer.warnings)
        watcher.advance(answer, part, added)
        if watcher.stop.is_set():
            raise Stopped
    if total is None:
        raise InvalidTable("the file has no row", expected="at least one row")
    return total


def _stream(cells: pl.DataFrame) -> bytes:
    out = io.BytesIO()
    cells.write_ipc_stream(out, compat_level=pl.CompatLevel.oldest())
    return out.getvalue()


def _added(answer: Answer, rows: int) -> pl.DataFrame:
    """The new columns.

    :raises TableeError: the answer is none to so many rows.
    """
    try:
        found = cast(pl.DataFrame, pl.from_arrow(pa.ipc.open_stream(answer.body).read_all()))
    except (pa.ArrowException, OSError) as error:
        raise TableeError(f"the API's answer is no Arrow stream: {error}") from None
    if found.height != rows:
        raise TableeError(f"the API answered {found.height:,} rows to a part of {rows:,}")
    return found
