"""Files that people name on the command line."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import IO

import typer
from rich.progress import Progress, TaskID

from tablee.datasets.names import NAME
from tablee.storage import atomic_write as aside

PIECE = 1 << 18


def opened(path: Path, parameter: str = "FILE") -> IO[bytes]:
    """The file, open for reading; wrong usage of that parameter if it cannot be."""
    try:
        if path.is_dir():
            raise typer.BadParameter(f"{path} is a directory, not a file", param_hint=parameter)
        return path.open("rb")
    except OSError as error:
        raise typer.BadParameter(f"{path}: {error.strerror}", param_hint=parameter) from None


def pieces(file: IO[bytes], progress: Progress, task: TaskID) -> Iterator[bytes]:
    """Its bytes, telling the progress bar of each piece."""
    while piece := file.read(PIECE):
        yield piece
        progress.advance(task, len(piece))


@contextmanager
def replaced(path: Path) -> Iterator[IO[bytes]]:
    """A file to write that takes its place as a whole at the end, or not at all; wrong usage if it cannot."""
    with ExitStack() as stack:
        with _writable(path):
            temporary = stack.enter_context(aside.replaced(path))
        with temporary.open("wb") as file:
            yield file
        with _writable(path):
            stack.close()


def name_for(path: Path) -> str:
    """A name for the data set in a file: `Mes Clients 2024.csv` becomes `mes-clients-2024`."""
    name = re.sub(r"[^a-z0-9_-]+", "-", path.stem.lower())[:63].strip("-_")
    if not name:
        raise typer.BadParameter(f"no name for the data set can be made of {path.name}: give one", param_hint="--name")
    return name


def is_name(text: str) -> bool:
    """Whether a data set can be called so."""
    return re.fullmatch(NAME, text) is not None


@contextmanager
def _writable(path: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise typer.BadParameter(f"{path}: {error.strerror}", param_hint="--out") from None
