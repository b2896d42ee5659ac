"""The platform's version, from `tablee.__version__` to every file that names it: `python tools/version.py [NEW]`.

With NEW the version itself is changed first. With `--check` nothing is written: files that name another version are
listed, `tablee` itself if it is not at NEW, and the exit code is 1.
"""

from __future__ import annotations

import re
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
SOURCE = ROOT / "packages" / "core" / "src" / "tablee" / "__init__.py"
NUMBER = r"\d+\.\d+\.\d+(?:(?:a|b|rc)\d+)?"
PLACES = {
    "[pjs]*/*/pyproject.toml": [r'^version = "', r'^    "tablee(?:-[a-z]+)?(?:\[[a-z0-9,]+\])?=='],
    "charts/*/Chart.yaml": [r"^version: ", r"^appVersion: "],
    "**/Dockerfile": [r"^ARG VERSION=", r"-t tablee/[a-z]+:"],
    "infra/*/README.md": [r"-t tablee/[a-z]+:"],
}
"""Patterns of files, and what stands before the version in them."""


def current() -> str:
    found = re.search(rf'^__version__ = "({NUMBER})"', SOURCE.read_text(), re.MULTILINE)
    if found is None:
        raise SystemExit(f"{SOURCE} names no version")
    return found[1]


def files() -> dict[Path, str]:
    """Each file that names the version, with its text as it should be."""
    version, found = current(), {}
    for pattern, before in PLACES.items():
        for path in sorted(ROOT.glob(pattern)):
            if not any(part.startswith(".") for part in path.relative_to(ROOT).parts):
                named = rf"({'|'.join(before)}){NUMBER}"
                found[path] = re.sub(named, rf"\g<1>{version}", path.read_text(), flags=re.MULTILINE)
    return found


def main(arguments: list[str]) -> None:
    check, new = "--check" in arguments, [each for each in arguments if not each.startswith("--")]
    if new:
        if not re.fullmatch(NUMBER, new[0]):
            raise SystemExit(f"{new[0]} is no version such as 1.2.3 or 1.2.3rc1")
        if not check:
            SOURCE.write_text(SOURCE.read_text().replace(f'"{current()}"', f'"{new[0]}"'))
    wanted = files()
    stale = [path for path, text in wanted.items() if path.read_text() != text]
    if new and new[0] != current():
        stale.append(SOURCE)
    for path in stale:
        print(path.relative_to(ROOT))
        if not check:
            path.write_text(wanted[path])
    sys.exit(bool(check and stale))


if __name__ == "__main__":
    main(sys.argv[1:])
