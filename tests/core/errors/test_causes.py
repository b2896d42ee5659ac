"""Causes of errors: what is known is said in the reader's language, the words of other programs are quoted."""

from __future__ import annotations

import gzip
import io
import zipfile

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from tablee.errors.causes import file_fault
from tablee.i18n import Translator

FR = Translator("fr")
PACKED = gzip.compress(b"a,b\n1,2\n" * 100, mtime=0)


def words(content: bytes, how: str) -> tuple[str, Exception]:
    """The program that refuses a content, and its error."""
    file = io.BytesIO(content)
    try:
        if how == "gzip":
            gzip.GzipFile(fileobj=file).read()
        elif how == "zip":
            zipfile.ZipFile(file)
        else:
            pq.ParquetFile(file)
    except (OSError, EOFError, zipfile.BadZipFile, pa.ArrowException) as error:
        return ("Arrow" if how == "parquet" else "Python"), error
    raise AssertionError(how)


@pytest.mark.parametrize(
    ("content", "how", "fault"),
    [
        (PACKED[:-12], "gzip", "ends_early"),
        (PACKED[:-8] + b"\0" * 8, "gzip", "checksum"),
        (b"no zip", "zip", "no_zip"),
        (b"PAR1" + b"x" * 100, "parquet", "ends_early"),
        (b"PAR1", "parquet", "ends_early"),
    ],
)
def test_what_is_wrong_with_a_file_is_said_in_words_of_ours(content: bytes, how: str, fault: str) -> None:
    said = file_fault(*words(content, how))
    assert said.key == f"file_fault.{fault}"
    assert "dit" not in said.said(FR)


@pytest.mark.parametrize(
    ("program", "error", "fault"),
    [
        ("calamine", "Cannot detect file format", "no_workbook"),
        ("Python", "UTF-16 stream does not start with BOM", "no_mark"),
        ("Python", "CRC check failed 0x0 != 0x1", "checksum"),
        ("Python", "Error -3 while decompressing data: invalid block type", "damaged"),
        ("Arrow", "Couldn't deserialize thrift: TProtocolException: Invalid data", "damaged"),
        ("calamine", "Zip error: invalid Zip archive: Could not find EOCD", "no_zip"),
    ],
)
def test_the_words_of_programs_about_broken_files_are_known(program: str, error: str, fault: str) -> None:
    assert file_fault(program, error).key == f"file_fault.{fault}"


def test_other_words_are_quoted() -> None:
    assert file_fault("Arrow", "something new").key == "quote.of"
