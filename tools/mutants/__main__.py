"""`python -m mutants [AREA...] --sample 20 --seed 1`: prints what was killed and what survived; exits 1 below 90 %."""

from __future__ import annotations

import argparse
import json
import os
import queue
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import tomllib
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from mutants.mutations import Mutation, mutations

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
COPIED = ("benchmarks", "data", "jobs", "packages", "services", "tests", "tools", "charts", "docs", "requirements")
BASELINE_SECONDS = 900.0
ENDS = (0, 1, 2, 4, None)
"""How pytest ends: all passed; a test failed; a test module or a conftest (4) cannot be imported; not in time."""
WANTED = 0.9


@dataclass(frozen=True)
class Mutant:
    """A change of a module, and the tests that should notice it."""

    area: str
    path: Path
    source: bytes
    mutation: Mutation
    tests: tuple[str, ...]

    @property
    def key(self) -> dict[str, str]:
        """How `accepted.toml` names it; without the line's number, which changes."""
        line = self.source.decode().splitlines()[self.mutation.line - 1].strip()
        return {"path": str(self.path), "line": line, "change": str(self.mutation)}

    def __str__(self) -> str:
        return f"{self.path}:{self.mutation.line}: {self.mutation.kind}: {self.mutation}"


class Worker:
    """A copy of the tree with a process that runs tests in it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        ignored = shutil.ignore_patterns("__pycache__", ".*", "node_modules")
        for name in COPIED:
            shutil.copytree(ROOT / name, folder / name, ignore=ignored)
        for path in [*ROOT.glob("*.md"), ROOT / "pyproject.toml", ROOT / "Dockerfile", ROOT / "Makefile"]:
            shutil.copy(path, folder)
        sources = [folder / "tools", *folder.glob("*/*/src")]
        environment = os.environ | {"PYTHONPATH": os.pathsep.join(map(str, sources))}
        command = [sys.executable, "-m", "mutants.worker"]
        self.process = subprocess.Popen(
            command, cwd=folder, env=environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )

    def run(self, path: Path, tests: tuple[str, ...], source: str | None, seconds: float) -> dict[str, Any]:
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        task = {"path": str(path), "tests": tests, "source": source, "seconds": seconds}
        self.process.stdin.write(json.dumps(task) + "\n")
        self.process.stdin.flush()
        answer: dict[str, Any] = json.loads(self.process.stdout.readline())
        return answer

    def close(self) -> None:
        assert self.process.stdin is not None
        self.process.stdin.close()
        self.process.wait(60)
        if self.process.stdout is not None:
            self.process.stdout.close()


@contextmanager
def workers(count: int) -> Iterator[queue.Queue[Worker]]:
    with ExitStack() as stack:
        free: queue.Queue[Worker] = queue.Queue()
        for _ in range(count):
            worker = Worker(Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="mutants-"))))
            stack.callback(worker.close)
            free.put(worker)
        yield free


def modules(area: dict[str, Any]) -> list[Path]:
    """The files of an area, relative to the root."""
    found = sorted({path.relative_to(ROOT) for pattern in area["modules"] for path in ROOT.glob(pattern)})
    return [path for path in found if path.name != "__init__.py"]


def mirrored(path: Path) -> str:
    """The tests of a module: the file of the same path, else the nearest folder."""
    member, inside = path.parts[1], Path(*path.parts[4:])
    wanted = Path("tests") / member / inside.parent / f"test_{inside.name}"
    while not (ROOT / wanted).exists():
        wanted = wanted.parent
    return str(wanted)


def drawn(name: str, area: dict[str, Any], sample: int, seed: int) -> list[Mutant]:
    """So many of the area's mutants, every module and kind of change alike."""
    groups: dict[tuple[Path, str], list[Mutant]] = {}
    for path in modules(area):
        tests = tuple(area.get("tests") or [mirrored(path)])
        source = (ROOT / path).read_bytes()
        for mutation in mutations(source):
            groups.setdefault((path, mutation.kind), []).append(Mutant(name, path, source, mutation, tests))
    draw = random.Random(f"{seed} {name}")
    order: list[tuple[float, Mutant]] = []
    for group in groups.values():
        order += [(rank + draw.random(), each) for rank, each in enumerate(draw.sample(group, len(group)))]
    return [mutant for _, mutant in sorted(order, key=lambda each: each[0])[:sample]]


def found(survivor: dict[str, Any]) -> int:
    """How many changes of its module a survivor of `accepted.toml` names."""
    path = Path(survivor["path"])
    if not (ROOT / path).exists():
        return 0
    source = (ROOT / path).read_bytes()
    return sum(Mutant("", path, source, each, ()).key.items() <= survivor.items() for each in mutations(source))


def outdated(accepted: Sequence[dict[str, Any]]) -> list[str]:
    """The survivors of `accepted.toml` whose change does not exist, or exists more or less often than `count` says."""
    counts = [(each, found(each), each.get("count", 1)) for each in accepted]
    return [
        f"{each['path']}: “{each['line']}”: {each['change']}: found {count} times, not {wanted}"
        for each, count, wanted in counts
        if count != wanted
    ]


def survivors(mutants: list[Mutant], free: queue.Queue[Worker], count: int) -> list[Mutant]:
    """Those that no test notices."""
    limits: dict[tuple[str, ...], float] = {}
    for tests in dict.fromkeys(mutant.tests for mutant in mutants):
        paths = {mutant.path for mutant in mutants if mutant.tests == tests}
        for worker in list(free.queue):
            begun = time.monotonic()
            answer = worker.run(min(paths), tests, None, BASELINE_SECONDS)
            if answer["code"] != 0:
                sys.exit(f"without any change {' '.join(tests)} ended with {answer['code']}:\n{answer['log']}")
            if missing := {path for path in paths if str(worker.folder / path) not in answer["files"]}:
                sys.exit(f"{' '.join(tests)} never import {', '.join(map(str, sorted(missing)))}")
            limits[tests] = 30 + 5 * (time.monotonic() - begun)

    def survives(mutant: Mutant) -> bool:
        worker = free.get()
        try:
            source = mutant.mutation.apply(mutant.source).decode()
            answer = worker.run(mutant.path, mutant.tests, source, limits[mutant.tests])
            if answer["code"] not in ENDS:
                raise RuntimeError(f"{mutant}: pytest ended with {answer['code']}:\n{answer['log']}")
            return bool(answer["code"] == 0)
        finally:
            free.put(worker)

    with ThreadPoolExecutor(count) as pool:
        return [mutant for mutant, alive in zip(mutants, pool.map(survives, mutants), strict=True) if alive]


def main() -> None:
    signal.signal(signal.SIGTERM, lambda *_: sys.exit("terminated"))  # the copies are removed, as with Ctrl-C
    areas = tomllib.loads((HERE / "areas.toml").read_text())
    accepted = tomllib.loads((HERE / "accepted.toml").read_text()).get("survivor", [])
    parser = argparse.ArgumentParser(prog="mutants", description=__doc__)
    parser.add_argument("areas", nargs="*", metavar="AREA", help=f"of {', '.join(areas)}; all if none is named")
    parser.add_argument("--sample", type=int, default=20, help="mutants of each area")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--jobs", type=int, default=2)
    options = parser.parse_args()
    if unknown := set(options.areas) - set(areas):
        parser.error(f"there is no area {', '.join(sorted(unknown))}")
    if wrong := outdated(accepted):
        sys.exit("accepted.toml is outdated:\n  " + "\n  ".join(wrong))
    killed = total = 0
    samples = {name: drawn(name, areas[name], options.sample, options.seed) for name in options.areas or areas}
    with workers(options.jobs) as free:
        for name, mutants in samples.items():
            left = survivors(mutants, free, options.jobs)
            print(f"{name}: {len(mutants) - len(left)} of {len(mutants)} killed", flush=True)
            for mutant in mutants:
                reason = next((each["reason"] for each in accepted if mutant.key.items() <= each.items()), None)
                if mutant in left:
                    print(f"  {mutant}{f'  (accepted: {reason})' if reason else ''}", flush=True)
                elif reason:
                    print(f"  {mutant}  (killed, though it is accepted: remove the reason)", flush=True)
            killed, total = killed + len(mutants) - len(left), total + len(mutants)
    print(f"{killed} of {total} killed ({killed / total:.0%})")
    sys.exit(killed < WANTED * total)


if __name__ == "__main__":
    main()
