"""Used in the place of a pod of the API. Its pins come from the downward API. The pinned version decides how it
behaves:

13 ends at once, 14 reports `failed`, 15 never becomes ready, and all others become ready and answer with their pins. It
imports only the standard library, so that every image with Python can run it.
"""

from __future__ import annotations

import json
import os
import signal
import sys
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

PINS: dict[str, int] = json.loads(os.environ.get("TABLEE_PINS") or "{}")
VERSIONS = set(PINS.values())


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
            return 200, {"pins": PINS}
        if 14 in VERSIONS:
            return 503, {"status": "failed", "reason": "the bundle is corrupt"}
        if 15 in VERSIONS:
            return 503, {"status": "starting", "reason": "still loading"}
        return 200, {"status": "ready", "reason": ""}

    def log_message(self, *_: Any) -> None:
        return


def main() -> int:
    if 13 in VERSIONS:
        return 3
    server = ThreadingHTTPServer(("", 8000), Answer)
    signal.signal(signal.SIGTERM, lambda *_: threading.Thread(target=server.shutdown).start())
    server.serve_forever(poll_interval=0.05)
    return 0


if __name__ == "__main__":
    sys.exit(main())
