"""Files in parts over HTTP: resumed, looked at, stored; and rows that come and go."""

from __future__ import annotations

import base64
import gzip
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx
import pytest

from tablee.storage.object_store import DirectoryStore
from tablee_controller.app import Limits
from tablee_controller.datasets.uploads import SWEEP_SECONDS, Uploads

FRENCH = "ville;prix;né le\nÉvry;1 234,50;03/04/1990\nLyon;n.c.;12/11/1985\n".encode("cp1252")


VERSION = {"tus-resumable": "1.0.0"}
PART = VERSION | {"content-type": "application/offset+octet-stream"}


def begin(controller: Any, size: int, filename: str = "a.csv") -> httpx.Response:
    metadata = f"filename {base64.b64encode(filename.encode()).decode()}"
    answer: httpx.Response = controller.client.post(
        "/uploads", headers=VERSION | {"upload-length": str(size), "upload-metadata": metadata}
    )
    return answer


def append(controller: Any, upload: str, offset: int | str, part: bytes, **headers: str) -> httpx.Response:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    answer: httpx.Response = controller.client.patch(
        f"/uploads/{upload}", content=part, headers=PART | {"upload-offset": str(offset)} | named
    )
    return answer


def send(controller: Any, content: bytes, filename: str = "clients.csv", step: int = 20) -> str:
    begun = begin(controller, len(content), filename)
    assert begun.status_code == 201
    upload = str(begun.json()["id"])
    for offset in range(0, len(content), step):
        part = content[offset : offset + step]
        answer = append(controller, upload, offset, part)
        assert (answer.status_code, answer.headers["upload-offset"]) == (204, str(offset + len(part)))
    return upload


def test_a_file_in_parts_is_looked_at_corrected_and_stored(
    controller: Any, store: DirectoryStore, tmp_path: Path
) -> None:
    upload = send(controller, FRENCH)
    preview = controller.client.get(f"/uploads/{upload}/preview").json()
    assert preview["reading"]["encoding"] == "windows-1252"
    assert preview["kinds"] == {"ville": "text", "prix": "number", "né le": "date"}
    assert preview["rows"][0] == {"ville": "Évry", "prix": 1234.5, "né le": "1990-04-03"}
    assert [key for key in store.list("") if not key.startswith("uploads/")] == []
    options = json.dumps({"day_first": False, "texts": ["prix"]})
    corrected = controller.client.get(f"/uploads/{upload}/preview", params={"options": options, "rows": 1}).json()
    assert corrected["rows"] == [{"ville": "Évry", "prix": "1 234,50", "né le": "1990-03-04"}]
    params = {"upload": upload, "options": options, "by": "ana"}
    answer = controller.client.put("/datasets/clients", params=params)
    manifest = answer.json()
    assert (answer.status_code, manifest["rows"], manifest["by"]) == (201, 2, "ana")
    assert manifest["filename"] == "clients.csv"
    assert manifest["options"]["day_first"] is False
    assert [column["kind"] for column in manifest["columns"]] == ["category", "category", "date"]
    assert store.list("uploads/") == []
    assert list((tmp_path / "uploads").iterdir()) == []
    same = controller.client.put("/datasets/clients", content=FRENCH, params={"options": options})
    assert (same.status_code, same.json()["version"]) == (200, manifest["version"])
    other = controller.client.put("/datasets/clients", content=FRENCH)
    assert (other.status_code, other.json()["version"] == manifest["version"]) == (201, False)


def test_what_is_dropped_may_have_any_type_from_the_first_look_on(controller: Any) -> None:
    """Options are heard before anything is refused: by the preview and the findings as by the storing."""
    rows = [{"age": 31, "mail": "ana@example.org", "tags": ["a"]}, {"age": 40, "mail": "bo@example.org", "tags": []}]
    upload = send(controller, "\n".join(map(json.dumps, rows)).encode(), "clients.jsonl")
    url = f"/uploads/{upload}"
    for path in ("preview", "privacy"):
        refused = controller.client.get(f"{url}/{path}")
        assert (refused.status_code, refused.json()["facts"]["column"]) == (422, "tags")
        assert refused.json()["hint_code"] == "drop_column"
    said = {"actions": json.dumps([{"kind": "drop", "column": "tags"}])}
    preview = controller.client.get(f"{url}/preview", params=said).json()
    assert (preview["columns"], preview["rows"][0]) == (["age", "mail"], {"age": 31.0, "mail": "ana@example.org"})
    findings = controller.client.get(f"{url}/privacy", params=said).json()
    assert [each["column"] for each in findings["findings"]] == ["mail"]
    masked = {"actions": json.dumps([{"kind": "drop", "column": "tags"}, {"kind": "mask", "column": "mail"}])}
    assert controller.client.get(f"{url}/preview", params=masked).json()["rows"][0]["mail"] == "***"
    stored = controller.client.put("/datasets/clients", params={"upload": upload} | said)
    assert (stored.status_code, [each["name"] for each in stored.json()["columns"]]) == (201, ["age", "mail"])


def test_personal_data_is_found_on_the_way_and_left_there(controller: Any, store: DirectoryStore) -> None:
    lines = "".join(f"zoé.{number}@exemple.fr;{number},5\n" for number in range(50))
    upload = send(controller, f"courriel;prix\n{lines}".encode(), step=1000)
    found = controller.client.get(f"/uploads/{upload}/privacy").json()
    assert (found["dataset"], [each["column"] for each in found["findings"]]) == (None, ["courriel"])
    wrong = controller.client.put(
        f"/datasets/d?upload={upload}", params={"actions": '[{"kind": "burn", "column": "courriel"}]'}
    )
    assert (wrong.status_code, wrong.json()["code"]) == (422, "invalid_request")
    absent = controller.client.put(
        "/datasets/d", params={"upload": upload, "actions": '[{"kind": "drop", "column": "nom"}]'}
    )
    assert (absent.status_code, "nom" in absent.json()["detail"]) == (422, True)
    params = {"upload": upload, "actions": '[{"kind": "drop", "column": "courriel"}]'}
    manifest = controller.client.put("/datasets/d", params=params).raise_for_status().json()
    assert [column["name"] for column in manifest["columns"]] == ["prix"]
    assert (manifest["anonymised"]["source"], manifest["anonymised"]["actions"][0]["kind"]) == (None, "drop")
    assert not any(b"exemple.fr" in store.get(key) for key in store.list(""))
    more = controller.client.post("/datasets/d/rows", json={"rows": [{"prix": 1}]})
    assert (more.status_code, "personal data" in more.json()["detail"]) == (422, True)


def test_another_process_goes_on(controller: Any, store: DirectoryStore, tmp_path: Path) -> None:
    content = b"a,b\n1,2\n3,4\n"
    upload = begin(controller, len(content)).json()["id"]
    append(controller, upload, 0, content[:5])
    restarted = Uploads(store, tmp_path, hours=24, max_bytes=1 << 20)
    assert restarted.find(upload).offset == 5
    (tmp_path / "rest").write_bytes(content[5:])
    restarted.add(upload, 5, tmp_path / "rest")
    head = controller.client.head(f"/uploads/{upload}", headers=VERSION)
    assert (head.headers["upload-offset"], head.headers["upload-length"]) == ("12", "12")
    assert controller.client.put("/datasets/d", params={"upload": upload}).json()["rows"] == 2


def test_parts_follow_each_other(controller: Any) -> None:
    upload = begin(controller, 10).json()["id"]
    url = f"/uploads/{upload}"
    for offset, body, status, code in (
        ("3", b"abc", 409, "upload_offset"),
        ("0", b"x" * 11, 413, "body_too_large"),
        ("-1", b"x", 422, "invalid_request"),
    ):
        answer = append(controller, upload, offset, body)
        assert (answer.status_code, answer.json()["code"]) == (status, code)
    for call in (
        lambda: controller.client.get(f"{url}/preview"),
        lambda: controller.client.put(f"/datasets/d?upload={upload}"),
    ):
        assert (call().status_code, call().json()["code"]) == (409, "upload_offset")
    assert controller.client.delete(url, headers=VERSION).status_code == 204
    gone = append(controller, upload, 0, b"x")
    assert (gone.status_code, gone.json()["code"]) == (404, "upload_not_found")
    assert controller.client.delete(url, headers=VERSION).status_code == 404


def test_the_whole_file_has_the_limit(start_controller: Callable[..., Any], store: DirectoryStore) -> None:
    controller = start_controller(limits=Limits(upload_bytes=10_000))
    answer = begin(controller, 10_001)
    assert (answer.status_code, answer.json()["code"]) == (413, "body_too_large")
    assert store.list("") == []


def test_a_broken_upload_is_kept_to_be_corrected(controller: Any, store: DirectoryStore) -> None:
    upload = send(controller, b"a,b\n1,2\n3\n")
    answer = controller.client.put("/datasets/d", params={"upload": upload})
    assert (answer.status_code, answer.json()["line"], answer.json()["column"]) == (422, 3, "b")
    assert store.list("datasets/") == []
    assert controller.client.get(f"/uploads/{upload}").json()["offset"] == 10


def test_what_nobody_goes_on_with_is_thrown_away(store: DirectoryStore, tmp_path: Path) -> None:
    now = [0.0]
    uploads = Uploads(store, tmp_path, hours=1e-9, max_bytes=100, clock=lambda: now[0])
    uploads.tick()
    upload = uploads.begin("a.csv", 3)
    uploads.tick()
    assert uploads.find(upload.id).bytes == 3
    now[0] += SWEEP_SECONDS
    uploads.tick()
    assert store.list("") == []


def test_packed_bytes_are_taken_as_they_are(controller: Any) -> None:
    answer = controller.client.put(
        "/datasets/d", content=gzip.compress(b"a\tb\n1\t2\n"), headers={"content-type": "application/gzip"}
    )
    assert (answer.status_code, answer.json()["reading"]["compression"]) == (201, "gzip")


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ("{", "JSON"),
        ('{"decimal": ";"}', "decimal"),
        ('{"colour": "red"}', "colour"),
        ('{"dates": {"a": "%Q"}}', "%Q"),
        ('{"texts": ["z"]}', "no column “z”"),
        ('{"decimal": ",", "thousands": ","}', "thousands"),
    ],
)
def test_options_that_do_not_fit(controller: Any, store: DirectoryStore, options: str, words: str) -> None:
    answer = controller.client.put("/datasets/d", content=b"a,b\n1,2\n", params={"options": options})
    assert answer.status_code in (400, 422)
    assert words in answer.json()["detail"]
    assert store.list("") == []


UNSURE = b"name,lat\nx,48.856\ny,43.296\n"


def test_what_is_not_sure_is_refused_under_strict_and_the_upload_stays(controller: Any) -> None:
    upload = send(controller, UNSURE)
    query = {"upload": upload, "strict": "true"}
    refused = controller.client.put("/datasets/places", params=query)
    assert refused.status_code == 422
    problem = refused.json()
    assert (problem["code"], problem["reason"]) == ("invalid_table", "unsure_reading")
    [decision] = problem["facts"]["decisions"]
    assert (decision["field"], decision["column"], decision["examples"]) == (
        "decimal",
        "lat",
        {".": "48.856", ",": "48856"},
    )
    assert controller.client.get("/datasets/places").status_code == 404
    answer = problem["facts"]["parameter"]
    stored = controller.client.put("/datasets/places", params=query | {"options": answer})
    assert stored.status_code == 201
    assert stored.json()["options"]["columns"]["lat"]["decimal"] == "."


def test_without_strict_the_default_is_taken_and_said(controller: Any) -> None:
    stored = controller.client.put("/datasets/places", content=UNSURE).json()
    assert [(each["field"], each["sure"]) for each in stored["decisions"] if not each["sure"]] == [("decimal", False)]
    assert controller.client.put("/datasets/other", content=UNSURE, params={"strict": "true"}).status_code == 422


def test_rows_make_versions(controller: Any) -> None:
    first = controller.client.post("/datasets/visits/rows", json={"rows": [{"page": "/", "n": 1}], "by": "form"})
    assert (first.status_code, first.json()["rows"]) == (201, 1)
    second = controller.client.post("/datasets/visits/rows", json={"rows": [{"page": "/a", "n": 2.5}, {"n": None}]})
    manifest = second.json()
    assert manifest["origin"] == {"kind": "rows", "parent": first.json()["version"], "added": 2}
    shown = controller.client.get("/datasets/visits/versions/latest/rows").json()["rows"]
    assert shown == [{"page": "/", "n": 1}, {"page": "/a", "n": 2.5}, {"page": None, "n": None}]
    wrong = controller.client.post("/datasets/visits/rows", json={"rows": [{"n": 1}, {"n": "x", "colour": 1}]})
    assert (wrong.status_code, wrong.json()["code"]) == (422, "invalid_rows")
    assert [(cell["row"], cell["column"]) for cell in wrong.json()["errors"]] == [(2, "n"), (2, "colour")]
    assert len(controller.client.get("/datasets/visits").json()["versions"]) == 2


def test_a_person_is_erased(controller: Any, store: DirectoryStore, capfd: pytest.CaptureFixture[str]) -> None:
    secret = "ada@example.org"
    body = f"mail,n\n{secret},1\nbob@example.org,2\n"
    for more in ("", "eve@example.org,3\n"):
        controller.client.put("/datasets/people", content=(body + more).encode())
    controller.client.put("/datasets/people", content=b"mail,n\neve@example.org,3\n")
    before = [manifest["version"] for manifest in controller.client.get("/datasets/people").json()["versions"]]
    wanted = {"column": "mail", "value": secret, "by": "dpo"}
    answer = controller.client.post("/datasets/people/erasures", json=wanted)
    certificate = answer.json()
    assert answer.status_code == 201
    assert [(each["version"], each["rows"]) for each in certificate["versions"]] == [(before[1], 1), (before[2], 1)]
    after = controller.client.get("/datasets/people").json()["versions"]
    assert [manifest["rows"] for manifest in after] == [1, 2, 1]
    assert after[0]["version"] == before[0]
    assert [manifest["erasures"][0]["rows"] for manifest in after[1:]] == [1, 1]
    assert controller.client.get("/datasets/people/erasures").json() == [certificate]
    for key in store.list(""):
        assert secret.encode() not in store.get(key)
    assert secret not in answer.text
    assert secret not in "".join(capfd.readouterr())
    nobody = controller.client.post("/datasets/people/erasures", json=wanted | {"column": "name"})
    assert (nobody.status_code, secret in nobody.text) == (422, False)
