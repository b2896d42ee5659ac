"""The files below a source's prefix."""

from __future__ import annotations

from tablee.errors import InvalidRequest, ObjectStoreUnavailable
from tablee.errors.causes import quoted
from tablee.jobs.source import Prefix
from tablee.storage.locations import S3, Location, Locations
from tablee.storage.object_store import Stored
from tablee_controller.sources.connections import Connections

MAX_OBJECTS = 100_000
"""Most files below a prefix."""


def find(of: Prefix, locations: Locations, connections: Connections) -> Location:
    """The location of the files; the store is not called.

    :raises InvalidRequest: the address is invalid or names one of the platform's own folders, or the connection is not
        one to an object store.
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
    """All files, in the order of their keys; hidden ones and folders are left out.

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
                "location_unlistable", hint="login_lists", location=str(location), why=quoted("S3", error.__cause__)
            ) from None
        raise
    return sorted(found, key=lambda stored: stored.key)


def _hidden(name: str) -> bool:
    """Names that begin with a dot or an underscore hold no data (Spark, Hive); those of folders end with a slash."""
    return not name or name.endswith("/") or any(part.startswith((".", "_")) for part in name.split("/"))
