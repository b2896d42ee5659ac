"""The bucket of a release, read and written directly."""

from __future__ import annotations

import json
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import boto3
from botocore.config import Config

from kube.release import Release
from kube.tools import forwarded

BUCKET = "tablee"


class Bucket:
    """The release's bucket. Tests write into `folder`, which no other bucket of the session has."""

    def __init__(self, s3: Any) -> None:
        self._s3 = s3
        self.folder = f"test-{secrets.token_hex(4)}/"

    def put(self, name: str, data: bytes) -> str:
        """Write an object into `folder`.

        :returns: its key.
        """
        key = self.folder + name
        self._s3.put_object(Bucket=BUCKET, Key=key, Body=data)
        return key

    def get(self, key: str) -> bytes:
        return bytes(self._s3.get_object(Bucket=BUCKET, Key=key)["Body"].read())

    def below(self, prefix: str) -> dict[str, tuple[str, Any]]:
        """Of the objects below a prefix: name, etag, time of the last write."""
        pages = self._s3.get_paginator("list_objects_v2").paginate(Bucket=BUCKET, Prefix=prefix)
        items = (item for page in pages for item in page.get("Contents", ()))
        return {item["Key"].removeprefix(prefix): (item["ETag"], item["LastModified"]) for item in items}

    def markers(self, scoring_id: str) -> dict[int, Any]:
        """What a scoring wrote about each part that is done, by the number of the part."""
        prefix = f"scorings/{scoring_id}/parts/"
        return {int(name.removesuffix(".json")): json.loads(self.get(prefix + name)) for name in self.below(prefix)}


def s3_client(endpoint: str, user: str, password: str) -> Any:
    """A client of MinIO at an endpoint."""
    return boto3.client(
        "s3",
        endpoint_url=endpoint,
        region_name="us-east-1",
        aws_access_key_id=user,
        aws_secret_access_key=password,
        config=Config(s3={"addressing_style": "path"}, retries={"max_attempts": 2}),
    )


@contextmanager
def bucket_of(release: Release) -> Iterator[Bucket]:
    """The bucket of the release's own MinIO, by its root login."""
    with forwarded(release.namespace, f"service/{release.named('minio')}", 9000) as port:
        user, password = (release.secret("minio", f"root-{key}") for key in ("user", "password"))
        yield Bucket(s3_client(f"http://127.0.0.1:{port}", user, password))
