"""Stands in for a training, told what to do by its id: `succeed-…`, `die-…` (exit code 7), `work-…` (until SIGTERM).

Nothing but the standard library, so that any Python image can run it.
"""

from __future__ import annotations

import os
import signal
import sys
import threading


def main() -> int:
    training_id = os.environ.get("TABLEE_TRAINING_ID", "work-told-by-nobody")
    ending = threading.Event()
    signal.signal(signal.SIGTERM, lambda *_: ending.set())
    sys.stdout.buffer.write(f"{training_id} says é\n".encode())
    sys.stdout.flush()
    if training_id.startswith("work"):
        ending.wait()
    return 7 if training_id.startswith("die") else 0


if __name__ == "__main__":
    sys.exit(main())
