"""Every image that the charts can use, one per line, for registries that mirror them: `docs/images.txt`.

    python tools/image_list.py [--helm helm] [--check]

The list is read from what Helm renders, with every part switched on, so that it cannot forget one.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml

ROOT = Path(__file__).parents[1]
PAGE = ROOT / "docs" / "images.txt"
CHARTS = {"tablee": ("--values", "charts/tablee/values/full.yaml", "--set", "images.registry="), "monitoring": ()}


def images(helm: str) -> list[str]:
    """The images, sorted and without duplicates."""
    found: set[str] = set()
    for chart, arguments in CHARTS.items():
        command = (helm, "template", chart, f"charts/{chart}", *arguments)
        rendered = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout
        for document in yaml.safe_load_all(rendered):
            found |= set(named(document))
    return sorted(found)


def named(node: Any) -> Iterator[str]:
    """The images of all containers in a document."""
    if isinstance(node, dict):
        for key, value in node.items():
            if key == "image" and isinstance(value, str):
                yield value
            else:
                yield from named(value)
    elif isinstance(node, list):
        for value in node:
            yield from named(value)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--helm", default="helm")
    parser.add_argument("--check", action="store_true", help="fail if the list is out of date")
    arguments = parser.parse_args()
    text = "\n".join(images(arguments.helm)) + "\n"
    if not arguments.check:
        PAGE.write_text(text, encoding="utf-8")
    elif PAGE.read_text(encoding="utf-8") != text:
        print(f"{PAGE.relative_to(ROOT)} is out of date; run `make image-list`", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
