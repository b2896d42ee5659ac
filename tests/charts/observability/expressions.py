"""The PromQL expressions of rules and dashboards, and the metrics that they name."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml
from repository import ROOT

FILES = ROOT / "charts" / "tablee" / "files"
RULES = sorted((FILES / "rules").glob("*.yaml"))
DASHBOARDS = sorted((FILES / "dashboards").glob("*.json"))

WORDS = {"and", "or", "unless", "bool", "offset", "by", "without", "on", "ignoring", "group_left", "group_right"}
_LISTS = re.compile(r"\b(?:by|without|on|ignoring|group_left|group_right)\s*\([^)]*\)")
_SELECTED = re.compile(r"([A-Za-z_:][A-Za-z0-9_:]*)(\{[^}]*\})?(\[[^\]]*\])?")


@dataclass(frozen=True)
class Expression:
    """An expression and its place."""

    where: str
    text: str

    def selectors(self) -> Iterator[tuple[str, str]]:
        """Every metric that is named, and its label matchers in braces."""
        strings: list[str] = []

        def hide(found: re.Match[str]) -> str:
            strings.append(found[0])
            return f"{{{len(strings) - 1}}}"  # a brace within a string is none of PromQL's

        hidden = _LISTS.sub(" ", re.sub(r"\{[^{}]*(?:\"(?:[^\"\\]|\\.)*\"[^{}\"]*)*\}", hide, self.text))
        for found in _SELECTED.finditer(hidden):
            name, braces = found[1], found[2] or ""
            called = hidden[found.end() :].lstrip().startswith("(")
            if name not in WORDS and not called and not re.fullmatch(r"[0-9]*[smhdwy]?", name):
                yield name, strings[int(braces[1:-1])] if braces else ""

    def metrics(self) -> set[str]:
        return {name for name, _ in self.selectors()}


def rules() -> Iterator[tuple[Path, dict[str, Any]]]:
    """Every rule with its file."""
    for path in RULES:
        for group in yaml.safe_load(path.read_text(encoding="utf-8"))["groups"]:
            for rule in group["rules"]:
                yield path, rule


def alerts() -> dict[str, dict[str, Any]]:
    return {rule["alert"]: rule for _, rule in rules() if "alert" in rule}


def recorded() -> dict[str, dict[str, Any]]:
    return {rule["record"]: rule for _, rule in rules() if "record" in rule}


def boards() -> dict[str, dict[str, Any]]:
    return {path.stem: json.loads(path.read_text(encoding="utf-8")) for path in DASHBOARDS}


def panels(board: dict[str, Any]) -> list[dict[str, Any]]:
    return [panel for panel in board["panels"] if panel["type"] != "row"]


def of_rules() -> list[Expression]:
    return [Expression(str(rule.get("alert") or rule["record"]), rule["expr"]) for _, rule in rules()]


def of_panels() -> list[Expression]:
    return [
        Expression(f"{name}: {panel['title']}", target["expr"])
        for name, board in boards().items()
        for panel in panels(board)
        for target in panel["targets"]
    ]


def filled(expression: str, *, namespace: str, release: str, interval: str = "1m", span: str = "15m") -> str:
    """A panel's expression as Grafana sends it."""
    values = {
        "$__rate_interval": interval,
        "$__range": span,
        "$namespace": namespace,
        "$release": release,
        "$model": ".*",
    }
    for variable, value in values.items():
        expression = expression.replace(variable, value)
    return expression
