"""Runs one SELECT and writes its rows to a file, batch by batch, so that memory does not grow with the rows."""

from __future__ import annotations

import re
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

from sqlalchemy import URL, Connection
from sqlalchemy.exc import SQLAlchemyError

from tablee.errors import InvalidQuery
from tablee_controller.sources.cancellation import Stop
from tablee_controller.sources.queries.database import database_error, limited, open_engine, read_only
from tablee_controller.sources.queries.rows import RowFile

BATCH = 2_000
"""Rows that are fetched at once."""
_COMMENT = re.compile(r"\s+|--[^\n]*(?:\n|$)|/\*.*?\*/", re.DOTALL)
_FIRST = ("select", "with", "values", "table")


def check(sql: str) -> None:
    """Check a query by its first word, before it is sent to a database.

    :raises InvalidQuery: it does not begin with SELECT, WITH, VALUES or TABLE.
    """
    rest = sql
    while match := _COMMENT.match(rest):
        rest = rest[match.end() :]
    word = re.match(r"\(*\s*(\w*)", rest)
    if word is None or word[1].lower() not in _FIRST:
        if not rest:
            raise InvalidQuery("no_statement")
        raise InvalidQuery("no_select", start=rest.split(maxsplit=1)[0][:40])


def fetch(
    url: URL,
    sql: str,
    target: Path,
    *,
    name: str,
    max_seconds: float,
    max_bytes: int,
    stop: Stop,
    tell: Callable[[int], None],
    max_rows: int | None = None,
) -> RowFile:
    """Run a query and write its rows.

    :param name: of the connection, for errors.
    :param max_rows: most rows; the query ends after them.
    :param tell: called after each batch with the number of rows so far.
    :raises InvalidQuery: the database refuses the query, it takes too long, or its rows cannot be kept.
    :raises DatabaseUnavailable: the database does not answer or refuses the login.
    :raises Stopped: the run was cancelled.
    """
    engine = open_engine(url, name)
    try:
        with read_only(engine, url, name) as connection, limited(connection, max_seconds, stop) as late:
            try:
                return _written(connection, _statement(sql), target, max_bytes, max_rows, stop, tell)
            except SQLAlchemyError as error:
                stop.check()
                if late.is_set():
                    raise InvalidQuery("too_slow", hint="faster_query", seconds=max_seconds) from None
                raise database_error(error, url, name) from None
    finally:
        engine.dispose()


def _statement(sql: str) -> str:
    return re.sub(r"[;\s]+$", "", sql)


def _written(
    connection: Connection,
    sql: str,
    target: Path,
    max_bytes: int,
    max_rows: int | None,
    stop: Stop,
    tell: Callable[[int], None],
) -> RowFile:
    options = {"stream_results": True, "max_row_buffer": BATCH, "no_parameters": True}
    with closing(connection.exec_driver_sql(sql, execution_options=options)) as result:
        if not result.returns_rows:
            raise InvalidQuery("no_table")
        with RowFile(target, list(result.keys()), max_bytes=max_bytes) as file:
            for batch in result.partitions(BATCH):
                file.write(batch if max_rows is None else batch[: max_rows - file.rows])
                stop.check()
                tell(file.rows)
                if file.rows == max_rows:
                    break
    if not file.rows:
        raise InvalidQuery("no_rows")
    return file
