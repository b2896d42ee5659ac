"""The platform and its upper limits: `python -m benchmarks [--docs]`; `--docs` also writes docs/benchmarks.md."""

from __future__ import annotations

import subprocess
import sys

from benchmarks import models, one_row, report, sections


def main(arguments: list[str]) -> None:
    busy = report.load()
    parts = [
        "Our scorer compared with H2O's `score0`, called in turns in one process:\n",
        f"```text\n{_scoring()}```\n",
    ]
    print(parts[-1], flush=True)
    with one_row.both() as (ours, ceiling):
        for table in sections.every(ours, ceiling):
            parts.append(table)
            print(table, flush=True)
    if "--docs" in arguments:
        report.write("bench", "\n".join([report.machine(busy), "", *parts]))


def _scoring() -> str:
    """The table that `benchmarks.scoring` prints, without the output of H2O's client before it."""
    command = [sys.executable, "-m", "benchmarks.scoring"]
    said = subprocess.run(command, stdout=subprocess.PIPE, text=True, cwd=models.ROOT, check=True).stdout
    lines = said.splitlines(keepends=True)
    return "".join(lines[next(i for i, line in enumerate(lines) if "rows/s" in line) :])


if __name__ == "__main__":
    main(sys.argv[1:])
