"""`tablee data add`, `preview`, `list` and `show`: requests, output and exit codes."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tablee.datasets.questions import refuse_unsure
from tablee.datasets.reading import Decision, Reason
from tablee.errors import InvalidTable

MANIFEST: dict[str, Any] = {
    "name": "clients",
    "version": "0123456789ab",
    "rows": 2,
    "columns": [
        {"name": "âge", "kind": "number", "missing": 0, "distinct": 2, "minimum": 1.0, "maximum": 2.0, "top": []},
        {"name": "[ville]", "kind": "category", "missing": 1, "distinct": 1, "top": [["Lyon", 1]]},
    ],
    "filename": "clients.csv",
    "bytes": 30,
    "sha256": "0" * 64,
    "created": "2026-01-02T03:04:05Z",
}


def test_the_name_of_a_data_set_is_made_of_the_file_name(server: Any, tablee: Any, tmp_path: Path) -> None:
    file = tmp_path / "Mes Clients [2024].csv"
    file.write_bytes(b"a,b\n" + b"1,2\n" * 100_000)
    server.on("PUT /datasets/mes-clients-2024", MANIFEST, 201)
    done = tablee("data", "add", file, "--url", server.url, "--json")
    assert (done.code, done.json["new"], done.err) == (0, True, "")
    (request,) = server.requests
    assert request.body == file.read_bytes()
    assert "filename=Mes+Clients" in request.path
    server.on("PUT /datasets/other", MANIFEST, 200)
    done = tablee("data", "add", file, "--name", "other", "--url", server.url)
    assert (done.code, done.out) == (
        0,
        "data set clients, version 0123456789ab (2 rows, 2 columns) is there already\n",
    )


def test_data_sets_are_listed_and_shown(server: Any, tablee: Any) -> None:
    server.on("GET /datasets", {"datasets": [MANIFEST]})
    server.on("GET /datasets/clients", {"name": "clients", "versions": [MANIFEST]})
    rows = {"columns": ["âge", "[ville]"], "rows": [{"âge": 1, "[ville]": None}]}
    server.on("GET /datasets/clients/versions/latest/rows", rows)
    assert "0123456789ab" in tablee("data", "list", "--url", server.url).out
    shown = tablee("data", "show", "clients", "--rows", "1", "--url", server.url).out
    assert "1 to 2" in shown
    assert "[ville]" in shown
    assert "Lyon (1)" in shown
    assert server.requests[-1].path.endswith("limit=1")
    assert tablee("data", "show", "clients", "--url", server.url, "--json").json["rows"] == rows["rows"]


DECIDED = {
    "field": "decimal",
    "column": "âge",
    "chosen": ".",
    "reason": "no_comma",
    "facts": {"example": "1.234"},
    "alternatives": [","],
    "examples": {".": "1.234", ",": "1234"},
    "sure": False,
}
MARKER = {
    "field": "missing",
    "column": "[ville]",
    "chosen": "missing",
    "reason": "marker",
    "facts": {"value": "NA", "count": 1},
}


def test_what_is_not_sure_is_said_with_each_reading_and_its_option(server: Any, tablee: Any, tmp_path: Path) -> None:
    file = tmp_path / "clients.csv"
    file.write_text("âge,[ville]\n1.234,NA\n", encoding="utf-8")
    server.on("PUT /datasets/clients", MANIFEST | {"decisions": [DECIDED, MARKER]}, 201)
    said = " ".join(tablee("data", "add", file, "--url", server.url).out.split())
    assert "not sure: decimal sign of “âge”: “.” (“1.234” is then 1.234) is taken" in said
    assert "For “,” (“1.234” is then 1234)" in said
    assert "--decimal" in said
    assert "missing values of “[ville]”: one cell “NA” is taken for missing" in said


def test_strict_and_answers_are_sent_and_a_refusal_shows_the_questions(
    server: Any, tablee: Any, tmp_path: Path
) -> None:
    file = tmp_path / "clients.csv"
    file.write_text("âge\n1.234\n", encoding="utf-8")
    with pytest.raises(InvalidTable) as refused:
        refuse_unsure((Decision.model_validate(DECIDED),))
    server.on("PUT /datasets/clients", refused.value.problem(), 422)
    done = tablee("data", "add", file, "--strict", "--missing", "âge=", "--url", server.url)
    assert done.code == 1
    assert "strict=true" in server.requests[-1].path
    assert "--decimal" in done.err
    assert "unsure" in done.err or "for sure" in done.err


def test_a_strict_refusal_shows_each_question_with_the_options_of_the_command(
    server: Any, tablee: Any, tmp_path: Path
) -> None:
    file = tmp_path / "clients.csv"
    file.write_text("âge\n1.234\n", encoding="utf-8")
    odd = Decision(
        field="type",
        column="né le",
        chosen="text",
        reason=Reason.ODD_CELLS,
        facts={"value": "n.b.", "count": 1, "line": 3, "kind": "number"},
        alternatives=("missing",),
        sure=False,
    )
    with pytest.raises(InvalidTable) as refused:
        refuse_unsure((Decision.model_validate(DECIDED), odd))
    server.on("PUT /datasets/clients", refused.value.problem(), 422)
    for language, taken, otherwise in (("en", "would be taken", "For "), ("fr", "serait retenu", "Pour ")):
        done = tablee("data", "add", file, "--strict", "--url", server.url, "--language", language)
        first, second = (line for line in done.err.splitlines() if otherwise in line)
        assert "--decimal" in first
        assert "--also-missing 'né le=n.b.'" in second
        assert taken in first
        assert taken in second
        assert "options=" not in done.err, done.err
        assert "{" not in done.err, done.err
    assert 'options={"' in refused.value.detail


def test_questions_and_remarks_are_in_the_readers_language(server: Any, tablee: Any, tmp_path: Path) -> None:
    (tmp_path / "clients.csv").write_text("âge\n1.234\n", encoding="utf-8")
    marker = Decision(
        field="missing", column="âge", chosen="missing", reason=Reason.MARKER, facts={"value": "NA", "count": 2}
    )
    told = [Decision.model_validate(DECIDED), *[marker] * 22]
    server.on("PUT /datasets/clients", MANIFEST | {"decisions": [each.model_dump(mode="json") for each in told]}, 201)
    call = ("data", "add", tmp_path / "clients.csv", "--url", server.url)
    english, french = tablee(*call), tablee(*call, "--language", "fr")
    assert "not sure: " in english.out
    assert "… and 2 more remarks" in english.out
    assert "à vérifier" in french.out
    assert "… et 2 autres remarques" in french.out
    for words in ("not sure", "more remarks", "is taken", "missing"):
        assert words not in french.out


class Resumable:
    """The server's side of an upload. The response to the first part is lost."""

    def __init__(self, server: Any, there: int = 0) -> None:
        self.server, self.content, self.lost = server, bytearray(there), False
        server.on("POST /uploads", self.begin)
        server.on("GET /uploads/u-1", lambda _: (self.state(), 200, {}))
        server.on("PATCH /uploads/u-1", self.add)
        server.on("DELETE /uploads/u-1", b"", 204)
        self.size = 0

    def state(self) -> dict[str, Any]:
        state: dict[str, Any] = self.server.upload(self.size, len(self.content))
        return state

    def begin(self, request: Any) -> tuple[Any, int, dict[str, str]]:
        assert request.headers["tus-resumable"] == "1.0.0"
        self.size = int(request.headers["upload-length"])
        return self.state(), 201, {}

    def add(self, request: Any) -> tuple[Any, int, dict[str, str]]:
        assert int(request.headers["upload-offset"]) == len(self.content)
        self.content += request.body
        if not self.lost:
            self.lost = True
            return {"code": "unavailable", "detail": "not now", "status": 503}, 503, {}
        return b"", 204, {"upload-offset": str(len(self.content))}


def test_a_large_file_is_sent_in_parts_and_a_lost_response_is_no_error(
    server: Any, tablee: Any, tmp_path: Path
) -> None:
    file = tmp_path / "large.csv"
    file.write_bytes(b"a,b\n" + b"1,2\n" * 4_500_000)
    upload = Resumable(server)
    server.on("PUT /datasets/large", MANIFEST, 201)
    done = tablee("data", "add", file, "--decimal", ",", "--date", "b=%d/%m/%Y", "--url", server.url)
    assert (done.code, bytes(upload.content) == file.read_bytes()) == (0, True)
    path = server.requests[-1].path
    assert "upload=u-1" in path
    assert "options=%7B%22decimal%22%3A%22%2C%22%2C%22dates%22%3A%7B%22b%22%3A%22%25d%2F%25m%2F%25Y%22%7D%7D" in path


def test_an_upload_is_resumed(server: Any, tablee: Any, tmp_path: Path) -> None:
    file = tmp_path / "a.csv"
    file.write_bytes(b"a,b\n1,2\n")
    upload = Resumable(server, there=4)
    upload.size, upload.lost = 8, True
    server.on("PUT /datasets/a", MANIFEST, 200)
    assert tablee("data", "add", file, "--resume", "u-1", "--url", server.url).code == 0
    assert bytes(upload.content[4:]) == b"1,2\n"
    upload.size = 9
    other = tablee("data", "add", file, "--resume", "u-1", "--url", server.url)
    assert (other.code, "of a file of 9 bytes" in other.err) == (1, True)


def test_a_preview_is_shown_and_the_upload_deleted(server: Any, tablee: Any, tmp_path: Path) -> None:
    file = tmp_path / "a.csv"
    file.write_bytes(b"d\n03/04/2024\n")
    Resumable(server).lost = True
    shown = {
        "reading": {},
        "decisions": [
            {
                "field": "dates",
                "column": "d",
                "chosen": "%d/%m/%Y",
                "reason": "nothing_tells",
                "facts": {},
                "alternatives": ["%m/%d/%Y"],
                "sure": False,
            }
        ],
        "columns": ["d"],
        "kinds": {"d": "date"},
        "rows": [{"d": "2024-04-03"}],
        "looked_at": 1,
    }
    server.on("GET /uploads/u-1/preview", shown)
    done = tablee("data", "preview", file, "--url", server.url)
    assert done.code == 0
    assert "2024-04-03" in done.out
    assert "%m/%d/%Y" in done.out
    assert "no day is above 12" in done.out
    assert server.requests[-1].method == "DELETE"
    assert tablee("data", "preview", file, "--json", "--url", server.url).json == shown


def test_columns_are_dropped_before_a_file_is_looked_at(server: Any, tablee: Any, tmp_path: Path) -> None:
    file = tmp_path / "a.jsonl"
    file.write_bytes(b'{"a": 1, "tags": []}')
    Resumable(server)
    shown = {"reading": {}, "decisions": [], "columns": ["a"], "kinds": {"a": "number"}, "rows": [], "looked_at": 1}
    server.on("GET /uploads/u-1/preview", shown)
    server.on("GET /uploads/u-1/privacy", {"findings": [], "quasi_identifiers": [], "basis": {"rows": 1, "of": 1}})
    for command in ("preview", "privacy"):
        done = tablee("data", command, file, "--drop", "tags", "--url", server.url)
        assert done.code == 0, done.err
        (asked,) = (each for each in server.requests if each.path.startswith(f"/uploads/u-1/{command}"))
        assert "%22drop%22" in asked.path
        assert "tags" in asked.path
    assert tablee("data", "privacy", "clients", "--drop", "tags", "--url", server.url).code == 2


def test_malformed_options_are_usage_errors(server: Any, tablee: Any, tmp_path: Path) -> None:
    file = tmp_path / "a.csv"
    file.write_bytes(b"a\n1\n")
    for options in (("--decimal", ";"), ("--date", "a"), ("--encoding", "klingon")):
        assert tablee("data", "add", file, *options, "--url", server.url).code == 2
    assert server.requests == []
