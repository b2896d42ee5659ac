"""KServe's first protocol, which is that of TensorFlow Serving: instances in, predictions out."""

from __future__ import annotations

from typing import Any, Literal

import orjson
from fastapi import APIRouter
from pydantic import BaseModel

from tablee.errors import InvalidRequest, InvalidRows
from tablee.errors.cells import Cell, shorten
from tablee.http.middleware import Scope
from tablee.i18n.message import Message
from tablee.models.contract import Contract
from tablee_api.codecs import lenient_json
from tablee_api.codecs.json_rows import limit, refuse_repeated_names
from tablee_api.codecs.media_types import JSON
from tablee_api.codecs.predictions import to_objects
from tablee_api.codecs.table import RowTable, Table
from tablee_api.inference.pipeline import respond
from tablee_api.inference.request import InferenceRequest, InferenceResponse, RequestFormat, RowLimits, ScoredBlock
from tablee_api.models.repository import ModelRepository
from tablee_api.models.served_model import ServedModel
from tablee_api.protocols.protocol import InferenceProtocol, Route, ignores_unknown, schema


def read(body: bytes, served: ServedModel, limits: RowLimits) -> Table:
    """`{"instances": […]}`: objects, or lists of cells in the order of the contract. Other members are ignored.

    :raises MalformedBody: not JSON.
    :raises InvalidRequest: no instances.
    :raises InvalidRows: a list of another length, or a row that names a column twice.
    :raises TooManyRows: more than allowed in JSON.
    """
    data = lenient_json.loads(body)
    rows = data.get("instances")
    if type(rows) is not list:
        raise InvalidRequest("no_list_of_objects", member="instances", value=shorten(rows))
    limit(len(rows), limits.json)
    refuse_repeated_names(body, rows, around=len(data))
    return RowTable(named(rows, served.contract))


def named(rows: list[Any], contract: Contract) -> list[Any]:
    """The rows, with lists converted to objects.

    :raises InvalidRows: a list of another length than the contract has columns.
    """
    names, width = contract.names, len(contract.names)
    expected = Message("expected.list_or_object", {"width": width})
    wrong = [
        Cell(number, None, row, expected)
        for number, row in enumerate(rows, 1)
        if type(row) is list and len(row) != width
    ]
    if wrong:
        raise InvalidRows(wrong)
    return [dict(zip(names, row, strict=True)) if type(row) is list else row for row in rows]


def write(request: InferenceRequest, table: Table, parts: list[ScoredBlock]) -> InferenceResponse:
    """Predictions as in the native protocol, with the explanations in a member of their own."""
    predictions = [item for part in parts for item in to_objects(part)]
    document: dict[str, Any] = {"predictions": predictions}
    if request.format.explain:
        document["explanations"] = [item.pop("explanation") for item in predictions]
    return respond(request, JSON, orjson.dumps(document))


def predict_format(scope: Scope) -> RequestFormat:
    return RequestFormat(read, write, ignore_unknown=ignores_unknown(scope))


def explain_format(scope: Scope) -> RequestFormat:
    return RequestFormat(read, write, explain=True, ignore_unknown=ignores_unknown(scope))


def error(_status: int, sentence: str) -> dict[str, Any]:
    return {"error": sentence}


_LIST = {"type": "array"}
_INSTANCES = schema(instances=_LIST | {"description": "Objects, or lists of values in the contract's order"})
_PREDICTIONS = schema(predictions=_LIST)
_EXPLANATIONS = schema(predictions=_LIST, explanations=_LIST)

PROTOCOL = InferenceProtocol(
    name="KServe V1",
    routes=(
        Route("/v1/models/{name}:predict", predict_format, "Predict instances", _INSTANCES, _PREDICTIONS),
        Route("/v1/models/{name}:explain", explain_format, "Predict and explain instances", _INSTANCES, _EXPLANATIONS),
    ),
    owns=lambda path: path.startswith("/v1/"),
    error=error,
)


class Alive(BaseModel):
    status: Literal["alive"]


class Names(BaseModel):
    models: list[str]


class Ready(BaseModel):
    name: str
    ready: bool


def router(repository: ModelRepository) -> APIRouter:
    routes = APIRouter(tags=[PROTOCOL.name])

    @routes.get("/", summary="Is the process alive?")
    async def alive() -> Alive:
        return Alive(status="alive")

    @routes.get("/v1/models", summary="The models served")
    async def models() -> Names:
        return Names(models=list(repository.served))

    @routes.get("/v1/models/{name}", summary="Is a model ready?")
    async def model(name: str) -> Ready:
        return Ready(name=repository.get(name).name, ready=True)

    return routes
