"""Used in the place of a worker of a scoring. The beginning of the id of the scoring decides how it behaves:

`succeed-…` ends with exit code 0, `mistake-…` with 3 for worker 1 and with 0 for the others, `flaky-…` always with 1,
and `work-…` runs until SIGTERM.
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
