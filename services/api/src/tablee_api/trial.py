"""`python -m tablee_api.trial BUNDLE`: serves one bundle as the API does, and answers its golden rows over HTTP.

Trainings start it before a version may become champion. The last line of the output is a message in JSON: the key and
the facts of what was found (`trial.answered` if all is well).
"""

from __future__ import annotations

import asyncio
import csv
import io
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from http.client import HTTPConnection, HTTPException
from pathlib import Path

import numpy as np
import orjson
import uvloop

from tablee import telemetry
from tablee.errors import TableeError
from tablee.errors.base import plain
from tablee.errors.causes import quoted
from tablee.errors.cells import shorten
from tablee.i18n.message import Message
from tablee.models.bundle import Golden, read_golden, width
from tablee.models.contract import Contract
from tablee.settings import LogSettings
from tablee.tables.cells.typed_values import text_of
from tablee_api.app import create_app
from tablee_api.inference.pool import Pool
from tablee_api.models import warm_up
from tablee_api.models.repository import ModelRepository
from tablee_api.models.served_model import ServedModel
from tablee_api.server.fast_lane.connection import protocol
from tablee_api.server.fast_lane.lane import FastLane
from tablee_api.server.process import Server, listen, running
from tablee_api.server.shutdown import Shutdown
from tablee_api.settings import ApiSettings
from tablee_scoring import Model, jvm

SINGLE_ROWS = 20
"""Golden rows that are sent alone, too."""
REQUEST_SECONDS = 60.0
_JSON, _CSV = "application/json", "text/csv"


def main() -> int:
    """The exit code: 0 if the bundle was served and all answers were right, else 1."""
    telemetry.configure(LogSettings(level="warning"), service="trial")
    found = run(Path(sys.argv[1]))
    print(orjson.dumps(plain(found)).decode())
    return 0 if found.key == "trial.answered" else 1


def run(bundle: Path) -> Message:
    """Load and serve a bundle, and compare the answers to its golden rows with their scores, bit for bit."""
    try:
        jvm.start()
        model = Model.load(bundle)
        served = ServedModel(model.contract.model, 1, "", model)
        warm_up.run(served)
        golden = read_golden(bundle, model.contract)
    except Exception as error:
        return Message("trial.not_loaded", {"cause": error if isinstance(error, TableeError) else _named(error)})
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        return runner.run(_serve(served, golden))


async def _serve(served: ServedModel, golden: Golden) -> Message:
    settings = ApiSettings.read({})
    repository, shutdown = ModelRepository.holding(served), Shutdown()
    pool = Pool(threads=settings.threads, queue=settings.max_queue, wait_seconds=settings.queue_seconds)
    lane = FastLane(settings, repository, shutdown, pool)
    server = Server(create_app(settings, repository, shutdown, pool), settings, shutdown, protocol(lane))
    listener = listen("127.0.0.1", 0)
    try:
        async with running(server, listener, "trial"):
            return await asyncio.to_thread(_ask, listener.getsockname()[1], served.contract, golden)
    finally:
        pool.close()


@dataclass(frozen=True, slots=True)
class Question:
    """A request to `POST /predict`, and the place of its rows among the golden rows."""

    kind: str
    """The media type of the request and of the answer."""
    body: bytes
    rows: slice


def questions(contract: Contract, golden: Golden) -> Iterator[Question]:
    """Golden rows in each form: some alone, all together, all as CSV."""
    rows = [dict(zip(golden.rows, cells, strict=True)) for cells in zip(*golden.rows.values(), strict=True)]
    for at in range(min(SINGLE_ROWS, len(rows))):
        yield Question(_JSON, orjson.dumps({"row": rows[at]}), slice(at, at + 1))
    yield Question(_JSON, orjson.dumps({"rows": rows}), slice(None))
    yield Question(_CSV, _table(contract, golden), slice(None))


def _ask(port: int, contract: Contract, golden: Golden) -> Message:
    connection = HTTPConnection("127.0.0.1", port, timeout=REQUEST_SECONDS)
    try:
        for question in questions(contract, golden):
            headers = {"content-type": question.kind, "accept": question.kind}
            connection.request("POST", "/predict", question.body, headers)
            answer = connection.getresponse()
            body = answer.read()
            if answer.status != 200:
                facts = {"type": question.kind, "status": answer.status, "cause": _refusal(body)}
                return Message("trial.refused", facts)
            expected = Golden({}, golden.scores[question.rows])
            scores = _scores(question.kind, body, contract)
            if len(scores) != len(expected):
                facts = {"type": question.kind, "found": len(scores), "expected": len(expected)}
                return Message("trial.other_rows", facts)
            if differing := expected.differing(scores):
                row = (question.rows.start or 0) + differing[0] + 1
                return Message("trial.other_scores", {"type": question.kind, "row": row})
        connection.request("GET", "/openapi.json")
        status = connection.getresponse().status
        if status != 200:
            return Message("trial.no_document", {"status": status})
    except (HTTPException, OSError, ValueError, LookupError) as error:
        return Message("trial.no_answer", {"error": _named(error)})
    finally:
        connection.close()
    return Message("trial.answered", {"rows": len(golden)})


def _table(contract: Contract, golden: Golden) -> bytes:
    """The golden rows as CSV, written as the model's data set is. Texts are in quotes: none means a missing value."""
    columns = [
        [_quoted(text_of(value, column.cell_format)) for value in golden.rows[column.name]]
        for column in contract.columns
    ]
    header = ",".join(_quoted(name) for name in contract.names)
    lines = (",".join(cells) or '""' for cells in zip(*columns, strict=True))
    return "\n".join((header, *lines, "")).encode()


def _quoted(text: str | None) -> str:
    return "" if text is None else '"' + text.replace('"', '""') + '"'


def _scores(kind: str, body: bytes, contract: Contract) -> np.ndarray[tuple[int, int], np.dtype[np.float64]]:
    """The scores in an answer: n × k, in the contract's order of the classes."""
    classes = contract.target.classes
    if kind == _JSON:
        items = orjson.loads(body)["predictions"]
        found = [[each["probabilities"][label] for label in classes] or [each["prediction"]] for each in items]
    else:
        records = list(csv.reader(io.StringIO(body.decode(), newline="")))
        found = [[float(cell) for cell in record[-width(contract) :]] for record in records[1:]]
    return np.array(found, dtype=np.float64).reshape(len(found), width(contract))


def _refusal(body: bytes) -> TableeError | str:
    """What a refusal says."""
    try:
        return TableeError.from_problem(orjson.loads(body))
    except (ValueError, AttributeError):
        return str(shorten(body.decode("utf-8", "replace")))


def _named(error: Exception) -> Message:
    return quoted(type(error).__name__, error)


if __name__ == "__main__":
    sys.exit(main())
