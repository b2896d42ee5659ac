"""Data sets over HTTP: stored, listed, refused; nothing is stored in part."""

from __future__ import annotations

import io
import json
import socket
from decimal import Decimal
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from repository import PENGUINS

from tablee import metrics
from tablee.storage.object_store import DirectoryStore
from tablee_controller.app import Limits

BROKEN: dict[str, tuple[bytes, int | None, str | None, str]] = {
    "empty": (b"", None, None, "the file is empty"),
    "header alone": (b"a,b\n", None, None, "no row below"),
    "ragged, too few": (b"a,b,c\n1,2,3\n4,5\n", 3, "c", "2 cells where the header has 3"),
    "NUL bytes": (b"a,b\n1,\x002\n", 2, None, "NUL byte"),
    "gzip": (b"\x1f\x8b\x08\x00\x00\x00\x00\x00" + b"\xaa" * 50, None, None, "the gzip data is broken"),
    "unclosed quote": (b'a,b\n1,"two\n3,4\n', 2, None, "a quote is opened and never closed"),
    "a name of the platform's": (b"a,__target\n1,2\n", 1, "__target", "kept for the platform"),
}
"""Some; tests/data has many more."""


@pytest.mark.parametrize("name", BROKEN)
def test_a_broken_file_is_refused_and_not_stored(read_only_controller: Any, name: str) -> None:
    content, line, column, words = BROKEN[name]
    answer = read_only_controller.client.put("/datasets/broken", content=content, headers={"content-type": "text/csv"})
    problem = answer.json()
    assert (answer.status_code, problem["code"]) == (422, "invalid_table")
    assert answer.headers["content-type"] == "application/problem+json"
    assert words in problem["detail"]
    assert line is None or problem["line"] == line
    assert column is None or problem["column"] == column
    assert "nothing was stored" in problem["hint"].lower()
    assert [manifest["name"] for manifest in read_only_controller.client.get("/datasets").json()["datasets"]] == [
        "penguins"
    ]


@pytest.mark.parametrize("charset", ["windows-1251", '"CP1251"', "Windows-1251"])
def test_the_charset_of_a_body_is_its_encoding(controller: Any, charset: str) -> None:
    content = "город;население\nМосква;12\nКазань;13\n".encode("cp1251")
    headers = {"content-type": f"text/csv; header=present; charset={charset}"}
    answer = controller.client.put("/datasets/towns", content=content, headers=headers)
    assert answer.status_code == 201
    manifest = answer.json()
    assert [column["name"] for column in manifest["columns"]] == ["город", "население"]
    assert manifest["reading"]["encoding"] == "windows-1251"
    assert not [each for each in manifest["decisions"] if each["field"] == "encoding" and not each["sure"]]


@pytest.mark.parametrize("parameter", ["options", "actions"])
def test_a_parameter_that_is_not_json_is_named(read_only_controller: Any, parameter: str) -> None:
    upload = read_only_controller.client.put("/datasets/zz", params={parameter: "x"}, content=b"a,b\n1,2\n")
    preview = read_only_controller.client.get("/uploads/none/preview", params={parameter: "{"})
    for answer in (upload, preview):
        problem = answer.json()
        assert (answer.status_code, problem["code"]) == (422, "invalid_request")
        assert problem["detail"].startswith(f"“{parameter}” is not JSON: ")
        assert "parameter" in problem["hint"]
        assert "rows" not in problem["hint"]


def test_dates_may_be_named_in_letters(controller: Any) -> None:
    content = b"born;left\n03/04/2024;04.03.24\n05/06/2024;05.06.24\n"
    options = {"dates": {"born": "jj/mm/aaaa", "left": "mm.dd.yy"}}
    answer = controller.client.put("/datasets/born", params={"options": json.dumps(options)}, content=content)
    assert answer.status_code == 201, answer.json()
    assert answer.json()["options"]["dates"] == {"born": "%d/%m/%Y", "left": "%m.%d.%y"}
    rows = controller.client.get("/datasets/born/versions/latest/rows").json()["rows"]
    assert rows[0] == {"born": "2024-04-03", "left": "2024-04-03"}
    for dates, words in (("day/date/year", "is no format of dates"), ("%d/%m", "is no format of dates")):
        params = {"options": json.dumps({"dates": {"born": dates}})}
        refused = controller.client.put("/datasets/other", params=params, content=content).json()
        assert (refused["code"], words in refused["detail"]) == ("invalid_request", True), refused
        assert "dd/mm/yyyy" in refused["hint"]
    params = {"options": json.dumps({"columns": {"born": {"first_year": 19}}})}
    refused = controller.client.put("/datasets/other", params=params, content=content).json()
    assert refused["detail"] == "“born” has no dates with years of two digits: a first year changes nothing there"


def test_options_come_before_the_charset(controller: Any) -> None:
    content = "ville;n\nOrléans;12\n".encode("cp850")
    answer = controller.client.put(
        "/datasets/towns",
        content=content,
        params={"options": '{"encoding": "cp850"}'},
        headers={"content-type": "text/csv; charset=utf-8"},
    )
    assert answer.json()["reading"]["encoding"] == "cp850"


def test_an_unknown_charset_is_refused(read_only_controller: Any) -> None:
    headers = {"content-type": "text/csv; charset=klingon"}
    answer = read_only_controller.client.put("/datasets/towns", content=b"a,b\n1,2\n", headers=headers)
    assert (answer.status_code, answer.json()["code"]) == (415, "unsupported_media_type")
    assert "klingon" in answer.json()["detail"]


@pytest.mark.parametrize(
    ("array", "status"),
    [
        (pa.array([Decimal("1.10"), None], pa.decimal256(50, 2)), 201),
        (pa.array([[1], [2]]), 422),
        (pa.array([2**31 - 1, 0], pa.int32()).cast(pa.date32()), 422),
    ],
)
def test_a_parquet_file_of_any_type_is_stored_or_refused_by_column(controller: Any, array: Any, status: int) -> None:
    file = io.BytesIO()
    pq.write_table(pa.table({"m": array, "v": [1, 2]}), file)
    answer = controller.client.put("/datasets/types", content=file.getvalue())
    assert answer.status_code == status
    if status == 422:
        assert (answer.json()["code"], answer.json()["column"]) == ("invalid_table", "m")
    actions = json.dumps([{"kind": "drop", "column": "m"}])
    answer = controller.client.put("/datasets/types", content=file.getvalue(), params={"actions": actions})
    assert [column["name"] for column in answer.json()["columns"]] == ["v"]


def test_the_same_file_is_stored_once(controller: Any) -> None:
    before = metrics.REGISTRY.get_sample_value("tablee_datasets_added_total") or 0
    content = PENGUINS.read_bytes()
    for status in (201, 200):
        answer = controller.client.put("/datasets/penguins", content=content, params={"filename": "pingouins.csv"})
        assert answer.status_code == status
    manifest = answer.json()
    assert (manifest["rows"], manifest["filename"], manifest["bytes"]) == (344, "pingouins.csv", len(content))
    assert metrics.REGISTRY.get_sample_value("tablee_datasets_added_total") == before + 1
    assert controller.client.get("/datasets").json() == {"datasets": [manifest]}
    assert controller.client.get("/datasets/penguins").json() == {"name": "penguins", "versions": [manifest]}


def test_a_chunked_body_is_the_same_file(controller: Any) -> None:
    content = PENGUINS.read_bytes()
    whole = controller.client.put("/datasets/penguins", content=content).json()
    pieces = controller.client.put(
        "/datasets/penguins", content=(content[i : i + 100] for i in range(0, len(content), 100))
    )
    assert (pieces.status_code, pieces.json()["version"]) == (200, whole["version"])


def test_rows(controller: Any) -> None:
    content = "name,größe,n\nAda,1.5,1\n,NA,2\nBob,2,3\n".encode()
    version = controller.client.put("/datasets/people", content=content).json()["version"]
    for named in (version, "latest"):
        answer = controller.client.get(f"/datasets/people/versions/{named}/rows", params={"limit": 2}).json()
        assert answer == {
            "columns": ["name", "größe", "n"],
            "rows": [{"name": "Ada", "größe": 1.5, "n": 1}, {"name": None, "größe": None, "n": 2}],
        }


def test_a_new_file_is_a_new_version(controller: Any) -> None:
    first = controller.client.put("/datasets/d", content=b"a,b\n1,2\n").json()["version"]
    second = controller.client.put("/datasets/d", content=b"a,b\n1,3\n").json()["version"]
    versions = [manifest["version"] for manifest in controller.client.get("/datasets/d").json()["versions"]]
    assert versions == [second, first]
    assert len(controller.client.get("/datasets").json()["datasets"]) == 1


@pytest.mark.parametrize("name", ["Upper", "a b", "-a", "a" * 64, "é", "a.b", "%00", "a%2F..%2Fb"])
def test_invalid_names_are_refused(read_only_controller: Any, name: str) -> None:
    answer = read_only_controller.client.put(f"/datasets/{name}", content=b"a,b\n1,2\n")
    assert answer.status_code in (404, 405, 422)
    assert answer.headers["content-type"] == "application/problem+json"


@pytest.mark.parametrize(
    ("path", "status", "code"),
    [
        ("/datasets/none", 404, "dataset_not_found"),
        ("/datasets/none/versions/latest/rows", 404, "dataset_not_found"),
        ("/datasets/none/versions/0123456789ab/rows", 404, "dataset_not_found"),
        (f"/datasets/none/versions/{'a' * 300}/rows", 422, "invalid_request"),
        ("/datasets/none/versions/..%00/rows", 422, "invalid_request"),
        ("/datasets/none/versions/latest/rows?limit=0", 422, "invalid_request"),
        ("/datasets/none/versions/latest/rows?limit=x", 422, "invalid_request"),
        (f"/datasets/{'a' * 300}", 422, "invalid_request"),
    ],
)
def test_missing_things_are_not_found(read_only_controller: Any, path: str, status: int, code: str) -> None:
    answer = read_only_controller.client.get(path)
    assert (answer.status_code, answer.json()["code"]) == (status, code)


@pytest.mark.parametrize(
    "headers",
    [
        {"content-type": "multipart/form-data; boundary=x"},
        {"content-type": "application/json"},
        {"content-encoding": "gzip", "content-type": "text/csv"},
    ],
)
def test_other_bodies_than_plain_files_are_refused(read_only_controller: Any, headers: dict[str, str]) -> None:
    answer = read_only_controller.client.put("/datasets/d", content=b"a,b\n1,2\n", headers=headers)
    assert (answer.status_code, answer.json()["code"]) == (415, "unsupported_media_type")


@pytest.mark.parametrize("declared", [True, False])
def test_a_file_over_the_limit(start_controller: Any, store: DirectoryStore, tmp_path: Path, declared: bool) -> None:
    controller = start_controller(limits=Limits(upload_bytes=10_000))
    body = b"a,b\n" + b"1,2\n" * 5000
    content = body if declared else (body[i : i + 1000] for i in range(0, len(body), 1000))
    answer = controller.client.put("/datasets/d", content=content)
    assert (answer.status_code, answer.json()["code"]) == (413, "body_too_large")
    assert store.list("") == []
    assert list((tmp_path / "uploads").iterdir()) == []


def test_an_upload_that_breaks_off_leaves_nothing(
    controller: Any, store: DirectoryStore, tmp_path: Path, until: Any
) -> None:
    uploads = tmp_path / "uploads"
    url = controller.client.base_url
    with socket.create_connection((url.host, url.port)) as connection:
        head = b"PUT /datasets/d HTTP/1.1\r\nhost: x\r\ncontent-type: text/csv\r\ncontent-length: 3000000\r\n\r\n"
        connection.sendall(head + b"a,b\n" + b"1,2\n" * 400_000)
        until(lambda: any(path.stat().st_size for path in uploads.iterdir()))
    until(lambda: not list(uploads.iterdir()))
    assert store.list("") == []
    assert controller.client.get("/healthz").status_code == 200
