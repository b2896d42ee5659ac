"""One file that becomes the whole data set of a source."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from pathlib import Path

from tablee.datasets.manifest import Pulled, TakenObject
from tablee.datasets.reading import Corrections
from tablee.jobs.source import Source
from tablee_controller.datasets.writer import DatasetWriter
from tablee_controller.sources.progress import Progress
from tablee_data.readers import BatchFilter


@dataclass(frozen=True)
class Replacement:
    """Makes versions that replace all rows."""

    source: Source
    writer: DatasetWriter
    batch_filter: BatchFilter | None
    progress: Progress
    strict: bool = False
    """Refuse a file of which something is not sure."""

    def store(self, file: Path, filename: str, asked: Corrections, objects: tuple[TakenObject, ...]) -> None:
        """Make a version of the file, unless the newest version was made of the same bytes in the same way.

        :param objects: the file in the object store that it was read from; empty for the rows of a query.
        :raises InvalidInput: the file cannot be read.
        """
        with file.open("rb") as opened:
            content = hashlib.file_digest(opened, "sha256").hexdigest()
        manifest, self.progress.new = self.writer.replace(
            self.source.dataset,
            file,
            filename=filename,
            asked=asked,
            batch_filter=self.batch_filter,
            by=self.source.order.by,
            origin=Pulled(source=self.source.name, objects=objects, content=content),
            strict=self.strict,
        )
        self.progress.version, self.progress.rows = manifest.version, manifest.rows
