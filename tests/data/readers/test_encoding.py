"""The encoding of a text is found by its bytes, and the text becomes UTF-8 with line feeds."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import polars as pl
import pytest

from tablee.datasets.reading import Corrections, Encoding, Reason
from tablee.errors import InvalidTable
from tablee.tables.csv.reader import read_rows
from tablee_data.readers import content, read
from tablee_data.readers.content import Source
from tablee_data.readers.detection.encodings import detect_encoding
from tablee_data.readers.encoding import utf_8

Write = Callable[[bytes], Source]


@pytest.fixture
def source(tmp_path: Path) -> Write:
    def write(data: bytes) -> Source:
        (tmp_path / "file").write_bytes(data)
        return Source.of(tmp_path / "file")

    return write


LETTERS = "ville\n" + "Évry, Nîmes, Besançon, Châlons\n" * 5


@pytest.mark.parametrize(
    ("data", "encoding", "reason", "sure"),
    [
        (b"a,b\n", "utf-8", Reason.ALL_UTF_8, True),
        (LETTERS.encode(), "utf-8", Reason.ALL_UTF_8, True),
        (LETTERS.encode("utf-8-sig"), "utf-8", Reason.ENCODING_MARK, True),
        (LETTERS.encode("utf-16"), "utf-16-le", Reason.ENCODING_MARK, True),
        (b"\xfe\xff" + LETTERS.encode("utf-16-be"), "utf-16-be", Reason.ENCODING_MARK, True),
        (LETTERS.encode("utf-16-le"), "utf-16-le", Reason.ZEROS, True),
        (LETTERS.encode("utf-16-be"), "utf-16-be", Reason.ZEROS, True),
        (LETTERS.encode("cp1252"), "windows-1252", Reason.LIKE_LATIN, True),
        ((LETTERS + "10 €\n").encode("cp1252"), "windows-1252", Reason.NOT_LATIN, True),
        ("é".encode() * 3 + b"\n\xe9\n", "utf-8", Reason.NEARLY_UTF_8, False),
    ],
)
def test_the_encoding(source: Write, data: bytes, encoding: Encoding, reason: Reason, sure: bool) -> None:
    found = detect_encoding(source(data))
    assert (found.chosen, found.reason, found.sure) == (encoding, reason, sure)


def test_a_sure_encoding_has_no_alternatives(source: Write) -> None:
    found = detect_encoding(source(LETTERS.encode("cp1252")))
    assert (found.alternatives, found.examples) == ((), {})


def test_as_many_broken_letters_as_sound_ones_are_not_sure(source: Write) -> None:
    assert not detect_encoding(source("é".encode() * 2 + b"\n\xe9\n")).sure


def test_bytes_that_windows_1252_does_not_have(source: Write) -> None:
    found = detect_encoding(source((LETTERS * 20).encode("cp850") + b"\x81\n"))
    assert found.chosen == "cp850"


@pytest.mark.parametrize(
    ("data", "line"),
    [(b"abcd\n\x00ab\n", 2), (b"abcde\n\x00b\n", 2), (b"a\x1ab\n", 1), (b"\x1a\n", 1), (b"a\n\x07", 2)],
    ids=repr,
)
def test_control_characters_are_no_text(source: Write, data: bytes, line: int) -> None:
    with pytest.raises(InvalidTable, match="so this is no text file") as refused:
        detect_encoding(source(data))
    assert refused.value.place["line"] == line


def test_the_end_mark_of_dos_is_text_at_the_end_only(source: Write) -> None:
    assert detect_encoding(source(b"a\nb\n\x1a")).chosen == "utf-8"


@pytest.mark.parametrize("block", [4, 6, 1 << 20])
@pytest.mark.parametrize(
    ("data", "encoding", "text"),
    [
        (b"a\r\nb\r\n", "utf-8", "a\r\nb\r\n"),
        (b"a\rb\r", "utf-8", "a\nb\n"),
        ("é\n".encode("utf-8-sig"), "utf-8", "é\n"),
        ("é€\n".encode("cp1252"), "windows-1252", "é€\n"),
        ("é€\n".encode("utf-16"), "utf-16-le", "é€\n"),
        (b"a\n\x1a", "utf-8", "a\n"),
    ],
)
def test_the_text_is_utf_8_however_it_is_cut(
    source: Write, monkeypatch: pytest.MonkeyPatch, data: bytes, encoding: Encoding, text: str, block: int
) -> None:
    monkeypatch.setattr(content, "BLOCK", block)
    found = b"".join(utf_8(source(data), encoding)).decode()
    assert found == text


@pytest.mark.parametrize("block", [2, 4, 1 << 20])
@pytest.mark.parametrize(
    ("data", "encoding", "line", "value"),
    [
        (b"a\nb\xe9\n", "utf-8", 2, "e9"),
        (b"a\r\nb\rc\xe9\n", "utf-8", 3, "e9"),
        (b"abc\r\nb\r\nc\xe9\n", "utf-8", 3, "e9"),
        (b"a\r\nb\x00\n", "utf-8", 2, "\\x00"),
        (b"abc\r\n\x00\n", "utf-8", 2, "\\x00"),
        (b"a\n\n\x81\n", "windows-1252", 3, "81"),
        ("a\nb\n".encode("utf-16-le") + b"x", "utf-16-le", 3, "78"),
        (b"a\nb\x00\n", "utf-8", 2, "\\x00"),
    ],
)
def test_bytes_that_the_encoding_does_not_have_are_named_with_their_line(
    source: Write, monkeypatch: pytest.MonkeyPatch, data: bytes, encoding: Encoding, line: int, value: str, block: int
) -> None:
    monkeypatch.setattr(content, "BLOCK", block)
    with pytest.raises(InvalidTable) as refused:
        list(utf_8(source(data), encoding))
    assert (refused.value.place["line"], refused.value.place["value"]) == (line, value)


RETURNS = {
    "between quotes": (b'id,t\n1,"a\r\nb"\n2,"u\rv"\n', [("1", "a\r\nb"), ("2", "u\rv")]),
    "at the end of each line": (b'id,t\r1,"a\rb"\r2,"u ""x"" v"\r', [("1", "a\rb"), ("2", 'u "x" v')]),
    "behind another sign for inches": (b'id;t\r1;5" nail\r2;6" nail\r', [("1", '5" nail'), ("2", '6" nail')]),
    "now and then": (b"id,t\n1,a\r2,b\r\n3,c\n", [("1", "a"), ("2", "b"), ("3", "c")]),
    "between apostrophes": (b"id;t\n'1';'a\rb;c'\n'2';'d;e'\n", [("1", "a\rb;c"), ("2", "d;e")]),
    "behind blanks and quotes": (b'id, t\r1, "a\rb, c"\r2, "d, e"\r', [("1", "a\rb, c"), ("2", "d, e")]),
    "behind escaped quotes": (b'id,t\n1,"a\\"\rb"\n2,"c\\"d, e"\n', [("1", 'a"\rb'), ("2", 'c"d, e')]),
}


@pytest.mark.parametrize("name", RETURNS)
@pytest.mark.parametrize("block", [1 << 20, 16])
def test_a_carriage_return_ends_lines_and_stays_in_cells(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, block: int
) -> None:
    data, rows = RETURNS[name]
    (tmp_path / "file.csv").write_bytes(data)
    if b"nail" not in data:  # quotes inside of cells tell nothing at the cuts
        monkeypatch.setattr(content, "BLOCK", block)
    read(tmp_path / "file.csv", tmp_path / "out.parquet", asked=Corrections(texts=("id",)))
    assert pl.read_parquet(tmp_path / "out.parquet").rows() == rows


def test_a_carriage_return_in_one_cell_changes_no_other_cell_and_no_way_in(tmp_path: Path) -> None:
    data = b'id,t\n1,"a\r\nb"\n2,"u\rv"\n'
    (tmp_path / "file.csv").write_bytes(data)
    read(tmp_path / "file.csv", tmp_path / "out.parquet")
    assert pl.read_parquet(tmp_path / "out.parquet")["t"].to_list() == read_rows(data, {})["t"].to_list()
