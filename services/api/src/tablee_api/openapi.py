"""The OpenAPI document: what FastAPI knows of its routes, and a typed `predict` per served model.

Drawn from the contracts anew whenever it is asked for, so that it describes what is served now.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any
from urllib.parse import quote

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi

from tablee.errors import TableeError, tree
from tablee.models.contract import CategoryColumn, Column, Contract, NumberColumn, TextColumn
from tablee.models.validation.block import WarningCode
from tablee_api.codecs import arrow_stream, ndjson
from tablee_api.models.served_model import ServedModel
from tablee_api.protocols import PROTOCOLS
from tablee_api.protocols.protocol import InferenceProtocol, Route

MAX_LEVELS = 1000
"""Longest list of levels that is spelt out."""
MAX_EXAMPLES = 2

Schema = dict[str, Any]

_REFUSALS = {
    "400": "The body is not JSON",
    "401": "The key is missing or wrong",
    "404": "The model is not served here",
    "413": "The body is too large, or has too many rows",
    "415": "The body is of another type",
    "422": "Rows do not fit the model: each wrong cell is named",
    "500": "A fault of the service",
    "503": "No model is ready, or too many requests are in flight; repeat after `Retry-After`",
}

_STREAMS = {
    arrow_stream.KIND: {"schema": {"type": "string", "format": "binary", "description": "An Arrow IPC stream"}},
    ndjson.KINDS[0]: {"schema": {"type": "string", "description": "An object a line"}},
}
"""Bodies of any length, answered in the same form."""


def describe(app: FastAPI, served: Iterable[ServedModel], *, default: str | None) -> Schema:
    """The whole document."""
    document = get_openapi(title=app.title, version=app.version, description=app.description, routes=app.routes)
    schemas = document.setdefault("components", {}).setdefault("schemas", {})
    schemas |= {"Problem": _problem(), "CellWarning": _warning(), "Explanation": _explanation()}
    paths = document["paths"]
    for each in served:
        row, item = f"{each.name}-row", f"{each.name}-prediction"
        schemas[row] = row_schema(each.contract)
        schemas[item] = _prediction(each.contract)
        operation = _operation(each, row, item)
        paths[f"/models/{quote(each.name)}/predict"] = {"post": operation}
        if each.name == default:
            paths["/predict"] = {"post": operation | {"operationId": "predict"}}
    if "/predict" not in paths:
        paths["/predict"] = {"post": _untyped()}
    for protocol in PROTOCOLS:
        for route in protocol.routes:
            paths.setdefault(route.path, {})["post"] = _of_protocol(protocol, route)
    return dict(document)


def _of_protocol(protocol: InferenceProtocol, route: Route) -> Schema:
    """A route of a protocol that others have drawn up; the refusals have its own form of errors."""
    names = re.findall(r"\{(\w+)\}", route.path)
    refusals = {status: {"description": text} for status, text in _REFUSALS.items()}
    answer = {"description": "A prediction per row", "content": {"application/json": {"schema": route.answer}}}
    return {
        "tags": [protocol.name],
        "summary": route.summary,
        "operationId": re.sub(r"\W+", "_", route.path).strip("_"),
        "parameters": [{"name": name, "in": "path", "required": True, "schema": {"type": "string"}} for name in names],
        "requestBody": {"required": True, "content": {"application/json": {"schema": route.body}}},
        "responses": {"200": answer} | refusals,
    }


def row_schema(contract: Contract) -> Schema:
    """One row. Stricter than the service, which scores and reports values out of the range or list given here."""
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
        return {"type": ["string", "null"], "description": description}
    return _number(column) if isinstance(column, NumberColumn) else _category(column)


def _number(column: NumberColumn) -> Schema:
    return {
        "type": ["integer" if column.integer else "number", "null"],
        "minimum": column.minimum,
        "maximum": column.maximum,
        "description": "The range is what training saw; a value beyond it is scored, with a warning.",
    }


def _category(column: CategoryColumn) -> Schema:
    schema: Schema = {
        "type": ["string", "null"],
        "description": "The levels are those training saw; another text is scored as missing, with a warning.",
    }
    if len(column.levels) <= MAX_LEVELS:
        schema["enum"] = [*column.levels, None]
    return schema


def _operation(served: ServedModel, row: str, item: str) -> Schema:
    contract = served.contract
    rows = list(contract.examples[:MAX_EXAMPLES])
    body: Schema = {"schema": _body(_ref(row))}
    if rows:
        columns = {name: [row[name] for row in rows] for name in contract.names}
        shown = {"rows": rows, "row": rows[0], "columns": columns}
        body["examples"] = {member: {"value": {member: value}} for member, value in shown.items()}
    return _described(
        summary=f"Predict {contract.target.name} with {served.name}",
        operation_id=f"predict_{served.name}",
        body=body,
        answer=_answer(_ref(item)),
    )


def _untyped() -> Schema:
    """`predict` as it is before the first model."""
    row = {"type": "object", "description": "A value per column of the model"}
    return _described(
        summary="Predict with the default model (none is served yet)",
        operation_id="predict",
        body={"schema": _body(row)},
        answer=_answer({"type": "object"}),
    )


def _described(*, summary: str, operation_id: str, body: Schema, answer: Schema) -> Schema:
    table = {"schema": {"type": "string", "description": "UTF-8, comma-separated, with a header line"}}
    problem = {"application/problem+json": {"schema": _ref("Problem")}}
    return {
        "tags": ["predictions"],
        "summary": summary,
        "operationId": operation_id,
        "parameters": [
            {
                "name": "explain",
                "in": "query",
                "schema": {"type": "boolean", "default": False},
                "description": "Give each prediction's reasons: a contribution per column",
            }
        ],
        "requestBody": {"required": True, "content": {"application/json": body, "text/csv": table} | _STREAMS},
        "responses": {
            "200": {
                "description": "A prediction per row, in their order",
                "content": {"application/json": {"schema": answer}, "text/csv": table} | _STREAMS,
            },
            **{status: {"description": text, "content": problem} for status, text in _REFUSALS.items()},
        },
    }


def _body(row: Schema) -> Schema:
    many = {
        "type": "object",
        "properties": {"rows": {"type": "array", "items": row, "minItems": 1}},
        "required": ["rows"],
        "additionalProperties": False,
    }
    one = {"type": "object", "properties": {"row": row}, "required": ["row"], "additionalProperties": False}
    lists = {"type": "object", "additionalProperties": {"type": "array"}}
    described = lists | {"description": "A list of values per column, all equally long; the quickest for many rows"}
    by_column = _object(columns=described) | {"additionalProperties": False}
    return {"oneOf": [many, one, by_column]}


def _answer(item: Schema) -> Schema:
    return _object(
        model={"type": "string"},
        version={"type": "integer"},
        prediction_id={"type": "string"},
        predictions={"type": "array", "items": item},
        warnings={"type": "array", "items": _ref("CellWarning"), "description": "The first of them"},
        warning_count={"type": "integer", "description": "All of them"},
    )


def _prediction(contract: Contract) -> Schema:
    classes = contract.target.classes
    explanation = {"explanation": _ref("Explanation")}
    if not classes:
        return _object({"prediction": {"type": "number"}}, explanation)
    probability: Schema = {"type": "number", "minimum": 0, "maximum": 1}
    required = {
        "prediction": {"type": "string", "enum": list(classes)},
        "probability": probability | {"description": "Of the class predicted"},
        "probabilities": _object(dict.fromkeys(classes, probability)),
    }
    return _object(required, explanation)


def _explanation() -> Schema:
    numbers = {"type": "object", "additionalProperties": {"type": "number"}}
    return _object(
        scale={"type": "string", "enum": ["log_odds", "probability", "value"]},
        **{"class": {"type": ["string", "null"], "description": "Whose score is explained"}},
        bias={"type": "number"},
        contributions=numbers | {"description": "By column"},
        output={"type": "number", "description": "The bias and all contributions added up"},
        method={"type": "string", "enum": ["treeshap", "sampled_shapley"]},
        standard_error={"oneOf": [numbers, {"type": "null"}], "description": "By column, where sampled"},
        evaluations={"type": "integer", "description": "Rows scored for it"},
    )


def _warning() -> Schema:
    return _object(
        row={"type": "integer", "description": "From 1"},
        column={"type": "string"},
        code={"type": "string", "enum": [code.value for code in WarningCode]},
        value={"type": ["number", "string", "null"]},
    )


def _problem() -> Schema:
    text = {"type": "string"}
    return _object(
        {
            "type": text,
            "title": text,
            "status": {"type": "integer"},
            "detail": text,
            "code": text | {"enum": sorted({error.code for error in tree(TableeError)})},
            "hint": text | {"description": "What to do next"},
        },
        {
            "request_id": text,
            "errors": {"type": "array", "items": {"type": "object"}, "description": "The first wrong cells"},
            "error_count": {"type": "integer"},
        },
    )


def _object(required: Schema | None = None, optional: Schema | None = None, /, **named: Schema) -> Schema:
    required = (required or {}) | named
    return {"type": "object", "properties": required | (optional or {}), "required": list(required)}


def _ref(name: str) -> Schema:
    return {"$ref": f"#/components/schemas/{name}"}
