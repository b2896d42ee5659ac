"""Packed files are unpacked up to a limit."""

from __future__ import annotations

import gzip
from pathlib import Path

import pytest

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
