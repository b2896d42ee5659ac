"""Used in the place of a training or a worker of a scoring. The beginning of its id decides how it behaves:

`succeed-…` ends with exit code 0, `die-…` with exit code 7, `work-…` runs until SIGTERM. It imports only the standard
library, so that every image with Python can run it.
"""

from __future__ import annotations

import os
import signal
import sys
import threading


def main() -> int:
    job_id = os.environ.get("TABLEE_TRAINING_ID") or os.environ.get("TABLEE_SCORING_ID") or "work-without-id"
    ending = threading.Event()
    signal.signal(signal.SIGTERM, lambda *_: ending.set())
    sys.stdout.buffer.write(f"{job_id} says é\n".encode())
    sys.stdout.flush()
    if job_id.startswith("work"):
        ending.wait()
    return 7 if job_id.startswith("die") else 0


if __name__ == "__main__":
    sys.exit(main())
