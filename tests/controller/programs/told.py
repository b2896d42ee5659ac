"""Stands in for a training or a worker of a scoring, told what to do by its id: `succeed-…`, `die-…` (exit code 7),
`work-…` (until SIGTERM).

Nothing but the standard library, so that any Python image can run it.
"""

from __future__ import annotations

import os
import signal
import sys
import threading


def main() -> int:
    told = os.environ.get("TABLEE_TRAINING_ID") or os.environ.get("TABLEE_SCORING_ID") or "work-told-by-nobody"
    ending = threading.Event()
    signal.signal(signal.SIGTERM, lambda *_: ending.set())
    sys.stdout.buffer.write(f"{told} says é\n".encode())
    sys.stdout.flush()
    if told.startswith("work"):
        ending.wait()
    return 7 if told.startswith("die") else 0


if __name__ == "__main__":
    sys.exit(main())
