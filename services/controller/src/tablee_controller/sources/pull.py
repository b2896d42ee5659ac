"""One run of a source: from what it is about to a version of its data set."""

from __future__ import annotations

import hashlib
import tempfile
from collections.abc import Callable, Collection
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path, PurePosixPath

from tablee.datasets.manifest import Pulled, TakenObject
from tablee.datasets.privacy import Findings
from tablee.datasets.reading import Corrections
from tablee.datasets.store import Datasets
from tablee.errors import BodyTooLarge, DatasetNotFound, InvalidInput, InvalidRequest, NotFound, TableeError
from tablee.jobs.source import Prefix, Query, Refused, Source, Sources, Taken
from tablee.storage.locations import Location, Locations
from tablee.storage.object_store import Stored
from tablee_controller.datasets.anonymisation import Anonymisation
from tablee_controller.datasets.writer import DatasetWriter
from tablee_controller.sources import objects as source_files
from tablee_controller.sources import query
from tablee_controller.sources.cancellation import Stop
from tablee_controller.sources.connections import Connections
from tablee_data.readers import BatchFilter, Sniffed, sniff

FILES = 1_000
"""Most files that become one version."""
LOOK_ROWS, LOOK_SECONDS = 1_000, 30
"""Of a query that is only looked at."""


@dataclass
class Progress:
    """What a run has done so far; written by it alone."""

    rows: int = 0
    objects: int = 0
    version: str | None = None
    """The newest of the data set, once it is known."""
    new: bool = False
    """Whether there is a version more."""
    refused: list[Refused] = field(default_factory=list)
    """In this run."""
    tell: Callable[[], None] = lambda: None


class Puller:
    """Carries sources out.

    :param writer: makes the versions.
    :param folder: of this machine, for what comes.
    :param max_bytes: of a file, and of the files that become one version.
    """

    def __init__(
        self,
        sources: Sources,
        datasets: Datasets,
        connections: Connections,
        locations: Locations,
        anonymisation: Anonymisation,
        writer: DatasetWriter,
        *,
        folder: Path,
        max_bytes: int,
    ) -> None:
        self._sources, self._datasets, self._connections = sources, datasets, connections
        self._locations, self._anonymisation = locations, anonymisation
        self._writer, self._folder, self._max_bytes = writer, folder, max_bytes

    def check(self, source: Source) -> None:
        """Whether it can be carried out, as far as that shows before.

        :raises InvalidInput: the query is no SELECT, the address no location for it.
        :raises InvalidRequest: it names a connection that is not there.
        """
        of = source.order.of
        if isinstance(of, Query):
            query.check(of.sql)
            self._connections.check(of.connection, "query")
        else:
            source_files.find(of, self._locations, self._connections)
        self._filter(source)

    def pull(self, source: Source, progress: Progress, stop: Stop) -> None:
        """Bring what is new. Files that cannot be taken are noted and do not stand in the way of others.

        :raises TableeError: nothing more can be brought.
        :raises Stopped: somebody wanted so; versions that were made stay.
        """
        with tempfile.TemporaryDirectory(dir=self._folder, prefix="upload-source-") as folder:
            of = source.order.of
            if isinstance(of, Query):
                self._query(source, of, Path(folder), progress, stop)
                return
            location = source_files.find(of, self._locations, self._connections)
            found, taken = source_files.files(location), self._noted(source)
            if of.mode == "replace":
                self._replace(source, of, location, found, taken, Path(folder), progress)
                return
            new = [stored for stored in found if taken.etags.get(stored.key) != stored.etag]
            while new:
                stop.check()
                new = self._append(source, of, location, new, taken, progress, stop)

    def look(self, source: Source) -> tuple[Sniffed, Findings]:
        """How the first rows of a query, or one of the files, would be read, and the personal data in them. Nothing is
        stored.

        :raises TableeError: as `check` and `pull` do.
        """
        self.check(source)
        with tempfile.TemporaryDirectory(dir=self._folder, prefix="upload-source-") as name:
            of, folder = source.order.of, Path(name)
            if isinstance(of, Query):
                file, filename, url = folder / "rows.jsonl", "rows.jsonl", self._connections.url(of.connection)
                limits = {"max_seconds": LOOK_SECONDS, "max_bytes": self._max_bytes, "max_rows": LOOK_ROWS}
                rows = query.fetch(url, of.sql, file, name=of.connection, stop=Stop(), tell=lambda _: None, **limits)
                asked = rows.corrections()
            else:
                location = source_files.find(of, self._locations, self._connections)
                if not (found := source_files.files(location)):
                    raise InvalidRequest("no_file", location=str(location))
                stored = max(found, key=_age) if of.mode == "replace" else found[0]
                file, filename = self._fetched(location, stored, folder), PurePosixPath(stored.key).name
                asked = of.options
            with self._writer.exclusive():
                return sniff(file, filename, asked), self._anonymisation.findings_in_file(file, filename, asked)

    def _query(self, source: Source, of: Query, folder: Path, progress: Progress, stop: Stop) -> None:
        def tell(rows: int) -> None:
            progress.rows = rows
            progress.tell()

        file = folder / "rows.jsonl"
        url = self._connections.url(of.connection)
        limits = {"max_seconds": of.max_seconds, "max_bytes": self._max_bytes}
        rows = query.fetch(url, of.sql, file, name=of.connection, stop=stop, tell=tell, **limits)
        progress.rows = rows.rows
        self._whole(source, file, f"{source.name}.jsonl", rows.corrections(), (), progress)

    def _replace(
        self,
        source: Source,
        of: Prefix,
        location: Location,
        found: list[Stored],
        taken: Taken,
        folder: Path,
        told: Progress,
    ) -> None:
        if not found:
            return
        newest = max(found, key=_age)
        if taken.etags.get(newest.key) == newest.etag:
            return
        try:
            file = self._fetched(location, newest, folder)
            self._whole(source, file, PurePosixPath(newest.key).name, of.options, (source_files.taken(newest),), told)
            told.objects = 1
        except (InvalidInput, BodyTooLarge) as error:
            told.refused.append(_refused(newest, error))
        except NotFound:  # there is another newest one next time
            return
        self._note(source, taken, [newest])

    def _whole(
        self,
        source: Source,
        file: Path,
        filename: str,
        asked: Corrections,
        objects: tuple[TakenObject, ...],
        told: Progress,
    ) -> None:
        """The file is the data set, unless it is what the newest version was made of."""
        with file.open("rb") as opened:
            content = hashlib.file_digest(opened, "sha256").hexdigest()
        manifest, told.new = self._writer.replace(
            source.dataset,
            file,
            filename=filename,
            asked=asked,
            batch_filter=self._filter(source),
            by=source.order.by,
            origin=Pulled(source=source.name, objects=objects, content=content),
        )
        told.version, told.rows = manifest.version, manifest.rows

    def _append(
        self,
        source: Source,
        of: Prefix,
        location: Location,
        new: list[Stored],
        taken: Taken,
        told: Progress,
        stop: Stop,
    ) -> list[Stored]:
        """As many files as one version takes; returns those that are left."""
        with tempfile.TemporaryDirectory(dir=self._folder, prefix="upload-source-") as name:
            folder, size, through = Path(name), 0, 0
            fetched: list[tuple[Stored, Path]] = []
            refused: list[Refused] = []
            for stored in new[:FILES]:
                stop.check()
                if fetched and size + stored.bytes > self._max_bytes:
                    break
                through += 1
                try:
                    fetched.append((stored, self._fetched(location, stored, folder, len(fetched))))
                    size += stored.bytes
                except BodyTooLarge as error:
                    refused.append(_refused(stored, error))
                except NotFound:  # removed meanwhile
                    continue
            with self._writer.append_files(
                source.dataset, folder, batch_filter=self._filter(source), asked=of.options
            ) as appender:
                added: list[Stored] = []
                for stored, file in fetched:
                    stop.check()
                    try:
                        told.rows += appender.add(file, PurePosixPath(stored.key).name)
                        told.objects += 1
                        added.append(stored)
                    except InvalidInput as error:
                        refused.append(_refused(stored, error))
                    told.tell()
                if added:
                    taken.pending = tuple(source_files.taken(stored) for stored in added)
                    self._sources.save_taken(source.name, taken)
                    manifest, made = appender.store(source.name, taken.pending, source.order.by)
                    told.version, told.new = manifest.version, told.new or made
            told.refused += refused
            wrong = {(each.key, each.etag) for each in refused}
            self._note(source, taken, [*added, *(each for each in new if (each.key, each.etag) in wrong)])
        return new[through:]

    def _fetched(self, location: Location, stored: Stored, folder: Path, number: int = 0) -> Path:
        if stored.bytes > self._max_bytes:
            raise BodyTooLarge("source_file", bytes=stored.bytes, limit=self._max_bytes)
        file = folder / f"object-{number}"
        location.store.get_file(stored.key, file)
        if location.store.stat(stored.key).etag != stored.etag:
            raise NotFound("written_meanwhile", object=stored.key)  # taken as it is then, next time
        return file

    def _filter(self, source: Source) -> BatchFilter | None:
        return self._anonymisation.batch_filter(source.order.actions)

    def _noted(self, source: Source) -> Taken:
        """What it is through with; with what a controller before us has stored and could not note any more."""
        taken = self._sources.taken(source.name)
        if taken.etags and not taken.pending:
            return taken
        try:
            origins = [manifest.origin for manifest in self._datasets.versions(source.dataset)]
        except DatasetNotFound:
            origins = []
        mine = [each.objects for each in origins if isinstance(each, Pulled) and each.source == source.name]
        if not taken.etags:  # a new one, or one that was removed and is back
            self._note(source, taken, [each for objects in reversed(mine) for each in objects])
        elif taken.pending in mine:
            self._note(source, taken, taken.pending)
        taken.pending = ()
        return taken

    def _note(self, source: Source, taken: Taken, through: Collection[Stored | TakenObject]) -> None:
        taken.etags.update({each.key: each.etag for each in through})
        taken.pending = ()
        self._sources.save_taken(source.name, taken)


def _age(stored: Stored) -> tuple[datetime, str]:
    return stored.modified, stored.key


def _refused(stored: Stored, error: TableeError) -> Refused:
    return Refused(key=stored.key, etag=stored.etag, at=datetime.now(UTC), error=error.problem())
