"""Files of a source, fetched to this machine."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

from tablee.errors import BodyTooLarge, NotFound, TableeError
from tablee.jobs.source import Refused
from tablee.storage.locations import Location
from tablee.storage.object_store import Stored


def fetch_file(location: Location, stored: Stored, folder: Path, *, max_bytes: int, number: int = 0) -> Path:
    """Copy one file into a folder, as `object-{number}`.

    :raises BodyTooLarge: it has more than `max_bytes`.
    :raises NotFound: it is gone, or was written again since it was listed; the next run takes it as it is then.
    """
    if stored.bytes > max_bytes:
        raise BodyTooLarge("source_file", bytes=stored.bytes, limit=max_bytes)
    file = folder / f"object-{number}"
    location.store.get_file(stored.key, file)
    if location.store.stat(stored.key).etag != stored.etag:
        raise NotFound("written_meanwhile", object=stored.key)
    return file


def newest(files: list[Stored]) -> Stored:
    """The file that was written last; of several at the same moment, the one with the last key."""
    return max(files, key=lambda stored: (stored.modified, stored.key))


def refusal(stored: Stored, error: TableeError) -> Refused:
    """The record of a file that could not be taken."""
    return Refused(key=stored.key, etag=stored.etag, at=datetime.now(UTC), error=error.problem())
