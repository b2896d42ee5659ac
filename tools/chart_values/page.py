"""docs/values.md: every key with its default and description."""

from __future__ import annotations

import json
from collections.abc import Iterator

from chart_values.blocks import Block
from chart_values.whole import Values

HEAD = """\
# Values of the chart

`helm show values charts/tablee` prints the defaults, which work unchanged on a laptop. Three more files are starting
points: [ha.yaml](../charts/tablee/values/ha.yaml) (replicas, autoscaling, three H2O nodes),
[external.yaml](../charts/tablee/values/external.yaml) (your own PostgreSQL, S3 and Prometheus) and
[full.yaml](../charts/tablee/values/full.yaml) (everything on). A misspelt key is an error before anything is rendered.

This page is written by `make docs` from the types in `tools/chart_values`.
"""


def text() -> str:
    parts, scalars = [HEAD], []
    for name, field in Values.ordered().items():
        value, key = getattr(Values(), name), field.alias or name
        if isinstance(value, Block):
            parts.append(f"## {key}\n\n{_clean(type(value).__doc__)}\n\n{_table(list(_rows(value, key)))}")
        else:
            scalars.append((key, value, _clean(field.description)))
    return "\n".join([*parts[:1], _table(scalars), *parts[1:]])


def _rows(block: Block, path: str) -> Iterator[tuple[str, object, str]]:
    for name, field in type(block).ordered().items():
        value, key = getattr(block, name), f"{path}.{field.alias or name}"
        if isinstance(value, Block):
            yield from _rows(value, key)
        else:
            yield key, value, _clean(field.description)


def _table(rows: list[tuple[str, object, str]]) -> str:
    lines = ["| key | default | what it is |", "| --- | --- | --- |"]
    lines += [f"| `{key}` | {_default(value)} | {what} |".replace("  ", " ") for key, value, what in rows]
    return "\n".join(lines) + "\n"


def _default(value: object) -> str:
    return "–" if value in ("", None, [], {}) else f"`{json.dumps(value) if not isinstance(value, str) else value}`"


def _clean(words: str | None) -> str:
    return " ".join((words or "").split())
