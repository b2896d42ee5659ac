"""values.schema.json: the schema by which Helm checks values before it renders."""

from __future__ import annotations

import json
from typing import Any

from chart_values.whole import Values


def text() -> str:
    schema = Values.model_json_schema(by_alias=True)
    return json.dumps({"$schema": "http://json-schema.org/draft-07/schema#", **_lean(schema)}, indent=2) + "\n"


def _lean(node: Any) -> Any:
    """Remove titles that repeat the key, and use the older keyword for definitions."""
    if isinstance(node, list):
        return [_lean(item) for item in node]
    if not isinstance(node, dict):
        return f"#/definitions/{node[8:]}" if isinstance(node, str) and node.startswith("#/$defs/") else node
    lean: dict[str, Any] = {}
    for key, value in node.items():
        if key == "properties":
            lean[key] = {name: _lean(child) for name, child in value.items()}
        elif key == "$defs":
            lean["definitions"] = {name: _lean(child) for name, child in value.items()}
        elif key not in ("title", "default") and not (key == "description" and "$ref" in node):
            lean[key] = " ".join(value.split()) if key == "description" else _lean(value)
    return lean
