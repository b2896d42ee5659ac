"""The drawing of the source tree in ARCHITECTURE.md: every folder with the first sentence of its docstring."""

from __future__ import annotations

import ast
import re
import sys
from collections.abc import Iterator
from pathlib import Path

from generated import refresh

ROOT = Path(__file__).resolve().parents[1]
PAGE = ROOT / "ARCHITECTURE.md"
BEGIN, END = "<!-- tree -->", "<!-- /tree -->"
SOURCES = ("packages/*/src/*", "services/*/src/*", "jobs/*/src/*", "benchmarks", "tools/*")
WIDTH = 43


def page() -> str:
    """ARCHITECTURE.md with the drawing as the tree is now."""
    text = PAGE.read_text(encoding="utf-8")
    before, _, rest = text.partition(BEGIN)
    _, _, after = rest.partition(END)
    return f"{before}{BEGIN}\n```text\n{drawing()}```\n{END}{after}"


def drawing() -> str:
    """One line for each folder of modules, indented by its depth."""
    lines = []
    for pattern in SOURCES:
        for top in sorted(path for path in ROOT.glob(pattern) if (path / "__init__.py").exists()):
            lines.append((f"{top.relative_to(ROOT)}/", meaning(top)))
            lines += [(f"{'    ' * depth}{path.name}/", meaning(path)) for path, depth in folders(top, 1)]
    return "".join(f"{name:<{WIDTH}}{text}\n" for name, text in lines)


def folders(top: Path, depth: int) -> Iterator[tuple[Path, int]]:
    """The folders of modules below one, each before those that are in it, with their depth."""
    for path in sorted(top.iterdir()):
        if path.is_dir() and next(path.glob("*.py"), None) is not None:
            yield path, depth
            yield from folders(path, depth + 1)


def meaning(package: Path) -> str:
    """The first sentence of the docstring.

    :raises ValueError: there is no docstring.
    """
    docstring = ast.get_docstring(ast.parse((package / "__init__.py").read_text(encoding="utf-8")))
    if not docstring:
        raise ValueError(f"{package.relative_to(ROOT)} has no docstring")
    paragraph = " ".join(docstring.split("\n\n")[0].split())
    return re.split(r"(?<=\.)\s", paragraph)[0].removesuffix(".")


if __name__ == "__main__":
    sys.exit(refresh({PAGE: page}))
