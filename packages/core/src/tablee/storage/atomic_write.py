"""Files that take their place as a whole, or not at all."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def replaced(path: Path) -> Iterator[Path]:
    """An empty file to write to, which becomes `path` at the end of the block; when the block raises, it is deleted and
    `path` stays as it was.

    A file keeps its mode, a link its place: the file that it leads to is replaced. What is no file, such as `/dev/null`
    or a pipe, is never replaced: what was written is copied into it.

    :raises OSError: nothing can be written there.
    """
    path = path.resolve()
    is_special = path.exists() and not path.is_file() and not path.is_dir()
    handle, name = tempfile.mkstemp(dir=None if is_special else path.parent, prefix=f".{path.name}.")
    os.close(handle)
    temporary = Path(name)
    try:
        yield temporary
        if is_special:
            with temporary.open("rb") as written, path.open("wb") as target:
                shutil.copyfileobj(written, target)
        else:
            temporary.chmod(_mode(path))
            temporary.replace(path)
    finally:
        temporary.unlink(missing_ok=True)


def _mode(path: Path) -> int:
    """The mode it had, or that of any new file."""
    try:
        return path.stat().st_mode & 0o777
    except OSError:
        mask = os.umask(0)
        os.umask(mask)
        return 0o666 & ~mask
