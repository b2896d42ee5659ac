"""Files that are generated from code: stale ones are written again, or with `--check` only reported."""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping
from pathlib import Path


def refresh(files: Mapping[Path, Callable[[], str]]) -> int:
    """Bring each file in line with what its function gives; the exit code is 1 if `--check` finds a stale one."""
    stale = []
    for path, write in files.items():
        text = write()
        if path.exists() and path.read_text(encoding="utf-8") == text:
            continue
        stale.append(path.name)
        if "--check" not in sys.argv:
            path.parent.mkdir(exist_ok=True)
            path.write_text(text, encoding="utf-8")
    if stale and "--check" in sys.argv:
        print(f"out of date: {', '.join(stale)}; run `make docs`", file=sys.stderr)
        return 1
    return 0
