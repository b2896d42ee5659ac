"""Writes the dashboards.

cd tools && python -m dashboards            writes charts/tablee/files/dashboards/*.json
cd tools && python -m dashboards --check    fails if one is out of date
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from functools import partial
from pathlib import Path

from generated import refresh
from grafana_foundation_sdk.cog.encoder import JSONEncoder

from dashboards import overview, serving, training
from dashboards.frame import Board

FILES = Path(__file__).parents[2] / "charts" / "tablee" / "files" / "dashboards"
BOARDS = {"overview": overview.board, "serving": serving.board, "training": training.board}


def text(draw: Callable[[], Board]) -> str:
    return json.dumps(draw().build(), cls=JSONEncoder, indent=2, ensure_ascii=False, sort_keys=True) + "\n"


def main() -> int:
    return refresh({FILES / f"{name}.json": partial(text, draw) for name, draw in BOARDS.items()})


if __name__ == "__main__":
    sys.exit(main())
