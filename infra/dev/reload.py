"""For development only: run one of our packages from PYTHONPATH, and restart it whenever a file there changes.

The image's own file system stays read-only: at the start the installed packages of ours are copied to the
directory that PYTHONPATH names, into which changed files are synced.
"""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import sysconfig
import time
from pathlib import Path
from types import FrameType

SECONDS = 0.5


def main() -> int:
    """Run the package named on the command line until it is stopped from outside."""
    sources, installed = Path(os.environ["PYTHONPATH"]), Path(sysconfig.get_path("purelib"))
    for package in installed.glob("tablee*"):
        if package.is_dir() and not package.name.endswith(".dist-info"):
            left_out = shutil.ignore_patterns("__pycache__")
            shutil.copytree(package, sources / package.name, ignore=left_out, dirs_exist_ok=True)
    child = subprocess.Popen([sys.executable, "-m", sys.argv[1]])
    stopping = False

    def stop(number: int, _: FrameType | None) -> None:
        nonlocal stopping
        stopping = True
        child.send_signal(number)

    signal.signal(signal.SIGTERM, stop)
    signal.signal(signal.SIGINT, stop)
    seen = state(sources)
    while True:
        time.sleep(SECONDS)
        if stopping:
            return child.wait()
        if (now := state(sources)) != seen:
            seen = now
            print(f"files have changed, {sys.argv[1]} begins again", flush=True)
            child.terminate()
            child.wait()
            child = subprocess.Popen([sys.executable, "-m", sys.argv[1]])


def state(sources: Path) -> dict[Path, int]:
    """All files with their times of modification."""
    return {path: path.stat().st_mtime_ns for path in sources.rglob("*") if path.suffix in (".py", ".toml", ".svg")}


if __name__ == "__main__":
    sys.exit(main())
