"""Runs of sources: a query or the files below a prefix become versions of a data set."""

from __future__ import annotations

import tempfile
from pathlib import Path, PurePosixPath

from tablee.datasets.privacy import Findings
from tablee.datasets.reading import Corrections
from tablee.errors import InvalidRequest
from tablee.http.schemas.datasets import FilePreview
from tablee.jobs.source import Prefix, Query, Source
from tablee.storage.locations import Locations
from tablee_controller.datasets.anonymisation import Anonymisation
from tablee_controller.datasets.writer import DatasetWriter
from tablee_controller.sources import objects as source_files
from tablee_controller.sources.cancellation import Stop
from tablee_controller.sources.connections import Connections
from tablee_controller.sources.fetching import fetch_file, newest
from tablee_controller.sources.file_pull import FilePull
from tablee_controller.sources.progress import Progress
from tablee_controller.sources.queries import query
from tablee_controller.sources.replacement import Replacement
from tablee_controller.sources.taken_files import TakenFiles
from tablee_data.readers import BatchFilter, sniff

PREVIEW_ROWS, PREVIEW_SECONDS = 1_000, 30
"""Limits of a query that is only previewed."""


class Puller:
    """Carries out what sources ask for.

    :param taken_files: which files are done.
    :param writer: makes the versions.
    :param folder: of this machine, for files on their way.
    :param max_bytes: of one file, of the rows of a query, and of the files that become one version.
    """

    def __init__(
        self,
        taken_files: TakenFiles,
        connections: Connections,
        locations: Locations,
        anonymisation: Anonymisation,
        writer: DatasetWriter,
        *,
        folder: Path,
        max_bytes: int,
    ) -> None:
        self._taken_files, self._connections = taken_files, connections
        self._locations, self._anonymisation = locations, anonymisation
        self._writer, self._folder, self._max_bytes = writer, folder, max_bytes

    def check(self, source: Source) -> None:
        """Check what can be checked before a run.

        :raises InvalidInput: the query is no SELECT, or the address cannot be used.
        :raises InvalidRequest: the source names a connection that does not exist.
        """
        of = source.order.of
        if isinstance(of, Query):
            query.check(of.sql)
            self._connections.check(of.connection, "query")
        else:
            source_files.find(of, self._locations, self._connections)
        self._filter(source)

    def pull(self, source: Source, progress: Progress, stop: Stop) -> None:
        """Bring what is new. A file that cannot be taken is refused, and the others are taken.

        :raises TableeError: nothing more can be brought.
        :raises Stopped: the run was cancelled; versions that were made stay.
        """
        with tempfile.TemporaryDirectory(dir=self._folder, prefix="upload-source-") as name:
            of, folder = source.order.of, Path(name)
            if isinstance(of, Query):
                self._pull_query(source, of, folder, progress, stop)
            else:
                self._pull_files(source, of, folder, progress, stop)

    def look(self, source: Source) -> tuple[FilePreview, Findings]:
        """How the first rows of a query, or one of the files, would be read, and the personal data in them. Nothing is
        stored.

        :raises TableeError: as `check` and `pull` do.
        """
        self.check(source)
        with tempfile.TemporaryDirectory(dir=self._folder, prefix="upload-source-") as name:
            of, folder = source.order.of, Path(name)
            if isinstance(of, Query):
                file, asked = self._sample_query(of, folder)
                filename = file.name
            else:
                file, filename = self._sample_file(of, folder)
                asked = of.options
            with self._writer.exclusive():
                sniffed = sniff(file, filename, asked, batch_filter=self._filter(source))
                return sniffed, self._anonymisation.findings_in_file(file, filename, asked, source.order.actions)

    def _pull_query(self, source: Source, of: Query, folder: Path, progress: Progress, stop: Stop) -> None:
        def tell(rows: int) -> None:
            progress.rows = rows
            progress.tell()

        file = folder / "rows.jsonl"
        url = self._connections.url(of.connection)
        limits = {"max_seconds": of.max_seconds, "max_bytes": self._max_bytes}
        rows = query.fetch(url, of.sql, file, name=of.connection, stop=stop, tell=tell, **limits)
        progress.rows = rows.rows
        replacement = Replacement(source, self._writer, self._filter(source), progress)
        replacement.store(file, f"{source.name}.jsonl", rows.corrections(), ())

    def _pull_files(self, source: Source, of: Prefix, folder: Path, progress: Progress, stop: Stop) -> None:
        location = source_files.find(of, self._locations, self._connections)
        found, taken = source_files.files(location), self._taken_files.read(source)
        pull = FilePull(
            source=source,
            of=of,
            location=location,
            taken_files=self._taken_files,
            writer=self._writer,
            batch_filter=self._filter(source),
            folder=folder,
            max_bytes=self._max_bytes,
            progress=progress,
        )
        if of.mode == "replace":
            pull.replace(found, taken)
        else:
            pull.append(found, taken, stop)

    def _sample_query(self, of: Query, folder: Path) -> tuple[Path, Corrections]:
        file, url = folder / "rows.jsonl", self._connections.url(of.connection)
        limits = {"max_seconds": PREVIEW_SECONDS, "max_bytes": self._max_bytes, "max_rows": PREVIEW_ROWS}
        rows = query.fetch(url, of.sql, file, name=of.connection, stop=Stop(), tell=lambda _: None, **limits)
        return file, rows.corrections()

    def _sample_file(self, of: Prefix, folder: Path) -> tuple[Path, str]:
        location = source_files.find(of, self._locations, self._connections)
        if not (found := source_files.files(location)):
            raise InvalidRequest("no_file", location=str(location))
        stored = newest(found) if of.mode == "replace" else found[0]
        file = fetch_file(location, stored, folder, max_bytes=self._max_bytes)
        return file, PurePosixPath(stored.key).name

    def _filter(self, source: Source) -> BatchFilter | None:
        return self._anonymisation.batch_filter(source.order.actions)
