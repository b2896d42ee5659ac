"""The connections of sources: a directory with one file for each, which the administrator maintains.

A file holds the URL of a database, or a JSON object with the endpoint, region and keys of an S3-compatible store. It is
read at every use, so that a changed password needs no restart. Names are shown; the content of a file never is.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import Path
from typing import Literal
from urllib.parse import unquote

from pydantic import TypeAdapter, ValidationError
from sqlalchemy import URL, make_url
from sqlalchemy.exc import ArgumentError

from tablee.errors import InvalidRequest, InvalidSettings
from tablee.http.schemas.sources import Connection
from tablee.jobs.source import ConnectionName
from tablee.settings import S3Settings
from tablee.storage.object_store import ObjectStore, S3Store

HIDDEN = "•••"
_NAME: TypeAdapter[str] = TypeAdapter(ConnectionName)
_ADDRESS = re.compile(r"\b\d{1,3}(?:\.\d{1,3}){3}\b|(?<![\w:])(?:[0-9a-fA-F]{0,4}:){2,7}[0-9a-fA-F]{0,4}(?![\w:])")


class Connections:
    """The connections in a directory; none if the directory does not exist."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def all(self) -> list[Connection]:
        """All connections, sorted by name. Files whose name is no name of a connection are ignored."""
        if not self._folder.is_dir():
            return []
        names = sorted(path.name for path in self._folder.iterdir() if path.is_file() and _is_name(path.name))
        return [Connection(name=name, kind="prefix" if self._is_store(name) else "query") for name in names]

    def url(self, name: str) -> URL:
        """The URL of a database.

        :raises InvalidRequest: there is no such connection, or it leads to an object store.
        :raises InvalidSettings: its file holds no URL of a PostgreSQL or SQLite database.
        """
        if self._is_store(name):
            raise InvalidRequest("connection_is_store", hint="other_connection", name=name)
        try:
            url = make_url(self._read(name))
            sound = url.get_backend_name() in ("postgresql", "sqlite")
        except (ArgumentError, ValueError):
            sound = False
        if not sound:
            raise InvalidSettings("connection_no_url", hint="connection_url", name=name)
        return url

    def store(self, name: str, bucket: str) -> ObjectStore:
        """A bucket of an S3-compatible store.

        :raises InvalidRequest: there is no such connection, or it leads to a database.
        :raises InvalidSettings: its file is not the JSON of an object store.
        """
        if not self._is_store(name):
            raise InvalidRequest("connection_is_database", hint="other_connection", name=name)
        try:
            settings = S3Settings.model_validate_json(self._read(name))
        except ValidationError as error:
            fields = ", ".join(sorted({".".join(map(str, each["loc"])) or "the whole" for each in error.errors()}))
            raise InvalidSettings("connection_no_store", hint="connection_store", name=name, fields=fields) from None
        return S3Store(settings.model_copy(update={"bucket": bucket}))

    def check(self, name: str, kind: Literal["query", "prefix"]) -> None:
        """Check that a source of that kind can use the connection.

        :raises InvalidRequest: it cannot.
        :raises InvalidSettings: its file is invalid.
        """
        if kind == "query":
            self.url(name)
        else:
            self.store(name, "any")

    def _is_store(self, name: str) -> bool:
        return self._read(name).startswith("{")

    def _read(self, name: str) -> str:
        known = [] if not self._folder.is_dir() else [path.name for path in self._folder.iterdir()]
        if not _is_name(name) or name not in known:
            raise InvalidRequest("no_connection", hint="other_connection", name=name)
        try:
            return (self._folder / name).read_text().strip()
        except (OSError, UnicodeDecodeError):
            raise InvalidSettings("connection_no_text", name=name) from None


def _is_name(name: str) -> bool:
    try:
        _NAME.validate_python(name)
    except ValidationError:
        return False
    return True


def scrubbed(text: str, url: URL) -> str:
    """The message of a driver in one line; all parts of the URL and all IP addresses in it are hidden."""
    whole = (url.render_as_string(hide_password=False), url.render_as_string(hide_password=True))
    parts: Iterable[object] = (url.password, url.username, url.host, url.database, url.port, *_values(url))
    hidden = {each for part in (*whole, *parts) if part for each in (str(part), unquote(str(part)))}
    for part in sorted(hidden, key=len, reverse=True):
        text = re.sub(rf"(?<!\w){re.escape(part)}(?!\w)", HIDDEN, text)
    return " ".join(_ADDRESS.sub(HIDDEN, text).split())[:500]


def _values(url: URL) -> list[str]:
    return [each for value in url.query.values() for each in ((value,) if isinstance(value, str) else value)]
