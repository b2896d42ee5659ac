"""What the controller answers about a scoring, from the queue to its end."""

from __future__ import annotations

from typing import Any

QUEUED: dict[str, Any] = {
    "id": "s-1",
    "request": {"model": "clients", "version": 3, "source": "s3://lake/in/", "target": "s3://lake/out/", "parallel": 2},
    "phase": "queued",
    "parts": 4,
    "bytes": 5 << 20,
    "created": "2026-01-02T03:04:05Z",
    "updated": "2026-01-02T03:04:05Z",
}
WORKER = {"worker": 1, "parts": 2, "parts_done": 1, "rows": 500, "rows_per_second": 250.0, "part": "b.parquet"}
RUNNING = QUEUED | {
    "phase": "running",
    "parts_done": 1,
    "rows": 500,
    "rows_per_second": 250.0,
    "workers": [WORKER | {"updated": QUEUED["updated"]}],
    "expected_end": "2026-01-02T04:04:05Z",
    "left_out": ["mood"],
}
DONE = QUEUED | {
    "phase": "done",
    "parts_done": 4,
    "rows": 2000,
    "rows_per_second": 400.0,
    "warnings": 7,
    "left_out": ["mood", "note"],
}
FAILED = QUEUED | {
    "phase": "failed",
    "parts_done": 3,
    "message": "1 of 4 parts could not be scored: “c.parquet”: no column “age”",
    "failed_parts": 1,
    "failed": [{"number": 2, "name": "c.parquet", "code": "invalid_rows", "reason": "no column “age”"}],
    "error": {"code": "scoring_failed", "detail": "…", "hint": "Mend c.parquet."},
}
