"""values.yaml: the defaults, in the order of the types, each group below its first sentence."""

from __future__ import annotations

import json
from collections.abc import Iterator
from textwrap import wrap
from typing import Any

from chart_values.blocks import Block
from chart_values.whole import Values

HEAD = """\
# The defaults, sized for a laptop. Written by tools/chart_values; every key is described in docs/values.md.
"""
WIDTH = 118


def text() -> str:
    return HEAD + "".join(f"{line}\n" for line in _block(Values(), 0))


def _block(block: Block, depth: int) -> Iterator[str]:
    pad = "  " * depth
    for name, field in type(block).ordered().items():
        value, key = getattr(block, name), field.alias or name
        if depth == 0:
            yield ""
        if depth == 0 or not isinstance(value, Block):
            yield from (f"{pad}# {line}" for line in wrap(_sentence(field.description), WIDTH - 2 * depth - 2))
        line = f"{pad}{key}: {_flow(value)}"
        if isinstance(value, Block) and (depth == 0 or len(line) > WIDTH or not _plain(value)):
            yield f"{pad}{key}:"
            yield from _block(value, depth + 1)
        elif isinstance(value, list) and len(line) > WIDTH:
            yield f"{pad}{key}:"
            yield from (f"{pad}  - {_flow(item)}" for item in value)
        else:
            yield line


def _sentence(description: str | None) -> str:
    return " ".join((description or "").split())


def _plain(value: Block) -> bool:
    """Whether a group needs no comment on each of its keys."""
    return all(name in PLAIN for name in type(value).ordered())


PLAIN = {
    "repository", "tag", "digest", "enabled", "max_unavailable", "annotations", "cpu", "memory", "requests", "limits",
    "labels", "node_selector", "tolerations", "affinity", "priority_class_name", "size", "storage_class",
    "cidrs", "ports",
}  # fmt: skip


READ_OTHERWISE = ("true", "false", "null", "yes", "no", "on", "off", "y", "n")


def _flow(value: Any) -> str:
    """YAML on one line."""
    if isinstance(value, Block):
        value = value.model_dump(by_alias=True, exclude_none=True)
    if isinstance(value, dict):
        return "{" + ", ".join(f"{key}: {_flow(item)}" for key, item in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(_flow(item) for item in value) + "]"
    if value is None:
        return "null"
    return json.dumps(value, ensure_ascii=False) if isinstance(value, str) and not _bare(value) else _scalar(value)


def _scalar(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value)


def _bare(value: str) -> bool:
    """Whether YAML reads a text without quotes as the same text, also inside braces."""
    words = value.replace("/", "").replace(".", "").replace("-", "")
    return words.isalnum() and words[0].isalpha() and value.lower() not in READ_OTHERWISE
