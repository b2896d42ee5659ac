"""Used in the place of the API process, with the same environment and ports, but without a model. The pinned version
decides how it behaves:

13 ends at once, 14 reports `failed`, 15 never becomes ready, and all others become ready and answer with their pins. On
SIGTERM the process finishes the open requests and ends; version 16 ignores SIGTERM.
"""

from __future__ import annotations

import json
import os
import signal
import socket
import sys
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

PINS: dict[str, int] = json.loads(os.environ["TABLEE_PINS"])
VERSIONS = set(PINS.values())
UNKNOWN = {name for name in os.environ if name.startswith("TABLEE_")} - {
    *("TABLEE_PINS", "TABLEE_LISTEN_FD", "TABLEE_ADMIN_PORT", "TABLEE_CACHE"),
    *("TABLEE_MLFLOW__URL", "TABLEE_MLFLOW__TIMEOUT_SECONDS", "TABLEE_OBJECTS__DIRECTORY"),
    *("TABLEE_LOG__FORMAT", "TABLEE_LOG__LEVEL"),
}


class Answer(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        status, body = self.answer()
        data = json.dumps(body).encode()
        self.send_response(status)
        self.send_header("content-length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def answer(self) -> tuple[int, Any]:
        if self.path != "/readyz":
            return 200, {"pins": PINS, "pid": os.getpid()}
        if 14 in VERSIONS:
            return 503, {"status": "failed", "reason": "the bundle is corrupt"}
        if 15 in VERSIONS:
            return 503, {"status": "starting", "reason": "still loading"}
        return 200, {"status": "ready", "reason": ""}

    def log_message(self, *_: Any) -> None:
        return


class Draining(ThreadingHTTPServer):
    daemon_threads = False  # so that `server_close` waits for open requests


def main() -> int:
    if UNKNOWN or 13 in VERSIONS:
        print(f"cannot start: {sorted(UNKNOWN)} {PINS}", file=sys.stderr)
        return 3
    ending = threading.Event()
    signal.signal(signal.SIGTERM, lambda *_: 16 in VERSIONS or ending.set())
    admin = ThreadingHTTPServer(("127.0.0.1", int(os.environ["TABLEE_ADMIN_PORT"])), Answer)
    threading.Thread(target=admin.serve_forever, daemon=True).start()
    if not VERSIONS & {14, 15}:
        public = Draining(("", 0), Answer, bind_and_activate=False)
        public.socket.close()
        public.socket = socket.socket(fileno=int(os.environ["TABLEE_LISTEN_FD"]))
        public.socket.listen(100)
        public.socket.setblocking(False)  # another process may be faster to accept
        threading.Thread(target=public.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
        ending.wait()
        public.shutdown()
        public.server_close()
        return 0
    ending.wait()
    return 0


if __name__ == "__main__":
    sys.exit(main())
