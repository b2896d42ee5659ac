"""Plans scorings: checks a request, chooses its version and lists its parts, before anything is stored."""

from __future__ import annotations

from pathlib import PurePosixPath

from tablee.errors import InvalidRequest, NotFound, ObjectStoreUnavailable
from tablee.errors.causes import quoted
from tablee.jobs.scoring import Part, Plan, ScoringRequest
from tablee.models.registry import Registry
from tablee.storage.locations import Location, Locations
from tablee.storage.object_store import Stored
from tablee_controller.jobs.model_version import champion_or_named

SUFFIXES = (".parquet", ".csv")
"""Endings of the names of files that are scored."""
MAX_PARTS = 10_000
"""Most parts of one scoring."""


class Planner:
    """Makes plans from the registry and the locations of requests.

    :param max_parallel: most workers of one scoring.
    """

    def __init__(self, registry: Registry, locations: Locations, *, max_parallel: int) -> None:
        self._registry, self._locations, self._max_parallel = registry, locations, max_parallel

    def plan(self, request: ScoringRequest) -> tuple[ScoringRequest, Plan]:
        """The request with its version and complete locations, and its parts in the order of their names.

        :raises ModelNotFound: there is no such model or version.
        :raises Conflict: the model has no champion, or the version no digest.
        :raises InvalidRequest: a location cannot be used, or the source has no file, or too many files.
        """
        if request.parallel > self._max_parallel:
            raise InvalidRequest(
                "too_parallel", hint="max_parallel", parallel=request.parallel, limit=self._max_parallel
            )
        version = champion_or_named(self._registry, request.model, request.version)
        source = self._locations.find(request.source)
        target = None if request.target is None else self._locations.find(request.target)
        if target is not None:
            _check_target(target, source)
        parts = _parts(source)
        pinned = {"version": version.version, "source": str(source), "target": None if target is None else str(target)}
        return request.model_copy(update=pinned), Plan(parts=parts)


def _parts(source: Location) -> tuple[Part, ...]:
    files = _files(source)
    if not files:
        raise InvalidRequest("nothing_to_score", hint="file_endings", source=str(source))
    files.sort(key=lambda each: each[0])
    return tuple(
        Part(number=number, key=stored.key, name=name, bytes=stored.bytes, etag=stored.etag)
        for number, (name, stored) in enumerate(files)
    )


def _files(source: Location) -> list[tuple[str, Stored]]:
    """The files of a source, each with its name relative to the source.

    :raises InvalidRequest: there are more than `MAX_PARTS`, or the bucket refuses access.
    """
    files: list[tuple[str, Stored]] = []
    try:
        if PurePosixPath(source.prefix).suffix.lower() in SUFFIXES and not source.prefix.endswith("/"):
            try:
                stored = source.store.stat(source.prefix)
            except NotFound:
                pass  # perhaps a folder has this name
            else:
                return [(PurePosixPath(source.prefix).name, stored)]
        for stored in source.store.found(source.folder):
            name = stored.key.removeprefix(source.folder)
            if PurePosixPath(name).suffix.lower() in SUFFIXES and not _hidden(name):
                files.append((name, stored))
            if len(files) > MAX_PARTS:
                raise InvalidRequest("too_many_parts", hint="fewer_files", limit=MAX_PARTS, source=str(source))
    except ObjectStoreUnavailable as error:
        if source.bucket is not None and hasattr(error.__cause__, "response"):  # the bucket answered and refused access
            raise InvalidRequest(
                "source_unreadable", hint="own_login", source=str(source), why=quoted("S3", error.__cause__)
            ) from error
        raise
    return files


def _hidden(name: str) -> bool:
    """Whether a part of the name begins with a dot or an underscore, as files without data of Spark and Hive do."""
    return any(part.startswith((".", "_")) for part in name.split("/"))


def _check_target(target: Location, source: Location) -> None:
    if target.is_platform_folder:
        raise InvalidRequest("platform_target", hint="another_target", target=str(target))
    if target.bucket == source.bucket and target.folder in (source.folder, _parent(source.prefix)):
        raise InvalidRequest("target_over_source", hint="another_folder")


def _parent(prefix: str) -> str:
    """The folder of an object."""
    return f"{head}/" if (head := prefix.rstrip("/").rpartition("/")[0]) else ""
