"""A Dockerfile as its instructions, stage by stage."""

from __future__ import annotations

import json
import re
import shlex
from dataclasses import dataclass, field
from pathlib import Path

from repository import ROOT

IMAGES = ("api", "controller", "ui", "train", "score", "mlflow", "h2o")
OURS = ("api", "controller", "ui", "train", "score")


@dataclass
class Stage:
    """A stage: the instructions between two FROMs."""

    name: str
    base: str
    instructions: list[tuple[str, str]] = field(default_factory=list)

    def all(self, keyword: str) -> list[str]:
        return [rest for found, rest in self.instructions if found == keyword]

    def last(self, keyword: str) -> str:
        return self.all(keyword)[-1]

    @property
    def environment(self) -> dict[str, str]:
        pairs = (pair.partition("=") for line in self.all("ENV") for pair in shlex.split(line))
        return {name: value for name, _, value in pairs}

    @property
    def entrypoint(self) -> list[str]:
        return list(json.loads(self.last("ENTRYPOINT")))


def stages(path: Path = ROOT / "Dockerfile") -> dict[str, Stage]:
    """Stages by name; the last one without a name is called `final`."""
    text = re.sub(r"^#.*\n", "", path.read_text(encoding="utf-8"), flags=re.MULTILINE)
    lines = re.sub(r"\\\n\s*", " ", text).splitlines()
    found: dict[str, Stage] = {}
    current: Stage | None = None
    for line in filter(None, lines):
        keyword, _, rest = line.partition(" ")
        if keyword == "FROM":
            base, _, name = rest.partition(" AS ")
            current = found[name or "final"] = Stage(name or "final", base)
        elif current is not None:
            current.instructions.append((keyword, rest.strip()))
    return found


def lineage(name: str) -> list[Stage]:
    """A stage and the stages that it is built from, nearest first."""
    known, line = stages(), []
    while name in known:
        line.append(known[name])
        name = known[name].base
    return line
