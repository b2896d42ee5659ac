"""JSON documents of one type in an object store: read, written, created once, listed page by page.

A document's key is `{prefix}{name}{suffix}`. With a suffix such as `/state.json` each document has a folder of its own;
with `.json` all of them lie in one folder. A list skips what is no such document and writes a warning to the log: one
broken or foreign object never hides the others.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import islice
from typing import Generic, TypeVar

from pydantic import BaseModel, ValidationError

from tablee.errors import NotFound, TableeError
from tablee.errors.causes import quoted
from tablee.storage.object_store import ObjectStore
from tablee.telemetry import logger

D = TypeVar("D", bound=BaseModel)

log = logger(__name__)


@dataclass(frozen=True, slots=True)
class Page(Generic[D]):
    """Some documents of a list."""

    documents: list[D]
    next: str | None = None
    """The cursor of the next page; None on the last one."""


class Documents(Generic[D]):
    """The documents below one prefix. May be used by any thread.

    :param prefix: what all keys start with; it ends with a slash.
    :param model: the type of the documents.
    :param suffix: what all keys end with.
    """

    def __init__(self, objects: ObjectStore, prefix: str, model: type[D], *, suffix: str = ".json") -> None:
        self._objects, self._prefix, self._model, self._suffix = objects, prefix, model, suffix
        self._reported: set[str] = set()

    def key(self, name: str) -> str:
        """The object key of the document called `name`."""
        return f"{self._prefix}{name}{self._suffix}"

    def get(self, name: str) -> D:
        """Read one document.

        :raises NotFound: there is none of that name.
        :raises InvalidRequest: the name cannot be part of a key.
        :raises TableeError: the object is no such document.
        """
        key = self.key(name)
        data = self._objects.get(key)
        try:
            return self._model.model_validate_json(data)
        except ValidationError as error:
            where = ".".join(str(part) for part in error.errors()[0]["loc"])
            reason = f"{where}: {error.errors()[0]['msg']}" if where else error.errors()[0]["msg"]
            raise TableeError(
                "broken_document", hint="restore_document", object=key, why=quoted("pydantic", reason)
            ) from error

    def find(self, name: str) -> D | None:
        """Read one document of a list: None where there is none, or where the object cannot be read. The latter is
        written to the log, once per process.
        """
        try:
            return self.get(name)
        except NotFound:
            return None
        except TableeError as error:
            if not isinstance(error.__cause__, ValidationError):
                raise
            if name not in self._reported:
                self._reported.add(name)
                log.warning("document_skipped", key=self.key(name), reason=error.detail)
            return None

    def put(self, name: str, document: D) -> None:
        """Write one document in the place of the former one."""
        self._objects.put(self.key(name), document.model_dump_json().encode())

    def create(self, name: str, document: D) -> None:
        """Write one document, unless there is one of that name.

        :raises AlreadyExists: there is one.
        """
        self._objects.put(self.key(name), document.model_dump_json().encode(), if_absent=True)

    def exists(self, name: str) -> bool:
        return self._objects.exists(self.key(name))

    def delete(self, name: str) -> None:
        """Silent when there is none."""
        self._objects.delete(self.key(name))

    def names(self) -> tuple[str, ...]:
        """All names, sorted; no document is read. Where documents have a folder each, a name may be there before or
        after its document.
        """
        if self._suffix.startswith("/"):
            return self._objects.folders(self._prefix)
        keys = (key.removeprefix(self._prefix) for key in self._objects.list(self._prefix))
        return tuple(key.removesuffix(self._suffix) for key in keys if key.endswith(self._suffix) and "/" not in key)

    def all(self, names: Iterable[str] | None = None) -> Iterator[D]:
        """The documents with these names, in this order; of all names by default."""
        found = (self.find(name) for name in (self.names() if names is None else names))
        return (document for document in found if document is not None)

    def page(self, limit: int, cursor: str | None = None) -> Page[D]:
        """At most `limit` documents, the last name first. Only these are read, and objects that are skipped.

        :param cursor: `next` of the page before; the first page when left out.
        """
        names = (name for name in reversed(self.names()) if cursor is None or name < cursor)
        found = ((name, document) for name in names if (document := self.find(name)) is not None)
        shown = list(islice(found, limit))
        more = next(names, None) is not None
        return Page([document for _, document in shown], shown[-1][0] if shown and more else None)
