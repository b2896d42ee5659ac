"""The tree: its drawing in ARCHITECTURE.md is up to date, and no folder or module grows beyond what a person grasps."""

from __future__ import annotations

import ast
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from repository import ROOT
from tree import BEGIN, END, PAGE, drawing, folders, meaning

SOURCES = sorted(path for top in ("packages", "services", "jobs") for path in ROOT.glob(f"{top}/*/src/**/*.py"))
FOLDERS = sorted({path.parent for path in SOURCES})
MOST_SIBLINGS = 13
"""About a dozen: `tablee` itself has ten folders and three modules."""
MOST_LINES = 400
MEANINGLESS = {"utils", "util", "helpers", "helper", "common", "misc"}


def name(path: Path) -> str:
    return str(path.relative_to(ROOT))


def siblings(folder: Path) -> list[str]:
    """The modules and folders of modules in a folder; its `__init__.py` counts where it defines something."""
    modules = [path.name for path in folder.glob("*.py") if path.stem not in ("__init__", "__main__")]
    body = ast.parse((folder / "__init__.py").read_text(encoding="utf-8")).body
    if any(isinstance(each, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef) for each in body):
        modules.append("__init__.py")
    return modules + [path.name for path, depth in folders(folder, 1) if depth == 1]


def test_the_drawing_has_every_folder_at_its_place() -> None:
    drawn = PAGE.read_text(encoding="utf-8").partition(BEGIN)[2].partition(END)[0]
    wanted, found = (re.findall(r"^( *[a-z0-9_/]+/)", text, re.MULTILINE) for text in (drawing(), drawn))
    assert len(wanted) > 60
    assert found == wanted, "run `make docs`"


def test_every_folder_is_drawn_with_its_meaning() -> None:
    assert len(FOLDERS) > 30
    for folder in FOLDERS:
        assert f"{folder.name}/" in drawing()
        assert meaning(folder) in drawing()


@pytest.mark.parametrize("folder", FOLDERS, ids=name)
def test_a_folder_has_a_few_modules_and_more_than_one(folder: Path) -> None:
    found = siblings(folder)
    assert len(found) <= MOST_SIBLINGS, found
    others = [
        path for path in folder.iterdir() if path.suffix != ".py" and path.name not in ("__pycache__", "py.typed")
    ]
    assert len(found) > 1 or others, found


@pytest.mark.parametrize("source", SOURCES, ids=name)
def test_a_module_has_at_most_400_lines(source: Path) -> None:
    assert len(source.read_text(encoding="utf-8").splitlines()) <= MOST_LINES, "it is more than one idea"


def test_no_name_is_without_meaning() -> None:
    assert {name(path) for path in [*SOURCES, *FOLDERS] if path.stem in MEANINGLESS} == set()


def test_the_drawing_follows_the_tree(tmp_path: Path) -> None:
    package = tmp_path / "packages" / "core" / "src" / "some" / "inner"
    package.mkdir(parents=True)
    (package.parent / "__init__.py").write_text('"""The outer. Not this."""\n')
    (package / "__init__.py").write_text('"""The inner,\nin two lines.\n\nNor this.\n"""\n')
    (tmp_path / "tools").mkdir()
    for script in ("tree.py", "generated.py"):
        shutil.copy(ROOT / "tools" / script, tmp_path / "tools")
    code = "import tree; print(tree.drawing(), end='')"
    done = subprocess.run([sys.executable, "-c", code], cwd=tmp_path / "tools", capture_output=True, text=True)
    assert [line.split(maxsplit=1) for line in done.stdout.splitlines()] == [
        ["packages/core/src/some/", "The outer"],
        ["inner/", "The inner, in two lines"],
    ]
