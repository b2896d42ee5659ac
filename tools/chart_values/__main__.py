"""Writes what follows from the values' types.

cd tools && python -m chart_values            writes charts/tablee/values.yaml, values.schema.json and docs/values.md
cd tools && python -m chart_values --check    fails if one is out of date
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path

from generated import refresh

from chart_values import defaults, page, schema

ROOT = Path(__file__).parents[2]
WRITTEN: dict[str, Callable[[], str]] = {
    "charts/tablee/values.yaml": defaults.text,
    "charts/tablee/values.schema.json": schema.text,
    "docs/values.md": page.text,
}


def main() -> int:
    return refresh({ROOT / name: write for name, write in WRITTEN.items()})


if __name__ == "__main__":
    sys.exit(main())
