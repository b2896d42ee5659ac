"""The bytes of a file, unpacked from gzip or zip. Other file types that are well known are refused."""

from __future__ import annotations

import errno
import gzip
import io
import lzma
import struct
import tempfile
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any

from tablee.datasets.reading import Compression, Format
from tablee.errors import InvalidTable
from tablee.errors.causes import file_fault
from tablee.i18n.message import Message

OLE = b"\xd0\xcf\x11\xe0"
"""The first bytes of .xls, of old documents of Office, and of encrypted ones."""
MAX_OLE = 64 << 20
"""Bytes of such a file in which the names of its parts are looked for."""
BLOCK = 8 << 20
"""Bytes that are read at once."""
END = 1 << 16
"""Bytes at the end of a file that are looked at for notes and totals."""
FREE_BYTES = 64 << 20
"""The ratio of unpacked to packed bytes is not limited below that many unpacked bytes."""

_OTHER_TYPES = {
    b"%PDF": "pdf",
    b"\x89PNG": "picture",
    b"\xff\xd8\xff": "picture",
    b"GIF8": "picture",
    b"BZh": "bzip2",
    b"\xfd7zXZ": "xz",
    b"\x28\xb5\x2f\xfd": "zstd",
    b"7z\xbc\xaf": "7z",
    b"Rar!": "rar",
    b"SQLite format 3": "sqlite",
}
"""First bytes of files that are no tables, and the key of their type below `file_type`."""
_EXPECTED = Message("expected.table.known_file")
_BROKEN_PACKING = (
    *(zipfile.BadZipFile, zlib.error, lzma.LZMAError, struct.error),
    *(EOFError, OSError, NotImplementedError, RuntimeError, ValueError, LookupError, OverflowError),
)
"""What the libraries of gzip and zip raise about broken data."""
_WORKBOOK_PARTS = (b"[Content_Types].xml", b"xl/", b"opendocument.spreadsheet")
"""Names that stand near the beginning of a zip that is a workbook."""


@dataclass(frozen=True, slots=True)
class Limits:
    """Limits against decompression bombs."""

    unpacked_bytes: int = 16 << 30
    ratio: int = 300
    """Most unpacked bytes for each packed byte; applies beyond `FREE_BYTES`."""


class KeptFile:
    """A temporary file that is there as long as this object."""

    def __init__(self) -> None:
        self._file = tempfile.NamedTemporaryFile(prefix="tablee-kept-")  # noqa: SIM115 (closed with the object)
        self.path = Path(self._file.name)

    def __del__(self) -> None:
        self._file.close()


@dataclass(frozen=True, slots=True)
class Source:
    """A file with its compression. It can be read several times."""

    path: Path
    compression: Compression
    limits: Limits = field(default_factory=Limits)
    kept: dict[Any, Any] = field(default_factory=dict, compare=False, repr=False)
    """What readers keep for the next time that they read the file."""
    _ends: list[bytes] = field(default_factory=list, compare=False, repr=False)
    """The last bytes of a packed file, if it was read to its end before."""

    @classmethod
    def of(cls, path: Path, limits: Limits | None = None) -> Source:
        """The compression is found by the first bytes, never by the name.

        :raises InvalidTable: the file is empty, of another well-known type, or an archive of several files.
        """
        with path.open("rb") as file:
            start = file.read(16)
        if not start:
            raise InvalidTable("empty_file", expected=_EXPECTED)
        for magic, key in _OTHER_TYPES.items():
            if start.startswith(magic):
                raise InvalidTable(
                    "other_file_type", type=Message(f"file_type.{key}"), line=1, expected=_EXPECTED, hint="whole_file"
                )
        if workbook_format(path) is not None:
            source = cls(path, "none", limits or Limits())
            source.check_size_of_members()
            return source
        if start.startswith(OLE):
            raise InvalidTable(
                "other_file_type", type=Message("file_type.old_office"), line=1, expected=_EXPECTED, hint="whole_file"
            )
        compression: Compression = "none"
        if start.startswith(b"\x1f\x8b"):
            compression = "gzip"
        elif start.startswith((b"PK\x03\x04", b"PK\x05\x06")):
            compression = "zip"
        source = cls(path, compression, limits or Limits())
        if compression != "none" and not source.start(1):
            raise InvalidTable("empty_packed_file", expected=_EXPECTED)
        return source

    @contextmanager
    def opened(self) -> Iterator[IO[bytes]]:
        """The unpacked bytes, as an open file.

        :raises InvalidTable: (also while the file is read) the packed data is broken, or exceeds the limits.
        """
        if self.compression == "none":
            with self.path.open("rb") as plain:
                yield plain
            return
        with _errors_of_packing(self.path, self.compression), self._unpacked() as file:
            yield file

    def start(self, size: int) -> bytes:
        """At most that many unpacked bytes from the beginning."""
        with self.opened() as file:
            return file.read(size)

    def blocks(self) -> Iterator[bytes]:
        """All unpacked bytes in blocks of `BLOCK`."""
        end = b""
        with self.opened() as file:
            while block := file.read(BLOCK):
                end = (end + block[-END:])[-END:]
                yield block
        self._ends[:] = [end]

    def end(self) -> tuple[bytes, bool]:
        """At most `END` bytes at the end, and whether they are all; a packed file is read to its end, unless it was
        before."""
        if self.compression != "none":
            if not self._ends:
                for _ in self.blocks():
                    pass
            end = self._ends[0]
            return end, len(end) < END
        with self.path.open("rb") as file:
            size = file.seek(0, 2)
            file.seek(max(size - END, 0))
            return file.read(), size <= END

    def check_size_of_members(self) -> None:
        """Unpack all that is in a zip, whatever sizes it names.

        :raises InvalidTable: it is broken, or unfolds too far.
        """
        if not zipfile.is_zipfile(self.path):
            return
        with _errors_of_packing(self.path, "zip"), zipfile.ZipFile(self.path) as archive:
            most = self._most_bytes()
            for member in archive.infolist():
                member.file_size = 1 << 62  # it may name less than it has
                with archive.open(member) as packed:
                    while block := packed.read(1 << 20):
                        most -= len(block)
                        if most < 0:
                            raise InvalidTable("unpacks_too_far", limit=self._most_bytes())

    def _most_bytes(self) -> int:
        return min(self.limits.unpacked_bytes, max(self.path.stat().st_size * self.limits.ratio, FREE_BYTES))

    def unpacked_bytes(self) -> int:
        """The number of unpacked bytes; a packed file is read for it."""
        return self.path.stat().st_size if self.compression == "none" else sum(map(len, self.blocks()))

    @contextmanager
    def _unpacked(self) -> Iterator[IO[bytes]]:
        if self.compression == "gzip":
            with gzip.open(self.path) as packed:
                yield self._limited(packed)
        else:
            with zipfile.ZipFile(self.path) as archive:
                member = _only_member(archive)
                if member.flag_bits & 1:
                    raise InvalidTable("encrypted_member", name=member.filename, expected=_EXPECTED)
                with archive.open(member) as packed:
                    yield self._limited(packed)

    def _limited(self, file: io.BufferedIOBase | IO[bytes]) -> IO[bytes]:
        return io.BufferedReader(_LimitedReader(file, self._most_bytes()), 1 << 20)


class _LimitedReader(io.RawIOBase):
    """Raises `InvalidTable` when more than `most` bytes are read."""

    def __init__(self, file: io.BufferedIOBase | IO[bytes], most: int) -> None:
        self._file, self._most, self._seen = file, most, 0

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: object) -> int:
        view = memoryview(buffer)  # type: ignore[arg-type]  # whatever BufferedReader hands over
        data = self._file.read(len(view))
        self._seen += len(data)
        if self._seen > self._most:
            raise InvalidTable("unpacks_too_far", limit=self._most)
        view[: len(data)] = data
        return len(data)


def workbook_format(path: Path) -> Format | None:
    """The format of a workbook, by what is in the file; None if it is no workbook.

    :raises InvalidTable: it is encrypted or broken.
    """
    with path.open("rb") as file:
        start = file.read(8)
        if start.startswith(OLE):
            whole = start + file.read(MAX_OLE)
            if "EncryptedPackage".encode("utf-16-le") in whole:
                raise InvalidTable("encrypted_workbook", expected=Message("expected.table.open_workbook"))
            return "xls" if any(name.encode("utf-16-le") in whole for name in ("Workbook", "Book")) else None
    if not start.startswith(b"PK\x03\x04") or not zipfile.is_zipfile(path):
        return None
    with _errors_of_packing(path, "zip"), zipfile.ZipFile(path) as archive:
        names = set(archive.namelist())
        if "xl/workbook.bin" in names:
            return "xlsb"
        if "[Content_Types].xml" in names and any(name.startswith("xl/") for name in names):
            return "xlsx"
        if "mimetype" in names and "content.xml" in names:
            kind = archive.open("mimetype").read(100)
            return "ods" if b"opendocument.spreadsheet" in kind else None
    return None


@contextmanager
def _errors_of_packing(path: Path, compression: Compression) -> Iterator[None]:
    """Turn the errors of gzip and zip about broken data into ours. Those of the system, such as one of a full disk,
    stay."""
    try:
        yield
    except _BROKEN_PACKING as error:
        if isinstance(error, OSError) and error.errno not in (None, errno.EINVAL):
            raise
        words = file_fault("Python", error)
        with path.open("rb") as file:
            start = file.read(4096)
        if compression == "zip" and any(part in start for part in _WORKBOOK_PARTS):
            raise InvalidTable("broken_workbook", error=words) from None
        raise InvalidTable("broken_packing", compression=compression, error=words, expected=_EXPECTED) from None


def _only_member(archive: zipfile.ZipFile) -> zipfile.ZipInfo:
    """:raises InvalidTable: the archive has several files or none, or is an Office document."""
    members = [
        member
        for member in archive.infolist()
        if not member.is_dir() and not member.filename.startswith("__MACOSX/") and ".DS_Store" not in member.filename
    ]
    if any(member.filename == "[Content_Types].xml" for member in members):
        raise InvalidTable("office_document", expected=Message("expected.table.sheet_as_csv"))
    if len(members) != 1:
        names = [member.filename for member in members[:5]] or Message("list.none")
        expected = Message("expected.table.one_member")
        raise InvalidTable("several_members", files=len(members), names=names, expected=expected)
    return members[0]
