"""Prediction of a whole file: the command's side of `tablee.whole_file`."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import IO

from tablee.whole_file import Answer, Outcome, predict_file
from tablee_cli.client import Platform, part

ROWS, EXPLAINED_ROWS = 20_000, 100
"""Rows of one request; explaining takes a thousand times as long as predicting."""
SECONDS = 600.0


class _Bar:
    """Who watches is a progress bar; nobody stops it but Ctrl-C."""

    def __init__(self, advance: Callable[[int], None], restart: Callable[[], None]) -> None:
        self.stop = threading.Event()
        self._advance, self._restart = advance, restart

    def advance(self, answer: Answer, rows: int, taken: int) -> None:
        self._advance(taken)

    def restart(self) -> None:
        self._restart()


def predict(
    platform: Platform,
    model: str,
    source: IO[bytes],
    target: IO[bytes],
    *,
    parquet: bool,
    explain: bool,
    advance: Callable[[int], None],
    restart: Callable[[], None],
) -> Outcome:
    """Write the file's columns and its predictions to `target`.

    :param advance: told how many bytes of the source are done.
    :param restart: told that it begins again, since another version took over.
    :raises InvalidRows, InvalidTable: with rows and lines counted in the whole file.
    """
    api = platform.api  # found before there are several threads

    def ask(body: bytes, kind: str) -> Answer:
        answer = api.call(
            "POST",
            f"/models/{part(model)}/predict",
            content=body,
            params={"explain": "true"} if explain else None,
            headers={"content-type": kind, "accept": kind},
            timeout=SECONDS,
        )
        return Answer(
            answer.content,
            answer.headers["tablee-model"],
            int(answer.headers["tablee-version"]),
            int(answer.headers.get("tablee-warning-count", 0)),
        )

    bar = _Bar(advance, restart)
    try:
        rows = EXPLAINED_ROWS if explain else ROWS
        return predict_file(ask, source, target, parquet=parquet, max_rows=rows, watcher=bar)
    finally:
        bar.stop.set()  # no part is sent again when one of them has failed
