"""The options for privacy actions of `tablee data add`."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from tablee_client.uploads import PART_BYTES

MANIFEST = {
    "name": "clients",
    "version": "0123456789ab",
    "rows": 2,
    "columns": [],
    "filename": "clients.csv",
    "bytes": 30,
    "sha256": "0" * 64,
    "created": "2026-01-02T03:04:05Z",
    "decisions": [],
}


def test_each_action_has_an_option(server: Any, tablee: Any, tmp_path: Path) -> None:
    (tmp_path / "clients.csv").write_bytes(b"a,b\n1,2\n")
    server.on("PUT /datasets/clients", MANIFEST, 201)
    options = (
        *("--drop", "nom", "--drop", "a=b", "--pseudonym", "courriel", "--mask", "iban", "--mask", "carte=4"),
        *("--mask", "c=d", "--bands", "âge=10", "--prefix", "code=postal=2/5", "--prefix", "rue=3"),
        *("--period", "né le=month", "--date", "né le=%d/%m/%Y"),
    )
    done = tablee("data", "add", "clients.csv", *options, "--url", server.url, "--json")
    assert (done.code, done.err) == (0, "")
    query = parse_qs(urlsplit(server.requests[-1].path).query)
    assert json.loads(query["options"][0]) == {"dates": {"né le": "%d/%m/%Y"}}
    actions = json.loads(query["actions"][0])
    assert [(each["kind"], each["column"]) for each in actions] == [
        ("drop", "nom"),
        ("drop", "a=b"),
        ("mask", "iban"),
        ("mask", "carte"),
        ("mask", "c=d"),
        ("pseudonym", "courriel"),
        ("bands", "âge"),
        ("prefix", "code=postal"),
        ("prefix", "rue"),
        ("period", "né le"),
    ]
    assert [each["keep_last"] for each in actions[2:5]] == [0, 4, 0]
    assert (actions[6]["width"], actions[7]["length"], actions[7]["digits"], actions[9]["to"]) == (10, 2, 5, "month")


def test_actions_are_sent_with_an_upload_in_parts(server: Any, tablee: Any, tmp_path: Path) -> None:
    content = b"a,b\n" + b"1,2\n" * (PART_BYTES // 4)
    (tmp_path / "clients.csv").write_bytes(content)
    server.on("POST /uploads", server.upload(len(content)), 201)

    def grown(request: Any) -> tuple[Any, int, dict[str, str]]:
        offset = int(request.headers["upload-offset"]) + len(request.body)
        return b"", 204, {"upload-offset": str(offset)}

    server.on("PATCH /uploads/u-1", grown)
    server.on("PUT /datasets/clients", MANIFEST, 201)
    assert tablee("data", "add", "clients.csv", "--drop", "b", "--url", server.url).code == 0
    query = parse_qs(urlsplit(server.requests[-1].path).query)
    assert (query["upload"], json.loads(query["actions"][0])) == (["u-1"], [{"column": "b", "kind": "drop"}])


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (("--bands", "âge"), "“âge” is not COLUMN=VALUE"),
        (("--bands", "âge="), "“âge=” is not COLUMN=VALUE"),
        (("--bands", "âge=wide"), "got 'wide', expected a valid number"),
        (("--mask", "iban=9"), "got '9', expected"),
        (("--prefix", "code=2/x"), "got 'x', expected a valid integer"),
        (("--period", "né=day"), "“--period né”: got 'day', expected month, year"),
        (("--drop", "a", "--pseudonym", "a"), "one action for “a”, not two"),
    ],
)
def test_malformed_actions_are_usage_errors(
    server: Any, tablee: Any, tmp_path: Path, options: tuple[str, ...], words: str
) -> None:
    (tmp_path / "clients.csv").write_bytes(b"a,b\n1,2\n")
    done = tablee("data", "add", "clients.csv", *options, "--url", server.url)
    assert (done.code, words in done.err) == (2, True), done.err
    assert server.requests == []
