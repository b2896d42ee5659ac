"""The OpenAPI document: FastAPI describes its own routes; the routes that predict are added here.

It is made anew from the contracts at each request, so that it describes the models that are served now.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from urllib.parse import quote

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi

from tablee_api.codecs import arrow_stream, ndjson
from tablee_api.models.served_model import ServedModel
from tablee_api.openapi import rows
from tablee_api.openapi.rows import Schema
from tablee_api.openapi.schemas import schemas
from tablee_api.protocols import PROTOCOLS
from tablee_api.protocols.protocol import UNKNOWN, InferenceProtocol, Route

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

_UNKNOWN: Schema = {
    "name": UNKNOWN,
    "in": "query",
    "schema": {"type": "string", "enum": ["refuse", "ignore"], "default": "refuse"},
    "description": "What becomes of columns that the model does not know: an error, or they are left out",
}

_STREAMS = {
    arrow_stream.KIND: {"schema": {"type": "string", "format": "binary", "description": "An Arrow IPC stream"}},
    ndjson.KINDS[0]: {"schema": {"type": "string", "description": "An object a line"}},
}
"""Bodies of any length; the answer has the form of the request."""


def describe(app: FastAPI, served: Iterable[ServedModel], *, default: str | None) -> Schema:
    """The whole document.

    :param default: the name of the model that `POST /predict` uses.
    """
    document = get_openapi(title=app.title, version=app.version, description=app.description, routes=app.routes)
    components = document.setdefault("components", {}).setdefault("schemas", {})
    components |= schemas()
    paths = document["paths"]
    for each in served:
        row, prediction = f"{each.name}-row", f"{each.name}-prediction"
        components[row] = rows.row_schema(each.contract)
        components[prediction] = rows.prediction_schema(each.contract)
        operation = _of_model(each, row, prediction)
        paths[f"/models/{quote(each.name)}/predict"] = {"post": operation}
        if each.name == default:
            paths["/predict"] = {"post": operation | {"operationId": "predict"}}
    if "/predict" not in paths:
        paths["/predict"] = {"post": _without_model()}
    for protocol in PROTOCOLS:
        for route in protocol.routes:
            paths.setdefault(route.path, {})["post"] = _of_protocol(protocol, route)
    return dict(document)


def _of_protocol(protocol: InferenceProtocol, route: Route) -> Schema:
    """A route of a protocol with a specification of its own; its errors have that protocol's form."""
    names = re.findall(r"\{(\w+)\}", route.path)
    refusals = {status: {"description": text} for status, text in _REFUSALS.items()}
    answer = {"description": "A prediction per row", "content": {"application/json": {"schema": route.answer}}}
    return {
        "tags": [protocol.name],
        "summary": route.summary,
        "operationId": re.sub(r"\W+", "_", route.path).strip("_"),
        "parameters": [
            *({"name": name, "in": "path", "required": True, "schema": {"type": "string"}} for name in names),
            *([_UNKNOWN] if route.refuses_unknown else []),
        ],
        "requestBody": {"required": True, "content": {"application/json": {"schema": route.body}}},
        "responses": {"200": answer} | refusals,
    }


def _of_model(served: ServedModel, row: str, prediction: str) -> Schema:
    """`predict` of a served model; `row` and `prediction` are the names of its schemas."""
    body: Schema = {"schema": rows.body_schema(rows.reference(row))}
    if examples := rows.body_examples(served.contract):
        body["examples"] = examples
    return _predict(
        summary=f"Predict {served.contract.target.name} with {served.name}",
        operation_id=f"predict_{served.name}",
        body=body,
        answer=rows.answer_schema(rows.reference(prediction)),
    )


def _without_model() -> Schema:
    """`predict` before the first model is served."""
    row = {"type": "object", "description": "A value per column of the model"}
    return _predict(
        summary="Predict with the default model (none is served yet)",
        operation_id="predict",
        body={"schema": rows.body_schema(row)},
        answer=rows.answer_schema({"type": "object"}),
    )


def _predict(*, summary: str, operation_id: str, body: Schema, answer: Schema) -> Schema:
    table = {"schema": {"type": "string", "description": "UTF-8, comma-separated, with a header line"}}
    problem = {"application/problem+json": {"schema": rows.reference("Problem")}}
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
            },
            _UNKNOWN,
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
