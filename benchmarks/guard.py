"""The ratios that must not fall, measured in a short run: `python -m benchmarks.guard [--write]`.

Prints them as JSON; `--write` makes them the baseline. Each is a quotient of processor times, so that others who work
on the cores count little, and of the best rounds, since noise only ever makes a round worse. Needs the trained models;
without them it trains for half a minute first.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

from benchmarks import bodies, java_loop, many_rows, models, one_row, whole_files

BASELINE = Path(__file__).with_name("baseline.json")
TOLERANCE = 0.4
"""Tolerance: a ratio may be below its baseline by this part, because of noise and of other machines."""
CONNECTIONS, ROUNDS, BLOCKS, FILE_ROWS, ROWS = 8, 3, 10, 100_000, 1000


def ratios() -> dict[str, float]:
    """All ratios by name; higher is better."""
    return {**requests(), **scorers(), **files()}


def requests() -> dict[str, float]:
    """Processor time of the bare server (one row) and of the Java loop (many rows), divided by the API's."""
    with one_row.both() as (ours, ceiling):
        found = next(one_row.measure(ours, ceiling, rounds=ROUNDS, connections=[CONNECTIONS]))
        many = many_rows.measure(ours, [("JSON", bodies.many(ROWS)), ("CSV", bodies.table(ROWS))], rounds=2)
    java = min(many[many_rows.JAVA].cpu)
    return {
        "one row, API / ceiling": min(turn.cpu for turn in found.ceiling) / min(turn.cpu for turn in found.ours),
        "1,000 rows as JSON, API / Java loop": java / min(many["JSON"].cpu),
        "1,000 rows as CSV, API / Java loop": java / min(many["CSV"].cpu),
    }


def scorers() -> dict[str, float]:
    """Processor time of H2O's `score0` divided by that of our scorer."""
    found = {}
    for name, mojo in (("GBM", models.GBM), ("ensemble of 3 classes", models.ENSEMBLE)):
        loaded, block = java_loop.loaded(mojo)
        java_loop.beside_score0(loaded, block, BLOCKS)  # warms up
        found[f"{name}, scorer / score0"] = max(java_loop.beside_score0(loaded, block, BLOCKS) for _ in range(ROUNDS))
    return found


def files() -> dict[str, float]:
    """Rows per second of processor time for whole files, divided by those of the Java loop."""
    found = whole_files.measure(FILE_ROWS, rounds=2)
    return {
        "CSV file / Java loop": found.cpu(found.csv),
        "Parquet file / Java loop": found.cpu(found.parquet),
    }


def fallen(found: dict[str, float]) -> dict[str, tuple[float, float]]:
    """The ratios of the baseline that are missing or too low: the measured value and the lowest accepted one."""
    least = {name: value * (1 - TOLERANCE) for name, value in json.loads(BASELINE.read_text()).items()}
    return {name: (found.get(name, 0.0), wanted) for name, wanted in least.items() if found.get(name, 0.0) < wanted}


def main(arguments: list[str]) -> None:
    text = json.dumps({name: round(value, 3) for name, value in ratios().items()}, indent=2) + "\n"
    if "--write" in arguments:
        BASELINE.write_text(text)
    sys.stdout.write(text)


if __name__ == "__main__":
    main(sys.argv[1:])
