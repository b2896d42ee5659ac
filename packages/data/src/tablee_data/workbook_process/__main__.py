"""The program: limits of memory and time, and what it prints of a workbook that is broken."""

from __future__ import annotations

import resource
import struct
import sys
import zipfile
import zlib
from pathlib import Path
from xml.etree import ElementTree

from python_calamine import CalamineError, CalamineWorkbook, PasswordError

from tablee_data.workbook_process.commands import put, rows, sheets

MEMORY = 3 << 30
"""Bytes of address space."""
SECONDS = 600
"""Of computing."""
_BROKEN = (
    *(CalamineError, OSError, ValueError, LookupError, StopIteration, EOFError, RuntimeError, OverflowError),
    *(ElementTree.ParseError, zipfile.BadZipFile, zlib.error, struct.error),
)
"""What is raised about a workbook that is broken."""


def main(path: str, command: str, *rest: str) -> None:
    """Carry out a command; print `{"error": …}` if the workbook cannot be read."""
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    try:
        with Path(path).open("rb") as file, CalamineWorkbook.from_filelike(file) as workbook:
            if command == "sheets":
                sheets(workbook, path)
            else:
                rows(workbook, path, rest[0], int(rest[1]), int(rest[2]))
    except PasswordError:
        put({"error": "password"})
    except _BROKEN as error:
        put({"error": str(error)})
    except BaseException as error:
        if type(error).__name__ != "PanicException":  # the library's, which has no name to import
            raise
        put({"error": str(error)})


if __name__ == "__main__":
    main(*sys.argv[1:])
