"""Which files of a source are done: taken into the data set, or refused."""

from __future__ import annotations

from collections.abc import Collection

from tablee.datasets.manifest import Pulled, TakenObject
from tablee.datasets.store import Datasets
from tablee.errors import DatasetNotFound
from tablee.jobs.source import Refused, Source, Sources, Taken
from tablee.storage.object_store import Stored

MAX_REFUSED = 1_000
"""Most refused files that the state of a source lists."""


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

    def forget(self, name: str, refused: Collection[Refused]) -> None:
        """Let files that were refused be tried again."""
        if not refused:
            return
        taken = self._sources.taken(name)
        for each in refused:
            if taken.etags.get(each.key) == each.etag:
                del taken.etags[each.key]
        self._sources.save_taken(name, taken)

    def forget_all(self, name: str) -> None:
        """Let every file be taken again."""
        self._sources.save_taken(name, Taken())

    def still_refused(self, name: str, earlier: Collection[Refused], new: Collection[Refused]) -> tuple[Refused, ...]:
        """The files that are refused now: those of earlier runs that were not taken since, and the new ones."""
        if not earlier and not new:
            return ()
        etags = self._sources.taken(name).etags
        still = {each.key: each for each in earlier if etags.get(each.key) == each.etag}
        still.update({each.key: each for each in new})
        return tuple(still.values())[-MAX_REFUSED:]


def as_taken(stored: Stored) -> TakenObject:
    """The file as the origin of a version names it."""
    return TakenObject(key=stored.key, etag=stored.etag)
