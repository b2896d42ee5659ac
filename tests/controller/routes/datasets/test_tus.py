"""Uploads as the tus protocol 1.0.0 describes them, by hand and by a client that others wrote."""

from __future__ import annotations

import base64
import hashlib
import io
import socket
from collections.abc import Callable
from email.utils import parsedate_to_datetime
from pathlib import Path
from typing import Any

import httpx
import pytest
from tusclient.client import TusClient
from tusclient.exceptions import TusCommunicationError

from tablee_controller.app import Limits
from tablee_controller.datasets.request_body import CHUNK

ROWS = 250_000
CONTENT = b"a,b\n" + b"".join(b"%d,%d\n" % (n, n * n) for n in range(ROWS))
PART_BYTES = 1_000_000
VERSION = {"tus-resumable": "1.0.0"}
PART = VERSION | {"content-type": "application/offset+octet-stream"}


def base64_of(content: bytes) -> str:
    return base64.b64encode(content).decode()


def begin(controller: Any, size: int = 10) -> str:
    """The path of a new upload."""
    answer = controller.client.post("/uploads", headers=VERSION | {"upload-length": str(size)})
    assert answer.status_code == 201
    return str(answer.headers["location"])


def test_a_standard_client_is_interrupted_and_goes_on_with_another_controller(
    start_controller: Callable[..., Any], until: Callable[..., object], tmp_path: Path
) -> None:
    first, second = start_controller(), start_controller()
    client = TusClient(str(first.client.base_url.join("/uploads")))
    uploader = client.uploader(file_stream=io.BytesIO(CONTENT), chunk_size=PART_BYTES, metadata={"filename": "n.csv"})
    uploader.upload(stop_at=PART_BYTES)
    path = httpx.URL(uploader.url).path

    # the connection breaks in the middle of the next part: what arrived of it is kept
    with socket.create_connection((first.client.base_url.host, first.client.base_url.port)) as connection:
        head = [f"PATCH {path} HTTP/1.1", "host: x", f"upload-offset: {PART_BYTES}", f"content-length: {8 << 20}"]
        head += [f"{name}: {value}" for name, value in PART.items()]
        connection.sendall("\r\n".join([*head, "", ""]).encode() + CONTENT[PART_BYTES : PART_BYTES + (3 << 20) // 2])
        until(lambda: any(part.stat().st_size >= CHUNK for part in (tmp_path / "uploads").iterdir()))
    until(lambda: int(first.client.head(path, headers=VERSION).headers["upload-offset"]) > PART_BYTES)

    url = str(second.client.base_url.join(path))
    resumed = TusClient(url).uploader(file_stream=io.BytesIO(CONTENT), url=url, chunk_size=PART_BYTES)
    assert PART_BYTES + CHUNK <= resumed.offset <= PART_BYTES + (3 << 20) // 2
    resumed.upload()
    stored = second.client.put("/datasets/numbers", params={"upload": path.rpartition("/")[2]})
    assert (stored.status_code, stored.json()["rows"], stored.json()["bytes"]) == (201, ROWS, len(CONTENT))
    assert (stored.json()["filename"], stored.json()["sha256"]) == ("n.csv", hashlib.sha256(CONTENT).hexdigest())
    with pytest.raises(TusCommunicationError) as gone:
        TusClient(url).uploader(file_stream=io.BytesIO(CONTENT), url=url)
    assert gone.value.status_code == 404


def test_a_standard_client_sends_checksums(controller: Any) -> None:
    client = TusClient(str(controller.client.base_url.join("/uploads")))
    uploader = client.uploader(file_stream=io.BytesIO(CONTENT[:1000]), chunk_size=300, upload_checksum=True)
    uploader.upload()
    assert controller.client.get(httpx.URL(uploader.url).path).json()["offset"] == 1000


def test_the_server_says_what_it_can_do(start_controller: Callable[..., Any]) -> None:
    controller = start_controller(limits=Limits(upload_bytes=12_345))
    answer = controller.client.options("/uploads")
    assert (answer.status_code, answer.content) == (204, b"")
    told = {name: value for name, value in answer.headers.items() if name.startswith("tus-")}
    assert told == {
        "tus-resumable": "1.0.0",
        "tus-version": "1.0.0",
        "tus-extension": "creation,expiration,checksum,termination",
        "tus-checksum-algorithm": "sha1,sha256,md5",
        "tus-max-size": "12345",
    }


def test_an_upload_has_an_address_a_name_and_an_end(controller: Any) -> None:
    metadata = f"filename {base64_of('été.csv'.encode())},urgent"
    headers = VERSION | {"upload-length": "3", "upload-metadata": metadata}
    begun = controller.client.post("/uploads", headers=headers)
    path = begun.headers["location"]
    head = controller.client.head(path, headers=VERSION)
    assert (head.headers["upload-offset"], head.headers["upload-length"]) == ("0", "3")
    assert (head.headers["upload-metadata"], head.headers["cache-control"]) == (metadata, "no-store")
    shown = controller.client.get(path).json()
    assert (shown["filename"], path) == ("été.csv", f"/uploads/{shown['id']}")
    part = controller.client.patch(path, content=b"abc", headers=PART | {"upload-offset": "0"})
    assert (part.status_code, part.content, part.headers["upload-offset"]) == (204, b"", "3")
    for answer in (begun, head, part):
        assert (
            parsedate_to_datetime(answer.headers["upload-expires"]).isoformat()
            == shown["expires"].partition(".")[0].replace("Z", "") + "+00:00"
        )


def test_an_empty_file_needs_no_part(controller: Any) -> None:
    path = begin(controller, 0)
    assert controller.client.head(path, headers=VERSION).headers["upload-offset"] == "0"
    stored = controller.client.put("/datasets/d", params={"upload": path.rpartition("/")[2]})
    assert (stored.status_code, stored.json()["code"]) == (422, "invalid_table")


@pytest.mark.parametrize("version", [None, "0.2.2"])
def test_another_version_is_refused(controller: Any, version: str | None) -> None:
    path = begin(controller)
    headers = PART | {"upload-offset": "0", "upload-length": "3"}
    del headers["tus-resumable"]
    if version:
        headers["tus-resumable"] = version
    for method, url in (("POST", "/uploads"), ("HEAD", path), ("PATCH", path), ("DELETE", path)):
        answer = controller.client.request(method, url, headers=headers)
        assert (answer.status_code, answer.headers["tus-version"]) == (412, "1.0.0")
        assert answer.headers["tus-resumable"] == "1.0.0"
        assert method == "HEAD" or answer.json()["code"] == "unsupported_protocol"
    assert controller.client.head(path, headers=VERSION).status_code == 200


def test_every_answer_names_the_version(controller: Any) -> None:
    path = begin(controller)
    wrong = controller.client.patch(path, content=b"x", headers=PART | {"upload-offset": "5"})
    assert (wrong.status_code, wrong.json()["code"]) == (409, "upload_offset")
    other_type = controller.client.patch(path, content=b"x", headers=VERSION | {"upload-offset": "0"})
    assert (other_type.status_code, other_type.json()["code"]) == (415, "unsupported_media_type")
    absent = controller.client.head("/uploads/none", headers=VERSION)
    assert (absent.status_code, "upload-offset" in absent.headers) == (404, False)
    for answer in (wrong, other_type, absent, controller.client.get(path)):
        assert answer.headers["tus-resumable"] == "1.0.0"
    assert "tus-resumable" not in controller.client.get("/datasets").headers


@pytest.mark.parametrize("algorithm", ["sha1", "sha256", "md5"])
def test_a_damaged_part_is_refused(controller: Any, algorithm: str) -> None:
    path = begin(controller)
    digest = base64_of(hashlib.new(algorithm, b"abcde").digest())
    headers = PART | {"upload-offset": "0", "upload-checksum": f"{algorithm} {digest}"}
    damaged = controller.client.patch(path, content=b"abcdE", headers=headers)
    assert (damaged.status_code, damaged.json()["code"]) == (460, "checksum_mismatch")
    assert controller.client.head(path, headers=VERSION).headers["upload-offset"] == "0"
    assert controller.client.patch(path, content=b"abcde", headers=headers).status_code == 204


def test_an_unknown_checksum_is_refused(controller: Any) -> None:
    path = begin(controller)
    headers = PART | {"upload-offset": "0", "upload-checksum": "crc32 AAAA"}
    answer = controller.client.patch(path, content=b"abcde", headers=headers)
    assert (answer.status_code, "sha1, sha256 or md5" in answer.json()["detail"]) == (400, True)


def test_a_method_may_be_named_in_a_header(controller: Any) -> None:
    path = begin(controller, 3)
    override = {"x-http-method-override": "PATCH", "upload-offset": "0"}
    assert controller.client.post(path, content=b"abc", headers=PART | override).headers["upload-offset"] == "3"
    removed = controller.client.post(path, headers=VERSION | {"x-http-method-override": "DELETE"})
    assert removed.status_code == 204
    assert controller.client.head(path, headers=VERSION).status_code == 404


@pytest.mark.parametrize("metadata", ["filename ???", f"filename {base64_of(b'x' * 256)}", "filename /w=="])
def test_metadata_that_cannot_be_read_is_refused(controller: Any, metadata: str) -> None:
    answer = controller.client.post("/uploads", headers=VERSION | {"upload-length": "3", "upload-metadata": metadata})
    assert (answer.status_code, answer.json()["code"]) == (422, "invalid_request")
