"""One run of a source that reads files below a prefix: each file once, or the newest one instead of all rows."""

from __future__ import annotations

import tempfile
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath

from tablee.errors import BodyTooLarge, InvalidInput, NotFound
from tablee.jobs.source import Prefix, Refused, Source, Taken
from tablee.storage.locations import Location
from tablee.storage.object_store import Stored
from tablee_controller.datasets.writer import DatasetWriter
from tablee_controller.sources.cancellation import Stop
from tablee_controller.sources.fetching import fetch_file, newest, refusal
from tablee_controller.sources.progress import Progress
from tablee_controller.sources.replacement import Replacement
from tablee_controller.sources.taken_files import TakenFiles, as_taken
from tablee_data.readers import BatchFilter

FILES = 1_000
"""Most files that become one version."""


@dataclass
class _Batch:
    """The files of one version."""

    fetched: list[tuple[Stored, Path]] = field(default_factory=list)
    refused: list[Refused] = field(default_factory=list)
    bytes: int = 0
    seen: int = 0
    """How many of the new files were looked at."""


@dataclass(frozen=True)
class FilePull:
    """The run of one source.

    :param folder: of this machine, for files on their way.
    :param max_bytes: of one file, and of the files that become one version.
    """

    source: Source
    of: Prefix
    location: Location
    taken_files: TakenFiles
    writer: DatasetWriter
    batch_filter: BatchFilter | None
    folder: Path
    max_bytes: int
    progress: Progress

    def replace(self, found: list[Stored], taken: Taken) -> None:
        """Make the newest file the data set, unless it is."""
        if not found:
            return
        file = newest(found)
        if taken.etags.get(file.key) == file.etag:
            return
        try:
            copy = fetch_file(self.location, file, self.folder, max_bytes=self.max_bytes)
            replacement = Replacement(self.source, self.writer, self.batch_filter, self.progress, self.of.strict)
            replacement.store(copy, PurePosixPath(file.key).name, self.of.options, (as_taken(file),))
            self.progress.objects = 1
        except (InvalidInput, BodyTooLarge) as error:
            self.progress.refused.append(refusal(file, error))
        except NotFound:  # there is another newest file in the next run
            return
        self.taken_files.add(self.source, taken, [file])

    def append(self, found: list[Stored], taken: Taken, stop: Stop) -> None:
        """Add the rows of every file that is not done; as many versions as that takes."""
        new = [stored for stored in found if taken.etags.get(stored.key) != stored.etag]
        while new:
            stop.check()
            new = self._append_version(new, taken, stop)

    def _append_version(self, new: list[Stored], taken: Taken, stop: Stop) -> list[Stored]:
        """Make one version; returns the files that are left."""
        with tempfile.TemporaryDirectory(dir=self.folder.parent, prefix="upload-source-") as name:
            folder = Path(name)
            batch = self._fetch_batch(new, folder, stop)
            added = self._store_batch(batch, folder, taken, stop)
        self.progress.refused += batch.refused
        refused = {(each.key, each.etag) for each in batch.refused}
        self.taken_files.add(self.source, taken, [*added, *(each for each in new if (each.key, each.etag) in refused)])
        return new[batch.seen :]

    def _fetch_batch(self, new: list[Stored], folder: Path, stop: Stop) -> _Batch:
        batch = _Batch()
        for stored in new[:FILES]:
            stop.check()
            if batch.fetched and batch.bytes + stored.bytes > self.max_bytes:
                break
            batch.seen += 1
            try:
                number = len(batch.fetched)
                copy = fetch_file(self.location, stored, folder, max_bytes=self.max_bytes, number=number)
                batch.fetched.append((stored, copy))
                batch.bytes += stored.bytes
            except BodyTooLarge as error:
                batch.refused.append(refusal(stored, error))
            except NotFound:  # removed since it was listed
                continue
        return batch

    def _store_batch(self, batch: _Batch, folder: Path, taken: Taken, stop: Stop) -> list[Stored]:
        """Append the files that can be read; returns them."""
        added: list[Stored] = []
        with self.writer.append_files(
            self.source.dataset, folder, batch_filter=self.batch_filter, asked=self.of.options, strict=self.of.strict
        ) as appender:
            for stored, copy in batch.fetched:
                stop.check()
                try:
                    self.progress.rows += appender.add(copy, PurePosixPath(stored.key).name)
                    self.progress.objects += 1
                    added.append(stored)
                except InvalidInput as error:
                    batch.refused.append(refusal(stored, error))
                self.progress.tell()
            if added:
                pending = self.taken_files.begin(self.source, taken, added)
                manifest, made = appender.store(self.source.name, pending, self.source.order.by)
                self.progress.version, self.progress.new = manifest.version, self.progress.new or made
        return added
