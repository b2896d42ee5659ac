"""A steady stream of predictions without retries, on connections kept alive and on fresh ones; counts every answer.

A program of its own, run here or inside a pod: `python load.py ORDER STOP`, with its order as JSON. It goes on until
the file STOP is there; what it saw is the last line of its output, as JSON. It needs nothing but httpx.
"""

from __future__ import annotations

import json
import sys
import threading
import time
from pathlib import Path
from typing import Any

import httpx


class Stream:
    """One sender, one request after the other, `pause` seconds apart."""

    def __init__(self, order: dict[str, Any], first: int, *, keep_alive: bool) -> None:
        self.order, self.next, self.keep_alive = order, first, keep_alive
        self.answers: dict[str, list[Any]] = {}
        self.count = 0
        self.slowest = 0.0
        self.failures: list[str] = []
        self.stop = threading.Event()
        self.thread = threading.Thread(target=self.run, daemon=True)

    def run(self) -> None:
        headers = dict(self.order["headers"]) | ({} if self.keep_alive else {"connection": "close"})
        with httpx.Client(timeout=30, headers=headers, trust_env=False) as http:
            while not self.stop.wait(self.order["pause"]):
                self.ask(http)

    def ask(self, http: httpx.Client) -> None:
        rows = self.order["rows"]
        number = self.next % len(rows)
        self.next += 1
        begun = time.time()
        at = f"{time.strftime('%H:%M:%S', time.gmtime(begun))}.{int(begun * 1000) % 1000:03d}"
        try:
            answer = http.post(self.order["url"], json={"row": rows[number]})
        except httpx.HTTPError as error:
            self.failures.append(f"{at} after {time.time() - begun:.2f} s, kept={self.keep_alive}: {error!r}")
            return
        self.slowest = max(self.slowest, time.time() - begun)
        if answer.status_code != 200:
            self.failures.append(f"{at} kept={self.keep_alive}: {answer.status_code} {answer.text[:200]}")
            return
        self.count += 1
        body = answer.json()
        seen = self.answers.setdefault(f"{body['version']}/{number}", [])
        if body["predictions"][0] not in seen:
            seen.append(body["predictions"][0])


def main() -> None:
    order, stop = json.loads(sys.argv[1]), Path(sys.argv[2])
    streams = [Stream(order, number, keep_alive=number % 2 == 0) for number in range(order["streams"])]
    for stream in streams:
        stream.thread.start()
    print("started", flush=True)
    while not stop.exists():
        time.sleep(0.1)
    for stream in streams:
        stream.stop.set()
    for stream in streams:
        stream.thread.join()
    answers: dict[str, list[Any]] = {}
    for stream in streams:
        for key, found in stream.answers.items():
            known = answers.setdefault(key, [])
            known.extend(answer for answer in found if answer not in known)
    print(
        json.dumps(
            {
                "count": sum(stream.count for stream in streams),
                "failures": [failure for stream in streams for failure in stream.failures],
                "slowest": max(stream.slowest for stream in streams),
                "answers": answers,
            }
        )
    )


if __name__ == "__main__":
    main()
