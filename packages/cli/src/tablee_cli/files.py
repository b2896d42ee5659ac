"""Files that people name on the command line."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import IO, Any

from rich.progress import Progress, TaskID

from tablee.datasets.names import NAME, proposed_name
from tablee.errors.causes import json_fault_at, system_cause
from tablee.storage import atomic_write
from tablee_cli.options.usage import WrongUse

PIECE = 1 << 18


def opened(path: Path, parameter: str = "file") -> IO[bytes]:
    """Open a file for reading.

    :param parameter: the option or argument that an error names.
    :raises typer.BadParameter: the file cannot be opened.
    """
    try:
        if path.is_dir():
            raise WrongUse("directory", at=parameter, path=str(path))
        return path.open("rb")
    except OSError as error:
        raise WrongUse("path", at=parameter, path=str(path), why=system_cause(error)) from None


def json_of(path: Path, parameter: str) -> Any:
    """What a JSON file holds.

    :param parameter: the option that an error names.
    :raises typer.BadParameter: the file cannot be opened, or is not JSON.
    """
    with opened(path, parameter) as file:
        try:
            return json.loads(file.read())
        except ValueError as error:
            raise WrongUse("no_json", at=parameter, file=str(path), why=json_fault_at(error)) from None


def pieces(file: IO[bytes], progress: Progress, task: TaskID) -> Iterator[bytes]:
    """Yield the bytes of a file in chunks, and advance the progress bar by each chunk."""
    while piece := file.read(PIECE):
        yield piece
        progress.advance(task, len(piece))


@contextmanager
def replaced(path: Path) -> Iterator[IO[bytes]]:
    """Write a file atomically: it is replaced when the block ends without an error, else it stays as it was.

    :raises typer.BadParameter: the file cannot be written.
    """
    with ExitStack() as stack:
        with _writable(path):
            temporary = stack.enter_context(atomic_write.replaced(path))
        with temporary.open("wb") as file:
            yield file
        with _writable(path):
            stack.close()


def name_for(path: Path) -> str:
    """The name of a data set, made from a file's name: `Mes Clients 2024.csv` becomes `mes-clients-2024`."""
    name = proposed_name(path.name)
    if not name:
        raise WrongUse("no_name", at="--name", file=path.name)
    return name


def is_name(text: str) -> bool:
    """Whether this is a valid name of a data set."""
    return re.fullmatch(NAME, text) is not None


@contextmanager
def _writable(path: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise WrongUse("path", at="--out", path=str(path), why=system_cause(error)) from None
