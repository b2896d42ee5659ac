"""A connection to a database that can only read, and whose query ends when its time is up."""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any
from urllib.parse import quote

import psycopg
from sqlalchemy import URL, Connection, Engine, create_engine
from sqlalchemy.exc import DBAPIError, SQLAlchemyError
from sqlalchemy.pool import NullPool

from tablee.errors import DatabaseUnavailable, InvalidQuery, InvalidSettings
from tablee.errors.causes import quoted
from tablee.i18n.message import Message
from tablee_controller.sources.cancellation import Stop
from tablee_controller.sources.connections import scrubbed

CONNECT_SECONDS = 10
_OPTIONS = {  # so that a lost server is noticed after a minute
    "connect_timeout": CONNECT_SECONDS,
    "application_name": "tablee",
    "keepalives_idle": 30,
    "keepalives_interval": 10,
    "keepalives_count": 3,
}
_READING = {
    *(sqlite3.SQLITE_SELECT, sqlite3.SQLITE_READ, sqlite3.SQLITE_FUNCTION, sqlite3.SQLITE_RECURSIVE),
    sqlite3.SQLITE_TRANSACTION,
}
_OF_VALUES = ("22", "23")
"""The classes of SQLSTATE whose messages quote cells: data exceptions and violated constraints."""


def open_engine(url: URL, name: str) -> Engine:
    """An engine that makes one connection for one query.

    :param name: of the connection, for errors.
    :raises DatabaseUnavailable: the file of an SQLite database does not exist.
    :raises InvalidSettings: the URL cannot be used.
    """
    if url.get_backend_name() == "sqlite":
        path = Path(url.database or "")
        if not path.is_file():
            raise DatabaseUnavailable("no_database", name=name)
        uri = f"file:{quote(str(path.absolute()))}?mode=ro"  # without mode=ro, SQLite creates a missing file
        return create_engine(
            "sqlite://",
            creator=lambda: sqlite3.connect(uri, uri=True, timeout=CONNECT_SECONDS, check_same_thread=False),
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
def read_only(engine: Engine, url: URL, name: str) -> Iterator[Connection]:
    """A connection on which every write is refused: by a read-only transaction, or by SQLite's authorizer.

    :raises DatabaseUnavailable: the database does not answer or refuses the login.
    """
    try:
        connection = engine.connect()
    except (SQLAlchemyError, UnicodeError) as error:
        words = error.orig if isinstance(error, DBAPIError) else error
        raise DatabaseUnavailable("unreachable", name=name, why=_quoted(words, url)) from None
    with connection:
        if engine.dialect.name == "sqlite":
            _driver(connection).set_authorizer(_authorized)
        else:
            connection = connection.execution_options(postgresql_readonly=True, isolation_level="REPEATABLE READ")
        yield connection


def _authorized(action: int, *_: Any) -> int:
    return sqlite3.SQLITE_OK if action in _READING else sqlite3.SQLITE_DENY


@contextmanager
def limited(connection: Connection, seconds: float, stop: Stop) -> Iterator[threading.Event]:
    """While the block lasts, the query is ended in the database after `seconds`, or as soon as `stop` is requested. The
    event tells whether the time was up."""
    driver = _driver(connection)

    def end() -> None:
        if isinstance(driver, sqlite3.Connection):
            driver.interrupt()
            return
        with suppress(psycopg.Error):  # the connection is closed, so the query has ended
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
        timer.join()  # a timer that still runs could end the query of the next connection


def _driver(connection: Connection) -> Any:
    return connection.connection.driver_connection


def database_error(error: SQLAlchemyError, url: URL, name: str) -> InvalidQuery | DatabaseUnavailable:
    """The error for an answer of the database. It quotes the message of the database, unless that message may quote
    cells, which may hold personal data; then only its class and SQLSTATE are shown."""
    cause: Any = error.orig if isinstance(error, DBAPIError) else error
    state = str(getattr(cause, "sqlstate", "") or "")
    if isinstance(error, DBAPIError) and (error.connection_invalidated or state[:2] in ("08", "53", "57", "58")):
        return DatabaseUnavailable("connection_lost", name=name, why=_quoted(cause, url))
    if state[:2] in _OF_VALUES or not isinstance(error, DBAPIError):
        kind = type(cause).__name__
        return InvalidQuery("query_failed", why=f"{kind} ({state})" if state else kind)
    words = getattr(getattr(cause, "diag", None), "message_primary", None) or str(cause)
    return InvalidQuery("query_refused", why=_quoted(words, url))


def _quoted(words: object, url: URL) -> Message:
    """The words of the database, without the password."""
    return quoted("SQLite" if url.get_backend_name() == "sqlite" else "PostgreSQL", scrubbed(str(words), url))
