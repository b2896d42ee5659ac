"""What the controller answers about the prediction of a file, from the queue to its end."""

from __future__ import annotations

from typing import Any

QUEUED: dict[str, Any] = {
    "id": "p-1",
    "model": "clients",
    "version": 3,
    "filename": "birds.csv",
    "bytes": 100,
    "explain": False,
    "reading": None,
    "phase": "queued",
    "message": "",
    "rows": 0,
    "rows_total": None,
    "rows_per_second": 0.0,
    "warnings": 0,
    "result_bytes": None,
    "error": None,
    "created": "2026-01-02T03:04:05Z",
    "started": None,
    "ended": None,
    "expires": "2026-01-03T03:04:05Z",
}
RUNNING = QUEUED | {"phase": "running", "rows": 1500, "rows_total": 6000}
DONE = QUEUED | {"phase": "done", "rows": 1500, "rows_total": 1500, "warnings": 2, "ended": "2026-01-02T03:04:09.4Z"}
