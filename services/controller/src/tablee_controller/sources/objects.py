"""The files below a source's prefix."""

from __future__ import annotations

from tablee.errors import InvalidRequest, ObjectStoreUnavailable
from tablee.jobs.source import Prefix
from tablee.storage.locations import S3, Location, Locations
from tablee.storage.object_store import Stored
from tablee_controller.sources.connections import Connections

MAX_OBJECTS = 100_000
"""Most files below a prefix."""


def find(of: Prefix, locations: Locations, connections: Connections) -> Location:
    """Where the files are. Nothing is asked of it yet.

    :raises InvalidRequest: the address is none, or that of the platform's own folders.
    :raises InvalidRequest: the connection is none of an object store.
    """
    if of.connection is not None:
        if not of.address.startswith(S3):
            raise InvalidRequest("connection_to_s3", hint="s3_form", address=of.address)
        bucket, _, prefix = of.address.removeprefix(S3).partition("/")
        if not bucket:
            raise InvalidRequest("no_bucket", hint="s3_form", address=of.address)
        return Location(connections.store(of.connection, bucket), prefix, bucket)
    location = locations.find(of.address)
    if location.is_platform_folder:
        raise InvalidRequest("platform_source", hint="another_inbox", address=of.address)
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
                    "too_many_objects", hint="move_old_files", limit=MAX_OBJECTS, location=str(location)
                )
    except ObjectStoreUnavailable as error:
        if hasattr(error.__cause__, "response"):  # it answered, and refused
            raise InvalidRequest(
                "location_unlistable", hint="login_lists", location=str(location), why=str(error.__cause__)
            ) from None
        raise
    return sorted(found, key=lambda stored: stored.key)


def _hidden(name: str) -> bool:
    """As Spark, Hive and others name what is not data; folders end with a slash."""
    return not name or name.endswith("/") or any(part.startswith((".", "_")) for part in name.split("/"))
