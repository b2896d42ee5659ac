"""Files that cannot be read are refused in French: what, where, why and the repair, without an English word."""

from __future__ import annotations

import base64
import gzip
import io
import zipfile
from typing import Any

import polars as pl
import pytest
from english_words import english_words

CSV, JSON_LINES, PARQUET, EXCEL, LOG = "f.csv", "f.jsonl", "f.parquet", "f.xlsx", "f.log"


def zipped(**files: bytes) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as archive:
        for name, content in files.items():
            archive.writestr(name.replace("_", "."), content)
    return made.getvalue()


def parquet(frame: pl.DataFrame) -> bytes:
    made = io.BytesIO()
    frame.write_parquet(made)
    return made.getvalue()


GOOD = parquet(pl.DataFrame({"a": [1, 2], "b": ["x", "y"]}))

BAD: dict[str, tuple[str, bytes]] = {
    "empty": (CSV, b""),
    "blanks": (CSV, b"  \n\n"),
    "header alone": (CSV, b"a,b\n"),
    "header alone, semicolons": (CSV, b"a;b;c\r\n"),
    "too few cells": (CSV, b"a,b,c\n1,2,3\n4,5\n"),
    "too many cells": (CSV, b"a,b\n1,2\n4,5,6\n"),
    "too many cells far below": (CSV, b"a,b\n" + b"1,2\n" * 30_000 + b"1,2,3\n"),
    "semicolons and too many": (CSV, b"a;b\n1;2\n3;4;5\n"),
    "NUL byte": (CSV, b"a,b\n1,\x002\n"),
    "NUL bytes only": (CSV, b"\x00" * 100),
    "unclosed quote": (CSV, b'a,b\n1,"two\n3,4\n'),
    "text behind a quote": (CSV, b'a,b\n1,"x"y\n2,"z"\n'),
    "quote within a cell": (CSV, b'a,b\n1,x"y\n2,"z\n'),
    "a name of the platform": (CSV, b"a,__target\n1,2\n"),
    "a long name": (CSV, b"a," + b"x" * 2000 + b"\n1,2\n"),
    "too many columns": (CSV, b",".join(b"c%d" % n for n in range(20_000)) + b"\n" + b",".join([b"1"] * 20_000)),
    "a picture": (CSV, b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 4),
    "a PDF": (CSV, b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n1 0 obj\n<<>>\n"),
    "a web page": ("f.html", b"<!doctype html><html><body>no</body></html>"),
    "XML": ("f.xml", b"<?xml version='1.0'?><rows><row/></rows>"),
    "broken gzip": (CSV, b"\x1f\x8b\x08\x00\x00\x00\x00\x00" + b"\xaa" * 50),
    "cut gzip": (CSV, gzip.compress(b"a,b\n" + b"1,2\n" * 5000)[:40]),
    "gzip of nothing": (CSV, gzip.compress(b"")),
    "gzip of a header": (CSV, gzip.compress(b"a,b\n")),
    "gzip of ragged lines": (CSV, gzip.compress(b"a,b\n1,2\n1,2,3\n")),
    "gzip of gzip": (CSV, gzip.compress(gzip.compress(b"a,b\n1,2\n"))),
    "gzip of NUL bytes": (CSV, gzip.compress(b"a,b\n1,\x00\n")),
    "zip of nothing": ("f.zip", zipped()),
    "zip of two": ("f.zip", zipped(a_csv=b"a,b\n1,2\n", b_csv=b"a,b\n1,2\n")),
    "zip of an empty file": ("f.zip", zipped(a_csv=b"")),
    "zip of ragged lines": ("f.zip", zipped(a_csv=b"a,b\n1,2\n1,2,3\n")),
    "cut zip": ("f.zip", zipped(a_csv=b"a,b\n1,2\n" * 100)[:60]),
    "zip of a zip": ("f.zip", zipped(a_zip=zipped(a_csv=b"a,b\n1,2\n"))),
    "bzip2": ("f.csv.bz2", b"BZh91AY&SY" + b"\x00" * 40),
    "xz": ("f.csv.xz", b"\xfd7zXZ\x00" + b"\x00" * 40),
    "zstd": ("f.csv.zst", b"\x28\xb5\x2f\xfd" + b"\x00" * 40),
    "7z": ("f.7z", b"7z\xbc\xaf\x27\x1c" + b"\x00" * 40),
    "SQLite": ("f.db", b"SQLite format 3\x00" + b"\x00" * 100),
    "JSON torn": (JSON_LINES, b'{"a": 1}\n{"a": \n'),
    "JSON with a comma behind": (JSON_LINES, b'{"a": 1}\n{"a": 2,}\n'),
    "JSON without quotes": (JSON_LINES, b'{"a": 1}\n{a: 2}\n'),
    "JSON with single quotes": (JSON_LINES, b"{\"a\": 1}\n{'a': 2}\n"),
    "JSON without a colon": (JSON_LINES, b'{"a": 1}\n{"a" 2}\n'),
    "JSON with more behind": (JSON_LINES, b'{"a": 1}\n{"a": 2} {"a": 3}\n'),
    "JSON with a bad escape": (JSON_LINES, b'{"a": "x"}\n{"a": "\\q"}\n'),
    "JSON with a control character": (JSON_LINES, b'{"a": "x"}\n{"a": "\x01"}\n'),
    "JSON of lists": (JSON_LINES, b'{"a": 1}\n[1, 2]\n'),
    "JSON of nothing": (JSON_LINES, b"{}\n{}\n"),
    "JSON nested deeply": (JSON_LINES, b'{"a": ' + b"[" * 3000 + b"]" * 3000 + b"}\n"),
    "JSON array torn": ("f.json", b'[{"a": 1}, {"a": 2'),
    "JSON array of nothing": ("f.json", b"[]"),
    "JSON text": ("f.json", b'"hello"'),
    "JSON with half a character": (JSON_LINES, b'{"a": "x"}\n{"a": "\\ud800"}\n'),
    "Parquet torn": (PARQUET, GOOD[:-20]),
    "Parquet of noise": (PARQUET, b"PAR1" + b"\x07" * 100 + b"PAR1"),
    "Parquet begun": (PARQUET, b"PAR1"),
    "Parquet without rows": (PARQUET, parquet(pl.DataFrame({"a": []}, schema={"a": pl.Int64}))),
    "Parquet of lists": (PARQUET, parquet(pl.DataFrame({"a": [[1], [2]]}))),
    "Parquet of bytes": (PARQUET, parquet(pl.DataFrame({"a": [b"\xff", b"\x00"]}))),
    "Parquet of structs": (PARQUET, parquet(pl.DataFrame({"a": [{"b": 1}, {"b": 2}]}))),
    "Parquet with a name of the platform": (PARQUET, parquet(pl.DataFrame({"__target": [1, 2]}))),
    "Arrow torn": ("f.arrow", b"ARROW1\x00\x00" + b"\xff\xff\xff\xff" + b"\x01" * 30),
    "Excel of noise": (EXCEL, zipped(a_xml=b"<x/>")),
    "Excel torn": (EXCEL, zipped(a_csv=b"x" * 500)[:80]),
    "Excel by name alone": (EXCEL, b"PK\x03\x04nothing"),
    "Excel of the nineties": ("f.xls", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\x00" * 600),
    "log torn": (LOG, b"#Fields: date time\n"),
}
IN_FRENCH = {"accept-language": "fr-FR,fr;q=0.9,en;q=0.5"}


def is_french(problem: dict[str, Any]) -> bool:
    told = [problem["title"], problem["detail"], problem["hint"], str(problem.get("expected", ""))]
    return not set().union(*(english_words(each) for each in told))


def test_there_are_at_least_sixty_kinds() -> None:
    assert len(BAD) >= 60


@pytest.mark.parametrize("name", BAD)
def test_a_file_that_cannot_be_read_is_refused_in_french(controller: Any, name: str) -> None:
    filename, content = BAD[name]
    client = controller.client
    begun = {"tus-resumable": "1.0.0"}
    part = begun | {"upload-offset": "0", "content-type": "application/offset+octet-stream"}
    described = {"upload-length": str(len(content)), "upload-metadata": f"filename {_base64(filename)}"}
    upload = client.post("/uploads", headers=begun | described).headers["location"]
    try:
        client.patch(upload, content=content, headers=part)
        answers = [
            client.get(f"{upload}/preview", headers=IN_FRENCH),
            client.put("/datasets/bad", params={"upload": upload.rpartition("/")[2]}, headers=IN_FRENCH),
        ]
    finally:
        client.delete(upload, headers=begun)
    refused = [answer for answer in answers if answer.status_code != 200]
    assert refused, [answer.text[:300] for answer in answers]
    for answer in refused:
        problem = answer.json()
        assert 400 <= answer.status_code < 500, problem
        assert answer.headers["content-language"] == "fr"
        assert problem["reason"]
        assert problem["hint"]
        assert is_french(problem), problem


def _base64(name: str) -> str:
    return base64.b64encode(name.encode()).decode()
