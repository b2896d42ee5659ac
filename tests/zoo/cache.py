"""Files that take long to make, kept between runs: the models that H2O trained for tests and benchmarks.

An entry is a directory below `TABLEE_TEST_CACHE` (by default `$XDG_CACHE_HOME/tablee-tests`, else
`~/.cache/tablee-tests`), outside of the checkout. Its name is made of what its contents depend on, so that a change of
the script, the data or a version makes another entry. Delete the directory at any time.
"""

from __future__ import annotations

import fcntl
import hashlib
import json
import os
import shutil
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path

CHECKSUMS = "checksums.json"


def root() -> Path:
    """The directory of all entries."""
    if told := os.environ.get("TABLEE_TEST_CACHE"):
        return Path(told)
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "tablee-tests"


def kept(name: str, depends_on: Sequence[bytes | str], make: Callable[[Path], None]) -> Path:
    """The directory of an entry, which must not be changed; made if it is missing or broken.

    :param depends_on: contents of scripts and data, versions of programs.
    :param make: writes the files into the empty directory that it is given.
    """
    digest = hashlib.sha256()
    for part in depends_on:
        content = part.encode() if isinstance(part, str) else part
        digest.update(len(content).to_bytes(8, "big") + content)
    entry = root() / f"{name}-{digest.hexdigest()[:16]}"
    entry.parent.mkdir(parents=True, exist_ok=True)
    with entry.with_suffix(".lock").open("w") as lock:  # of several test processes one makes it, the others wait
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not _sound(entry):
            _make(entry, make)
    return entry


def _make(entry: Path, make: Callable[[Path], None]) -> None:
    shutil.rmtree(entry, ignore_errors=True)
    with tempfile.TemporaryDirectory(dir=entry.parent, prefix=f"{entry.name}-") as temporary:
        made = Path(temporary) / "made"
        made.mkdir()
        make(made)
        (made / CHECKSUMS).write_text(json.dumps(_checksums(made)))
        made.rename(entry)


def _sound(entry: Path) -> bool:
    try:
        return bool(json.loads((entry / CHECKSUMS).read_text()) == _checksums(entry))
    except (OSError, ValueError):
        return False


def _checksums(folder: Path) -> dict[str, str]:
    files = sorted(path for path in folder.rglob("*") if path.is_file() and path.name != CHECKSUMS)
    return {str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest() for path in files}
