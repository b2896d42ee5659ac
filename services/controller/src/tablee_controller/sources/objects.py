"""The files below a source's prefix."""

from __future__ import annotations

from tablee.datasets.manifest import TakenObject
from tablee.errors import InvalidRequest, ObjectStoreUnavailable
from tablee.jobs.source import Prefix
from tablee.storage.locations import S3, Location, Locations
from tablee.storage.object_store import Stored
from tablee_controller.sources.connections import Connections

MAX_OBJECTS = 100_000
"""Most files below a prefix."""
OURS = (
    *("datasets", "uploads", "erasures", "trainings", "rollout", "promotions", "scorings", "sources", "mlflow"),
    "artifacts",
)
"""Folders of the platform's own object store that no source reads: what they hold was or will be treated otherwise."""


def find(of: Prefix, locations: Locations, connections: Connections) -> Location:
    """Where the files are. Nothing is asked of it yet.

    :raises InvalidRequest: the address is none, or that of the platform's own folders.
    :raises InvalidRequest: the connection is none of an object store.
    """
    if of.connection is not None:
        if not of.address.startswith(S3):
            raise InvalidRequest(f"«{of.address}»: a connection leads to S3", hint="Write s3://bucket/folder/.")
        bucket, _, prefix = of.address.removeprefix(S3).partition("/")
        if not bucket:
            raise InvalidRequest(f"«{of.address}» names no bucket", hint="Write s3://bucket/folder/.")
        return Location(connections.store(of.connection, bucket), prefix, bucket)
    location = locations.find(of.address)
    if location.bucket is None and (not location.folder or location.folder.split("/")[0] in OURS):
        raise InvalidRequest(
            f"a source cannot read «{of.address}»: that is the platform's own",
            hint="Put the files into another folder, such as inbox/.",
        )
    return location


def files(location: Location) -> list[Stored]:
    """All of them, in the order of their keys; not those that are hidden, or folders.

    :raises InvalidRequest: there are too many, or they may not be listed.
    :raises ObjectStoreUnavailable: the store does not answer.
    """
    found: list[Stored] = []
    try:
        for stored in location.store.found(location.folder):
            if not _hidden(stored.key.removeprefix(location.folder)):
                found.append(stored)
            if len(found) > MAX_OBJECTS:
                raise InvalidRequest(
                    f"there are more than {MAX_OBJECTS:,} files at «{location}»", hint="Move old ones elsewhere."
                )
    except ObjectStoreUnavailable as error:
        if hasattr(error.__cause__, "response"):  # it answered, and refused
            raise InvalidRequest(
                f"«{location}» cannot be listed: {error.__cause__}",
                hint="The login must be allowed to list and read that bucket.",
            ) from None
        raise
    return sorted(found, key=lambda stored: stored.key)


def taken(stored: Stored) -> TakenObject:
    return TakenObject(key=stored.key, etag=stored.etag)


def _hidden(name: str) -> bool:
    """As Spark, Hive and others name what is not data; folders end with a slash."""
    return not name or name.endswith("/") or any(part.startswith((".", "_")) for part in name.split("/"))
