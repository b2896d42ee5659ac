"""The protocol of MLflow's scoring server, with the same responses as our pyfunc gives there.

As there, a missing column counts as missing values, and an unknown column is ignored.
"""

from __future__ import annotations

from collections.abc import Mapping
from importlib import metadata
from typing import Any

import orjson
from fastapi import APIRouter, Response

from tablee.errors import InvalidRequest, UnsupportedMediaType
from tablee.errors.cells import shorten
from tablee.http.middleware import Scope
from tablee.i18n.message import joined
from tablee.models.contract import Contract
from tablee.models.validation.checked_columns import Values
from tablee.models.validation.names import put_in_order
from tablee_api.codecs import lenient_json
from tablee_api.codecs.csv_file import CsvFile
from tablee_api.codecs.json_rows import by_column, limit
from tablee_api.codecs.media_types import CSV, JSON, Headers, is_json
from tablee_api.codecs.predictions import column_names
from tablee_api.codecs.table import ColumnTable, Table
from tablee_api.inference.pipeline import respond
from tablee_api.inference.request import InferenceRequest, InferenceResponse, RequestFormat, RowLimits, ScoredBlock
from tablee_api.models.repository import ModelRepository
from tablee_api.models.served_model import ServedModel
from tablee_api.protocols.kserve_v1 import named
from tablee_api.protocols.protocol import InferenceProtocol, Route, schema
from tablee_api.server.shutdown import Shutdown

_MEMBERS = ("dataframe_split", "dataframe_records", "instances", "inputs")
_CODES = {401: "UNAUTHENTICATED", 404: "RESOURCE_DOES_NOT_EXIST", 500: "INTERNAL_ERROR", 503: "TEMPORARILY_UNAVAILABLE"}


def read_json(body: bytes, served: ServedModel, limits: RowLimits) -> Table:
    """One of the four forms of MLflow; `params` is ignored.

    :raises MalformedBody: not JSON.
    :raises InvalidRequest: none of the forms, or more than one.
    :raises TooManyRows: more rows than allowed in JSON.
    """
    contract, data = served.contract, lenient_json.loads(body)
    given = [name for name in _MEMBERS if name in data]
    if len(given) != 1:
        found = joined(given, "part.and") if given else shorten(sorted(data))
        raise InvalidRequest("no_single_form", found=found, forms=list(_MEMBERS))
    value = data[given[0]]
    if given[0] == "dataframe_split":
        table = _split(value, contract)
    elif given[0] == "inputs" and type(value) is dict:
        lists = {name: cells if type(cells) is list else [cells] for name, cells in value.items()}
        table = by_column(lists, "inputs")
    else:
        table = _records(value, given[0], contract)
    limit(table.rows, limits.json)
    return _fitting(table.columns, table.rows, contract)


def read_csv(body: bytes, served: ServedModel, limits: RowLimits) -> Table:
    """A CSV file with a header.

    :raises InvalidTable: it is broken.
    :raises TooManyRows: more rows than allowed in JSON, because the response is JSON.
    """
    file = CsvFile(body, served.contract)
    limit(file.rows, limits.json)
    return _fitting(file.columns(), file.rows, served.contract)


def _split(value: Any, contract: Contract) -> ColumnTable:
    """The form of `DataFrame.to_dict(orient="split")`."""
    if type(value) is not dict or type(value.get("data")) is not list:
        raise InvalidRequest("split_no_object", value=shorten(value))
    names, rows = value.get("columns", list(contract.names)), value["data"]
    if type(names) is not list or not all(type(name) is str for name in names) or len(set(names)) < len(names):
        raise InvalidRequest("split_columns", value=shorten(names))
    for number, row in enumerate(rows, 1):
        if type(row) is not list or len(row) != len(names):
            raise InvalidRequest("split_row", row=number, value=shorten(row), width=len(names))
    return ColumnTable({name: [row[at] for row in rows] for at, name in enumerate(names)}, len(rows))


def _records(value: Any, member: str, contract: Contract) -> ColumnTable:
    """A list of objects, or of lists of cells in the order of the contract."""
    if type(value) is not list:
        raise InvalidRequest("no_list_of_objects", member=member, value=shorten(value))
    rows = named(value, contract)
    for number, row in enumerate(rows, 1):
        if type(row) is not dict:
            raise InvalidRequest("record_no_object", row=number, value=shorten(row))
    rows = [put_in_order(row, contract.names) for row in rows]
    return ColumnTable({name: [row.get(name) for row in rows] for name in contract.names}, len(rows))


def _fitting(columns: Mapping[str, Values], rows: int, contract: Contract) -> ColumnTable:
    """Only the columns of the contract; a missing one is filled with None."""
    columns = put_in_order(columns, contract.names)
    return ColumnTable({name: columns[name] if name in columns else [None] * rows for name in contract.names}, rows)


def write(request: InferenceRequest, table: Table, parts: list[ScoredBlock]) -> InferenceResponse:
    """The data frame of our pyfunc as records."""
    names = column_names(request.served.contract, explain=False)
    records: list[dict[str, Any]] = []
    for part in parts:
        values, scores = part.predictions.values, part.predictions.scores.tolist()
        if part.predictions.classes:
            records += [dict(zip(names, (value, *row), strict=True)) for value, row in zip(values, scores, strict=True)]
        else:
            records += [{names[0]: value} for value in values]
    return respond(request, JSON, orjson.dumps({"predictions": records}))


_JSON, _CSV = RequestFormat(read_json, write), RequestFormat(read_csv, write, slow=True)


def select_format(scope: Scope) -> RequestFormat:
    """
    :raises UnsupportedMediaType: the body is neither JSON nor CSV, is compressed, or not in UTF-8.
    """
    kind = Headers.of(scope).kind
    if kind != CSV and not is_json(kind):
        raise UnsupportedMediaType("unknown_type", type=shorten(kind))
    return _CSV if kind == CSV else _JSON


def error(status: int, sentence: str) -> dict[str, Any]:
    return {"error_code": _CODES.get(status, "BAD_REQUEST"), "message": sentence}


PROTOCOL = InferenceProtocol(
    name="MLflow",
    routes=(
        Route(
            "/invocations",
            select_format,
            "Predict with the default model",
            {"oneOf": [schema(**{member: ...}) for member in _MEMBERS]},
            schema(predictions={"type": "array"}),
            refuses_unknown=False,
        ),
    ),
    owns=lambda path: path in ("/invocations", "/ping", "/health", "/version"),
    error=error,
)


def router(repository: ModelRepository, shutdown: Shutdown) -> APIRouter:
    routes = APIRouter(tags=[PROTOCOL.name])

    async def ping() -> Response:
        ready = repository.state.status == "ready" and not shutdown.begun.is_set()
        return Response("\n", 200 if ready else 503, media_type=JSON)

    for path in ("/ping", "/health"):
        routes.get(path, summary="Is it ready?", responses={503: {"description": "Not yet, or no longer"}})(ping)

    @routes.get("/version", summary="The MLflow whose protocol this is")
    async def version() -> Response:
        return Response(metadata.version("mlflow-skinny"), media_type="text/plain")

    return routes
