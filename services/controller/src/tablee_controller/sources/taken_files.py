"""Which files of a source are done: taken into the data set, or refused."""

from __future__ import annotations

from collections.abc import Collection

from tablee.datasets.manifest import Pulled, TakenObject
from tablee.datasets.store import Datasets
from tablee.errors import DatasetNotFound
from tablee.jobs.source import Source, Sources, Taken
from tablee.storage.object_store import Stored


class TakenFiles:
    """The files that sources have taken or refused, as the object store keeps them.

    Before a version is stored, its files are written down as pending. If the controller ends between the two, the
    origins of the versions tell whether the pending files are in the data set.
    """

    def __init__(self, sources: Sources, datasets: Datasets) -> None:
        self._sources, self._datasets = sources, datasets

    def read(self, source: Source) -> Taken:
        """The files that are done, those included that an earlier controller stored and could not write down."""
        taken = self._sources.taken(source.name)
        if taken.etags and not taken.pending:
            return taken
        try:
            origins = [manifest.origin for manifest in self._datasets.versions(source.dataset)]
        except DatasetNotFound:
            origins = []
        own = [each.objects for each in origins if isinstance(each, Pulled) and each.source == source.name]
        if not taken.etags:  # a new source, or one that was removed and is back
            self.add(source, taken, [each for objects in reversed(own) for each in objects])
        elif taken.pending in own:
            self.add(source, taken, taken.pending)
        taken.pending = ()
        return taken

    def begin(self, source: Source, taken: Taken, files: Collection[Stored]) -> tuple[TakenObject, ...]:
        """Write down the files that the next version will hold; returns them as its origin names them."""
        taken.pending = tuple(as_taken(stored) for stored in files)
        self._sources.save_taken(source.name, taken)
        return taken.pending

    def add(self, source: Source, taken: Taken, done: Collection[Stored | TakenObject]) -> None:
        """Write down further files that are done; none is pending any more."""
        taken.etags.update({each.key: each.etag for each in done})
        taken.pending = ()
        self._sources.save_taken(source.name, taken)


def as_taken(stored: Stored) -> TakenObject:
    """The file as the origin of a version names it."""
    return TakenObject(key=stored.key, etag=stored.etag)
