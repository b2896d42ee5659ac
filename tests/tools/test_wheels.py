"""The wheels of all members in an environment of their own, as `pip install tablee` makes it."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
import tomllib
from collections.abc import Callable
from pathlib import Path

import pytest
from repository import ROOT

from tablee import __version__

pytestmark = [pytest.mark.stack, pytest.mark.timeout(900)]
MEMBERS = sorted(path.parent for path in ROOT.glob("[pjs]*/*/pyproject.toml"))
UV = Path(sys.executable).parent / "uv"
Run = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture(scope="module")
def clean(tmp_path_factory: pytest.TempPathFactory) -> Run:
    """Runs a program of an environment that has `tablee` and what it needs; away from the checkout."""
    folder = tmp_path_factory.mktemp("clean")
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("TABLEE_", "PYTHON", "VIRTUAL"))}

    def run(*command: str | Path) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [*map(str, command)],
            cwd=folder,
            env=kept | {"TABLEE_HOME": str(folder / "home")},
            capture_output=True,
            text=True,
        )

    def must(*command: str | Path) -> None:
        done = run(*command)
        assert done.returncode == 0, done.stderr

    ignored = shutil.ignore_patterns("__pycache__")
    for member in MEMBERS:  # what is built does not write into the checkout
        source = shutil.copytree(member, folder / "sources" / member.name, ignore=ignored)
        build = (UV, "build", "--quiet", "--wheel", "--no-build-isolation", "--python", sys.executable)
        must(*build, "--out-dir", folder / "wheels", source)
    must(UV, "venv", "--quiet", "--python", sys.executable, folder / "venv")
    install = (UV, "pip", "install", "--quiet", "--python", folder / "venv", "--find-links", folder / "wheels")
    must(*install, "--constraint", ROOT / "requirements" / "run.txt", f"tablee=={__version__}")

    def program(name: str, *arguments: str) -> subprocess.CompletedProcess[str]:
        return run(folder / "venv" / "bin" / name, *arguments)

    return program


def test_the_command_tells_its_version_and_its_help(clean: Run) -> None:
    assert clean("tablee", "--version").stdout.strip() == f"tablee {__version__}"
    shown = clean("tablee", "--help")
    assert (shown.returncode, shown.stderr) == (0, "")
    assert re.search(r"\btrain\b", shown.stdout)


def test_what_is_installed_is_typed_and_can_be_imported(clean: Run) -> None:
    code = """
import importlib, importlib.metadata, json
from pathlib import Path
found = {}
for each in importlib.metadata.distributions():
    name = each.metadata["Name"]
    if name.partition("-")[0] == "tablee":
        package = {"tablee": "tablee_cli", "tablee-core": "tablee"}.get(name, name.replace("-", "_"))
        module = importlib.import_module(package)
        found[name] = [each.version, (Path(module.__file__).parent / "py.typed").exists()]
print(json.dumps(found))
"""
    done = clean("python", "-c", code)
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout)
    assert set(found) == {tomllib.loads((each / "pyproject.toml").read_text())["project"]["name"] for each in MEMBERS}
    assert set(map(tuple, found.values())) == {(__version__, True)}


def test_the_doctor_speaks(clean: Run) -> None:
    done = clean("tablee", "doctor", "--json")
    assert "Traceback" not in done.stderr
    assert json.loads(done.stdout)
