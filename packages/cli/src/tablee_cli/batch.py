"""Prediction of a whole file: part by part, by one version from the first row to the last."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import IO

from tablee.chunks import Chunk, chunks, located, split_header
from tablee.errors import Conflict, TableeError
from tablee_cli.client import Platform, part

ROWS, EXPLAINED_ROWS = 20_000, 100
"""Rows of one request; explaining takes a thousand times as long as predicting."""
TRIES = 3
SECONDS = 600.0


@dataclass(frozen=True, slots=True)
class Outcome:
    """What was predicted."""

    model: str
    version: int
    rows: int
    warnings: int


class _VersionChanged(Exception):
    """Between two parts another version took over."""


def predict_file(
    platform: Platform,
    model: str,
    source: IO[bytes],
    target: IO[bytes],
    *,
    explain: bool,
    advance: Callable[[int], None],
    restart: Callable[[], None],
) -> Outcome:
    """Write the file's columns and its predictions to `target`. When a roll-out happens meanwhile, begin again.

    :param advance: told how many bytes of the source are done.
    :param restart: told that it begins again.
    :raises InvalidRows, InvalidTable: with rows and lines counted in the whole file.
    """
    for left in range(TRIES)[::-1]:
        source.seek(0)
        target.seek(0)
        target.truncate()
        try:
            return _one_pass(platform, model, source, target, explain=explain, advance=advance)
        except _VersionChanged:
            if left:
                restart()
    raise Conflict(
        f"the version that serves changed {TRIES} times while the file was predicted",
        hint="Try again when nobody promotes a version.",
    )


def _one_pass(
    platform: Platform,
    model: str,
    source: IO[bytes],
    target: IO[bytes],
    *,
    explain: bool,
    advance: Callable[[int], None],
) -> Outcome:
    total: Outcome | None = None
    for chunk in chunks(source, max_rows=EXPLAINED_ROWS if explain else ROWS):
        body, found = _ask(platform, model, chunk, explain=explain)
        if total is None:
            target.write(body)
            total = found
        elif (found.model, found.version) != (total.model, total.version):
            raise _VersionChanged
        else:
            target.write(split_header(body)[1])
            total = replace(total, rows=total.rows + found.rows, warnings=total.warnings + found.warnings)
        advance(chunk.taken)
    if total is None:
        raise RuntimeError("a file has at least one part, even an empty one")
    return total


def _ask(platform: Platform, model: str, chunk: Chunk, *, explain: bool) -> tuple[bytes, Outcome]:
    try:
        answer = platform.api.call(
            "POST",
            f"/models/{part(model)}/predict",
            content=chunk.body,
            params={"explain": "true"} if explain else None,
            headers={"content-type": "text/csv", "accept": "text/csv"},
            timeout=SECONDS,
        )
    except TableeError as error:
        raise located(error, chunk) from None
    warnings = int(answer.headers.get("tablee-warning-count", 0))
    version = int(answer.headers["tablee-version"])
    return answer.content, Outcome(answer.headers["tablee-model"], version, chunk.rows, warnings)
