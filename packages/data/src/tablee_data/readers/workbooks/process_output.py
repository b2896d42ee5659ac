"""What the process that reads workbooks prints, and the errors about workbooks that it cannot read."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Final

import orjson

from tablee.errors import InvalidTable
from tablee.errors.causes import file_fault
from tablee.i18n.message import Message
from tablee_data.readers.content import KeptFile, Source

TIMEOUT: Final = 900
"""Seconds for one look at a workbook."""
_PROGRAM: Final = "tablee_data.workbook_process"


def output_of(source: Source, *command: str) -> Path:
    """What the process that reads workbooks has printed. It is kept until the source is forgotten.

    :raises InvalidTable: the workbook is broken, encrypted, or too large.
    """
    kept: KeptFile | None = source.kept.get(command)
    if kept is None:
        kept = source.kept[command] = KeptFile()
        _run(source, command, kept.path)
    with kept.path.open("rb") as file:
        first = file.readline()
    if first.startswith(b'{"error":'):
        error = orjson.loads(first)["error"]
        if error == "password":
            raise InvalidTable("encrypted_workbook", expected=Message("expected.table.open_workbook"))
        raise InvalidTable("broken_workbook", error=file_fault("calamine", error))
    return kept.path


def _run(source: Source, command: tuple[str, ...], target: Path) -> None:
    """:raises InvalidTable: the process was ended, for want of memory or of time."""
    line = [sys.executable, "-I", "-m", _PROGRAM, str(source.path), *command]
    with target.open("wb") as out:
        try:
            code = subprocess.run(line, stdout=out, stderr=subprocess.DEVNULL, timeout=TIMEOUT, check=False).returncode
        except subprocess.TimeoutExpired:
            code = -1
    if code:
        raise InvalidTable("workbook_too_large", expected=Message("expected.table.sheet_as_csv"))
