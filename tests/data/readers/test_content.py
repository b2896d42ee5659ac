"""Packed files are unpacked up to a limit; broken ones are refused."""

from __future__ import annotations

import errno
import gzip
import io
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import NoReturn

import pytest
from workbooks import ods, xlsb, xlsx, zipped

from tablee.errors import InvalidTable
from tablee_data.readers import content
from tablee_data.readers.content import Limits, Source

TEXT = b"a,b\n" + b"1,2\n" * 1000


def unpacked(folder: Path, limits: Limits) -> bytes:
    path = folder / "file.gz"
    path.write_bytes(gzip.compress(TEXT))
    return b"".join(Source.of(path, limits).blocks())


@pytest.mark.parametrize("free", [0, 64 << 20])
def test_bytes_up_to_the_limit_are_unpacked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, free: int) -> None:
    monkeypatch.setattr(content, "FREE_BYTES", free)
    assert unpacked(tmp_path, Limits(unpacked_bytes=len(TEXT), ratio=1000)) == TEXT
    with pytest.raises(InvalidTable, match=f"more than {len(TEXT) - 1:,} bytes") as refused:
        unpacked(tmp_path, Limits(unpacked_bytes=len(TEXT) - 1, ratio=1000))
    assert refused.value.reason == "unpacks_too_far"


def test_the_ratio_applies_beyond_the_free_bytes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert unpacked(tmp_path, Limits(ratio=1)) == TEXT
    monkeypatch.setattr(content, "FREE_BYTES", len(TEXT))
    assert unpacked(tmp_path, Limits(ratio=1)) == TEXT
    monkeypatch.setattr(content, "FREE_BYTES", len(TEXT) - 1)
    with pytest.raises(InvalidTable, match="more than 4,003 bytes"):
        unpacked(tmp_path, Limits(ratio=1))


def test_a_file_is_known_by_its_first_bytes(tmp_path: Path) -> None:
    path = tmp_path / "table.csv.gz"
    path.write_bytes(TEXT)
    source = Source.of(path)
    assert (source.compression, source.start(3), source.unpacked_bytes()) == ("none", b"a,b", len(TEXT))
    path.write_bytes(gzip.compress(TEXT))
    packed = Source.of(path)
    assert (packed.compression, packed.start(3), packed.unpacked_bytes()) == ("gzip", b"a,b", len(TEXT))


def packed_files() -> dict[str, bytes]:
    """Files that Python's libraries unpack."""
    text = "name,x\n" + "".join(f"row {at},{at}\n" for at in range(300))
    found = {
        "xlsx": xlsx([["name", "x"], ["é", 1]]),
        "ods": ods([["name", "x"], ["é", 1]]),
        "xlsb": xlsb([["name", "x"], ["é", 1]]),
        "zip": zipped({"data.csv": text.encode()}),
        "gzip": gzip.compress(text.encode(), mtime=0),
    }
    for name, method in {"zip, bzip2": zipfile.ZIP_BZIP2, "zip, lzma": zipfile.ZIP_LZMA}.items():
        file = io.BytesIO()
        with zipfile.ZipFile(file, "w", method) as archive:
            archive.writestr("data.csv", text)
        found[name] = file.getvalue()
    return found


@pytest.mark.parametrize("name", packed_files())
def test_a_packed_file_with_a_broken_byte_is_read_or_refused(tmp_path: Path, name: str) -> None:
    data = packed_files()[name]
    file = tmp_path / "file"
    places = [*range(0, len(data), max(len(data) // 100, 1)), *range(max(len(data) - 120, 0), len(data))]
    refused = set()
    for place in places:
        for broken in (
            data[:place] + data[place + 1 :],
            data[:place] + bytes([data[place] ^ 0xFF]) + data[place + 1 :],
            data[:place] + b"\xff\xff" + data[place:],
            data[:place] or b"x",
        ):
            file.write_bytes(broken)
            try:
                source = Source.of(file)
                if source.compression != "none":
                    for _ in source.blocks():
                        pass
            except InvalidTable as error:
                refused.add(error.reason)
    assert refused & {"broken_workbook", "broken_packing"}


def test_an_error_of_the_system_is_not_said_to_be_of_the_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "file"
    file.write_bytes(zipped({"data.csv": b"a,b\n1,2\n"}))

    def full(*_: object) -> NoReturn:
        raise OSError(errno.EIO, "Input/output error")

    monkeypatch.setattr(zipfile.ZipFile, "namelist", full)
    with pytest.raises(OSError, match="Input/output"):
        Source.of(file)


@pytest.mark.parametrize("make", [xlsx, xlsb])
def test_a_workbook_that_lost_a_byte_is_said_to_be_a_broken_workbook(
    tmp_path: Path, make: Callable[..., bytes]
) -> None:
    data = make([["name", "x"], ["é", 1]])
    (tmp_path / "file").write_bytes(data[:400] + data[401:])
    with pytest.raises(InvalidTable) as refused:
        Source.of(tmp_path / "file")
    assert refused.value.reason == "broken_workbook"
