"""Where the files of this repository are that tests read."""

from pathlib import Path

ROOT = Path(__file__).parents[1]
DOCS = ROOT / "docs"
PENGUINS = ROOT / "data" / "penguins" / "penguins.csv"
