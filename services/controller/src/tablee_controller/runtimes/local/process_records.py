"""Records of child processes for the next controller: small JSON files that are written atomically."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TypeVar

from pydantic import BaseModel, ValidationError

from tablee.telemetry import logger

Record = TypeVar("Record", bound=BaseModel)

log = logger(__name__)


def write(path: Path, record: BaseModel) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_name(f".{path.name}.tmp")
    with temporary.open("w", encoding="utf-8") as file:
        file.write(record.model_dump_json())
        file.flush()
        os.fsync(file.fileno())
    temporary.replace(path)


def read(path: Path, kind: type[Record]) -> Record | None:
    """Read a record. None if there is no such file. A file that cannot be read is logged, and ignored."""
    try:
        return kind.model_validate_json(path.read_bytes())
    except FileNotFoundError:
        return None
    except (OSError, ValidationError) as error:
        log.warning("note_ignored", path=path.name, error=str(error))
        return None
