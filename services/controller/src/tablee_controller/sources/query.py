"""One SELECT, its rows streamed into a file: in a transaction that can only read, with memory that does not grow."""

from __future__ import annotations

import re
import sqlite3
import threading
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from typing import Any
from urllib.parse import quote

import psycopg
from sqlalchemy import URL, Connection, Engine, create_engine
from sqlalchemy.exc import DBAPIError, SQLAlchemyError
from sqlalchemy.pool import NullPool

from tablee.errors import DatabaseUnavailable, InvalidQuery, InvalidSettings
from tablee_controller.sources.cancellation import Stop
from tablee_controller.sources.connections import scrubbed
from tablee_controller.sources.rows import RowFile

BATCH = 2_000
"""Rows that are fetched at once."""
CONNECT_SECONDS = 10
_OPTIONS = {  # a server that is gone is noticed after a minute
    "connect_timeout": CONNECT_SECONDS,
    "application_name": "tablee",
    "keepalives_idle": 30,
    "keepalives_interval": 10,
    "keepalives_count": 3,
}
_COMMENT = re.compile(r"\s+|--[^\n]*(?:\n|$)|/\*.*?\*/", re.DOTALL)
_FIRST = ("select", "with", "values", "table")
_READING = {
    *(sqlite3.SQLITE_SELECT, sqlite3.SQLITE_READ, sqlite3.SQLITE_FUNCTION, sqlite3.SQLITE_RECURSIVE),
    sqlite3.SQLITE_TRANSACTION,
}
_OF_VALUES = ("22", "23")
"""Classes of SQLSTATE whose messages quote cells."""


def check(sql: str) -> None:
    """What can be said of a query before a database sees it.

    :raises InvalidQuery: it is no SELECT.
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
    """Ask, and write all rows.

    :param name: of the connection, for errors.
    :param max_rows: no more than the first so many.
    :param tell: told the number of rows so far.
    :raises InvalidQuery: the database refuses the query, it takes too long, or its rows cannot be kept.
    :raises DatabaseUnavailable: the database does not answer or refuses the login.
    :raises Stopped: somebody wanted so.
    """
    engine = _engine(url, name)
    try:
        with _reading(engine, url, name) as connection, _limited(connection, max_seconds, stop) as late:
            try:
                return _written(connection, _statement(sql), target, max_bytes, max_rows, stop, tell)
            except SQLAlchemyError as error:
                stop.check()
                if late.is_set():
                    raise InvalidQuery("too_slow", hint="faster_query", seconds=max_seconds) from None
                raise _told(error, url, name) from None
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


def _engine(url: URL, name: str) -> Engine:
    """What connects only to read, once."""
    if url.get_backend_name() == "sqlite":
        path = Path(url.database or "")
        if not path.is_file():
            raise DatabaseUnavailable("no_database", name=name)
        address = f"file:{quote(str(path.absolute()))}?mode=ro"  # without it, a file that is not there is made
        return create_engine(
            "sqlite://",
            creator=lambda: sqlite3.connect(address, uri=True, timeout=CONNECT_SECONDS, check_same_thread=False),
            poolclass=NullPool,
        )
    try:
        return create_engine(
            url.set(drivername="postgresql+psycopg"),
            poolclass=NullPool,
            connect_args=_OPTIONS,
        )
    except (SQLAlchemyError, TypeError, ValueError):
        raise InvalidSettings("connection_url_unusable", name=name) from None


@contextmanager
def _reading(engine: Engine, url: URL, name: str) -> Iterator[Connection]:
    try:
        connection = engine.connect()
    except (SQLAlchemyError, UnicodeError) as error:
        words = error.orig if isinstance(error, DBAPIError) else error
        raise DatabaseUnavailable("unreachable", name=name, why=scrubbed(str(words), url)) from None
    with connection:
        if engine.dialect.name == "sqlite":
            _driver(connection).set_authorizer(_authorized)
        else:
            connection = connection.execution_options(postgresql_readonly=True, isolation_level="REPEATABLE READ")
        yield connection


def _authorized(action: int, *_: Any) -> int:
    return sqlite3.SQLITE_OK if action in _READING else sqlite3.SQLITE_DENY


@contextmanager
def _limited(connection: Connection, seconds: float, stop: Stop) -> Iterator[threading.Event]:
    """While the block lasts, the database ends the query when its time is up or somebody wants so."""
    driver = _driver(connection)

    def end() -> None:
        if isinstance(driver, sqlite3.Connection):
            driver.interrupt()
            return
        with suppress(psycopg.Error):  # it is gone, and so is the query
            driver.cancel_safe(timeout=CONNECT_SECONDS)

    late = threading.Event()

    def give_up() -> None:
        late.set()
        end()

    timer = threading.Timer(seconds, give_up)
    timer.daemon = True
    timer.start()
    try:
        with stop.calling(end):
            yield late
    finally:
        timer.cancel()
        timer.join()  # or it might end the next one's query


def _driver(connection: Connection) -> Any:
    return connection.connection.driver_connection


def _told(error: SQLAlchemyError, url: URL, name: str) -> InvalidQuery | DatabaseUnavailable:
    """The database's own words, unless they quote cells, which may be personal."""
    cause: Any = error.orig if isinstance(error, DBAPIError) else error
    state = str(getattr(cause, "sqlstate", "") or "")
    if isinstance(error, DBAPIError) and (error.connection_invalidated or state[:2] in ("08", "53", "57", "58")):
        return DatabaseUnavailable("connection_lost", name=name, why=scrubbed(str(cause), url))
    if state[:2] in _OF_VALUES or not isinstance(error, DBAPIError):
        kind = type(cause).__name__
        return InvalidQuery("query_failed", why=f"{kind} ({state})" if state else kind)
    words = getattr(getattr(cause, "diag", None), "message_primary", None) or str(cause)
    return InvalidQuery("query_refused", why=scrubbed(words, url))
