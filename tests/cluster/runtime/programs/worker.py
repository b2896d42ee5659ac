"""Stands in for a worker of a scoring, told what to do by its id: `succeed-…`, `mistake-…` (worker 1 ends with 3, the
others well), `flaky-…` (every pod ends with 1), `work-…` (until SIGTERM).
"""

from __future__ import annotations

import os
import signal
import sys
import threading


def main() -> int:
    scoring_id, worker = os.environ["TABLEE_SCORING_ID"], os.environ["JOB_COMPLETION_INDEX"]
    ending = threading.Event()
    signal.signal(signal.SIGTERM, lambda *_: ending.set())
    sys.stdout.buffer.write(f"{scoring_id} says é\n".encode())
    sys.stdout.flush()
    if scoring_id.startswith("work"):
        ending.wait()
        return 143
    if scoring_id.startswith("flaky"):
        return 1
    return 3 if scoring_id.startswith("mistake") and worker == "1" else 0


if __name__ == "__main__":
    sys.exit(main())
