"""The JSON schemas that follow from a model's contract: its rows, the bodies of its requests, its predictions."""

from __future__ import annotations

from typing import Any

from tablee.models.contract import CategoryColumn, Column, Contract, NumberColumn, TextColumn

MAX_LEVELS = 1000
"""The longest list of levels that is spelt out."""
MAX_EXAMPLES = 2

Schema = dict[str, Any]


def row_schema(contract: Contract) -> Schema:
    """One row. Stricter than the service, which scores and reports values outside the range or list given here."""
    properties = {column.name: _column(column) for column in contract.columns}
    ignored = {name: {"description": "Accepted and left out."} for name in contract.ignored}
    return {
        "type": "object",
        "title": f"A row for {contract.model}",
        "properties": properties | ignored,
        "required": list(contract.names),
        "additionalProperties": False,
        "examples": list(contract.examples[:MAX_EXAMPLES]),
    }


def _column(column: Column) -> Schema:
    if isinstance(column, TextColumn):
        kind = str(column.expected).capitalize()
        description = f"{kind}; one that cannot be read is scored as missing, with a warning."
        return {"type": ["string", "null"], "description": description + _coarse(column)}
    return _number(column) if isinstance(column, NumberColumn) else _category(column)


def _number(column: NumberColumn) -> Schema:
    return {
        "type": ["integer" if column.integer else "number", "null"],
        "minimum": column.minimum,
        "maximum": column.highest,
        "description": "The range is what training saw; a value beyond it is scored, with a warning." + _coarse(column),
    }


def _category(column: CategoryColumn) -> Schema:
    schema: Schema = {
        "type": ["string", "null"],
        "description": "The levels are those training saw; another text is scored as missing, with a warning."
        + _coarse(column),
    }
    if column.generalisation is not None:
        if column.generalisation.original.number is not None:
            schema["type"] = ["string", "number", "null"]
        schema["examples"] = list(column.levels[:MAX_EXAMPLES])
    elif len(column.levels) <= MAX_LEVELS:
        schema["enum"] = [*column.levels, None]
    return schema


def _coarse(column: Column) -> str:
    """What is said of a column that a privacy action made coarser."""
    if column.generalisation is None:
        return ""
    action = column.generalisation.action.model_dump(mode="json", exclude={"column"})
    told = ", ".join(f"{name} {value}" for name, value in action.items())
    return f" Training saw the result of a privacy action ({told}); a value as it was before is read in the same way."


def body_schema(row: Schema) -> Schema:
    """The body of a request in JSON: many rows, one row, or a list of values per column.

    :param row: the schema of one row.
    """
    many: Schema = {"type": "array", "items": row, "minItems": 1}
    lists = {"type": "object", "additionalProperties": {"type": "array"}}
    described = lists | {"description": "A list of values per column, all equally long; the quickest for many rows"}
    forms = (object_schema(rows=many), object_schema(row=row), object_schema(columns=described))
    return {"oneOf": [form | {"additionalProperties": False} for form in forms]}


def body_examples(contract: Contract) -> Schema:
    """The contract's first rows as bodies, one for each form of `body_schema`; empty if the contract has no rows."""
    rows = list(contract.examples[:MAX_EXAMPLES])
    if not rows:
        return {}
    shown = {"rows": rows, "row": rows[0], "columns": {name: [row[name] for row in rows] for name in contract.names}}
    return {member: {"value": {member: value}} for member, value in shown.items()}


def prediction_schema(contract: Contract) -> Schema:
    """The prediction for one row."""
    classes = contract.target.classes
    explanation = {"explanation": reference("Explanation")}
    if not classes:
        return object_schema({"prediction": {"type": "number"}}, explanation)
    probability: Schema = {"type": "number", "minimum": 0, "maximum": 1}
    required = {
        "prediction": {"type": "string", "enum": list(classes)},
        "probability": probability | {"description": "Of the class predicted"},
        "probabilities": object_schema(dict.fromkeys(classes, probability)),
    }
    return object_schema(required, explanation)


def answer_schema(prediction: Schema) -> Schema:
    """The body of an answer in JSON.

    :param prediction: the schema of the prediction for one row.
    """
    return object_schema(
        model={"type": "string"},
        version={"type": "integer"},
        prediction_id={"type": "string"},
        predictions={"type": "array", "items": prediction},
        warnings={"type": "array", "items": reference("CellWarning"), "description": "The first of them"},
        warning_count={"type": "integer", "description": "All of them"},
    )


def object_schema(required: Schema | None = None, optional: Schema | None = None, /, **named: Schema) -> Schema:
    """An object with required members (`required` and `named`) and optional ones."""
    required = (required or {}) | named
    return {"type": "object", "properties": required | (optional or {}), "required": list(required)}


def reference(name: str) -> Schema:
    """A reference to a schema among the document's components."""
    return {"$ref": f"#/components/schemas/{name}"}
