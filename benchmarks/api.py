"""A served model over HTTP on the loopback: `python benchmarks/api.py [URL | BUNDLE]`.

With a URL it measures the default model of an API that runs; with a bundle's directory it starts an API of its own on
it; with neither it first trains a model of 100 trees on a real H2O. The client is as thin as Python allows and shares
the machine with the server, so read the figures as a lower bound. The measuring takes about 15 seconds.
"""

from __future__ import annotations

import asyncio
import csv
import io
import json
import os
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median, quantiles
from typing import cast
from urllib.parse import urlsplit

import polars as pl
import uvloop

from tablee import bundle
from tablee.contract import CategoryColumn, Contract, NumberColumn, ProblemType, Target
from tablee.registry import DIGEST, Registry
from tablee.settings import MlflowSettings
from tablee_scoring import Model
from tablee_scoring.jvm import GENMODEL_VERSION

ROOT = Path(__file__).resolve().parents[1]
PENGUINS = ROOT / "data" / "penguins" / "penguins.csv"
SECONDS, START_SECONDS, MANY = 2.0, 60.0, 1000


class Connection(asyncio.Protocol):
    """Sends the same request again as soon as it is answered; keeps the seconds each took."""

    def __init__(self, request: bytes, taken: list[float], end: float) -> None:
        self._request, self._taken, self._end = request, taken, end
        self._buffer, self._expected = b"", 0
        self.closed: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.Transport, transport)
        self._send()

    def _send(self) -> None:
        self._buffer, self._expected = b"", 0
        self._started = time.perf_counter()
        self._transport.write(self._request)

    def data_received(self, data: bytes) -> None:
        self._buffer += data
        if not self._expected and (head := self._buffer.find(b"\r\n\r\n")) >= 0:
            assert self._buffer.startswith(b"HTTP/1.1 200"), self._buffer[:500]
            length = self._buffer.split(b"content-length: ", 1)[1].split(b"\r\n", 1)[0]
            self._expected = head + 4 + int(length)
        if self._expected and len(self._buffer) >= self._expected:
            now = time.perf_counter()
            self._taken.append(now - self._started)
            if now < self._end:
                self._send()
            else:
                self._transport.close()

    def connection_lost(self, exc: Exception | None) -> None:
        if not self.closed.done():
            self.closed.set_exception(exc) if exc else self.closed.set_result(None)


@dataclass
class Client:
    """Requests for one model, and what they took."""

    host: str
    port: int
    rows: list[dict[str, object]] = field(default_factory=list)

    def post(self, body: bytes, content_type: str) -> bytes:
        head = f"POST /predict HTTP/1.1\r\nhost: {self.host}\r\ncontent-type: {content_type}\r\n"
        return f"{head}content-length: {len(body)}\r\n\r\n".encode() + body

    def one(self) -> bytes:
        return self.post(json.dumps({"row": self.rows[0]}).encode(), "application/json")

    def many(self) -> bytes:
        return self.post(json.dumps({"rows": self._repeated()}).encode(), "application/json")

    def table(self) -> bytes:
        text = io.StringIO()
        writer = csv.DictWriter(text, self.rows[0])
        writer.writeheader()
        writer.writerows(self._repeated())
        return self.post(text.getvalue().encode(), "text/csv")

    def _repeated(self) -> list[dict[str, object]]:
        return [self.rows[i % len(self.rows)] for i in range(MANY)]

    async def run(self, *loads: tuple[bytes, int]) -> list[list[float]]:
        """Requests and on how many connections, all at the same time; the seconds of each load's requests."""
        end = time.perf_counter() + SECONDS
        taken: list[list[float]] = [[] for _ in loads]
        loop = asyncio.get_running_loop()
        opened = [
            await loop.create_connection(lambda r=request, t=times: Connection(r, t, end), self.host, self.port)  # type: ignore[misc]
            for (request, count), times in zip(loads, taken, strict=True)
            for _ in range(count)
        ]
        await asyncio.gather(*(connection.closed for _, connection in opened))
        return taken


def line(name: str, taken: list[float], rows: int = 1) -> str:
    p99 = quantiles(taken, n=100)[98] if len(taken) > 1 else taken[0]
    rate = len(taken) * rows / SECONDS
    return f"{name:44} {rate:>10,.0f} {median(taken) * 1e3:>9.2f} {p99 * 1e3:>9.2f}"


async def measure(client: Client) -> None:
    one, many, table = client.one(), client.many(), client.table()
    await client.run((one, 4), (many, 1))  # both sides warm up
    print(f"{'':44} {'rows/s':>10} {'p50 ms':>9} {'p99 ms':>9}\n{'-' * 75}")
    for count in (1, 8, 32):
        print(line(f"1 row as JSON, {count} connection{'s' * (count > 1)}", (await client.run((one, count)))[0]))
    print(line(f"{MANY:,} rows as JSON, 1 connection", (await client.run((many, 1)))[0], MANY))
    print(line(f"{MANY:,} rows as CSV, 1 connection", (await client.run((table, 1)))[0], MANY))
    print(line(f"1 row as JSON, beside {MANY:,} rows as CSV", (await client.run((one, 1), (table, 1)))[0]))


@contextmanager
def api(directory: Path, folder: Path) -> Iterator[str]:
    """An API process of our own that serves a bundle; its URL."""
    url = f"sqlite:///{folder}/mlflow.db"
    shutil.copytree(directory, folder / "model" / "artifacts" / "bundle")
    tags = {DIGEST: bundle.verify(directory).digest}
    source, run = str(folder / "model"), secrets.token_hex(16)
    Registry(MlflowSettings(url=url)).register("bench", source=source, run_id=run, model_id=None, tags=tags)
    with socket.create_server(("127.0.0.1", 0), backlog=512) as listener:
        variables = {"TABLEE_PINS": '{"bench": 1}', "TABLEE_MLFLOW__URL": url, "TABLEE_LOG__LEVEL": "warning"}
        process = subprocess.Popen(
            [sys.executable, "-m", "tablee_api"],
            env={"PATH": os.environ["PATH"], "TABLEE_LISTEN_FD": str(listener.fileno()), **variables},
            pass_fds=[listener.fileno()],
            cwd=folder,
        )
        try:
            yield f"http://127.0.0.1:{listener.getsockname()[1]}"
        finally:
            process.terminate()
            process.wait()


def trained(folder: Path) -> Path:
    """A bundle made for this benchmark: boosted trees for the three species of penguins."""
    sys.path.insert(0, str(ROOT / "tests" / "zoo"))  # the tests' way to start and stop an H2O
    import h2o
    from h2o.estimators import H2OGradientBoostingEstimator
    from h2o_models import CATEGORIES, Cluster

    frame = pl.read_csv(PENGUINS, null_values="NA")
    features = [name for name in frame.columns if name != "species"]
    with Cluster(folder):
        rows = h2o.import_file(str(PENGUINS), col_types=dict.fromkeys(CATEGORIES, "enum"), na_strings=["NA"])
        model = H2OGradientBoostingEstimator(ntrees=100, max_depth=5, seed=1)
        model.train(x=features, y="species", training_frame=rows)
        model.download_mojo(str(folder / "gbm.zip"))
    contract = Contract(
        model="bench",
        columns=tuple(_column(frame[name]) for name in features),
        target=Target(
            name="species", problem_type=ProblemType.MULTICLASS, classes=tuple(sorted(frame["species"].unique()))
        ),
        examples=tuple(frame.select(features).drop_nulls().head(100).to_dicts()),
    )
    loaded = Model.from_mojo(folder / "gbm.zip", contract)
    block = loaded.validator.columns(frame.select(features).to_dict(as_series=False), frame.height)
    golden = bundle.Golden(block.columns, loaded.score(block).tolist())
    mojo, target = folder / "gbm.zip", folder / "bundle"
    bundle.write(target, mojo=mojo, contract=contract, golden=golden, algorithm="gbm", version=GENMODEL_VERSION)
    return target


def _column(series: pl.Series) -> NumberColumn | CategoryColumn:
    if series.dtype == pl.String:
        return CategoryColumn(name=series.name, levels=tuple(sorted(series.drop_nulls().unique())))
    return NumberColumn(name=series.name, minimum=float(series.min()), maximum=float(series.max()))  # type: ignore[arg-type]


def client_of(url: str) -> Client:
    """Asks the API for its default model and that model's example rows; waits until it is ready."""
    end = time.monotonic() + START_SECONDS
    while True:
        try:
            models = _get(f"{url}/models")["models"]
            name = next(model["name"] for model in models if model["default"])
            rows = _get(f"{url}/models/{name}")["contract"]["examples"]
            break
        except (OSError, StopIteration):
            if time.monotonic() > end:
                raise SystemExit(f"no model is served at {url}: start the stack with `tablee up`") from None
            time.sleep(0.2)
    parts = urlsplit(url)
    print(f"{name} of {url}")
    return Client(parts.hostname or "127.0.0.1", parts.port or 80, rows)


def _get(url: str) -> dict[str, list[dict[str, str]]]:
    with urllib.request.urlopen(url, timeout=2) as answer:  # noqa: S310 (the URL is the caller's own)
        found: dict[str, list[dict[str, str]]] = json.load(answer)
        return found


def main(arguments: list[str]) -> None:
    if arguments and arguments[0].startswith("http"):
        uvloop.run(measure(client_of(arguments[0].rstrip("/"))))
        return
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))  # so that the API started here ends too
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        directory = Path(arguments[0]) if arguments else trained(folder)
        with api(directory, folder) as url:
            uvloop.run(measure(client_of(url)))


if __name__ == "__main__":
    main(sys.argv[1:])
