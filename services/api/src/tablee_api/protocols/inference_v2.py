"""The Open Inference Protocol (V2) over HTTP, as in KServe, MLServer and Triton, with binary tensors."""

from __future__ import annotations

from functools import partial
from typing import Any, Literal

import numpy as np
import orjson
from fastapi import APIRouter
from fastapi.responses import JSONResponse
from pydantic import BaseModel

from tablee import __version__
from tablee.errors import InvalidRequest
from tablee.errors.cells import shorten
from tablee.http.middleware import Scope
from tablee.models.contract import Contract, NumberColumn
from tablee_api.codecs import lenient_json, predictions, tensors
from tablee_api.codecs.json_rows import limit
from tablee_api.codecs.media_types import JSON
from tablee_api.codecs.table import ColumnTable, Table
from tablee_api.inference.pipeline import headers, respond
from tablee_api.inference.request import InferenceRequest, InferenceResponse, RequestFormat, RowLimits, ScoredBlock
from tablee_api.models.repository import ModelRepository
from tablee_api.models.served_model import ServedModel
from tablee_api.protocols.protocol import InferenceProtocol, Route, ignores_unknown, pick, schema
from tablee_api.server.shutdown import Shutdown

HEADER_LENGTH = b"inference-header-content-length"
"""The header with the length of the JSON part of a body, if binary tensors follow."""


class TensorTable(ColumnTable):
    """The columns of a request, and the requested form of the response: `id` is repeated in it; `outputs` are the
    requested tensors (all if None), each binary or not; `binary` applies to tensors that are not named."""

    def __init__(self, columns: ColumnTable, document: dict[str, Any]) -> None:
        super().__init__(columns.columns, columns.rows)
        self.id = _text(document, "id")
        self.binary = _flag(document, "binary_data_output") or False
        self.outputs = _outputs(document.get("outputs"))


def read(body: bytes, served: ServedModel, limits: RowLimits, *, header_length: int | None = None) -> TensorTable:
    """
    :raises MalformedBody: not JSON.
    :raises InvalidRequest: the tensors do not form a table.
    :raises TooManyRows: more rows than allowed in JSON, unless they come as binary tensors.
    """
    cut = len(body) if header_length is None else header_length
    if cut > len(body):
        raise InvalidRequest("header_beyond_body", header=cut, body=len(body))
    whole = memoryview(body)
    document = lenient_json.loads(whole[:cut])
    table = TensorTable(tensors.columns(document.get("inputs"), whole[cut:], served.contract), document)
    if header_length is None:
        limit(table.rows, limits.json)
    return table


def _text(document: dict[str, Any], name: str) -> str | None:
    value = document.get(name)
    if value is not None and type(value) is not str:
        raise InvalidRequest("member_no_text", member=name, value=shorten(value))
    return value


def _flag(document: dict[str, Any], name: str) -> bool | None:
    parameters = document.get("parameters")
    value = parameters.get(name) if type(parameters) is dict else None
    return value if type(value) is bool else None


def _outputs(wanted: Any) -> dict[str, bool | None] | None:
    """The requested tensors by name, and whether each should be binary (None: as the whole response)."""
    if wanted is None or wanted == []:
        return None
    if type(wanted) is not list or not all(type(each) is dict and type(each.get("name")) is str for each in wanted):
        raise InvalidRequest("outputs_no_list", value=shorten(wanted))
    return {each["name"]: _flag(each, "binary_data") for each in wanted}


def write(request: InferenceRequest, table: Table, parts: list[ScoredBlock]) -> InferenceResponse:
    """The requested tensors, in JSON or binary.

    :raises InvalidRequest: there is no output tensor of a requested name.
    """
    assert isinstance(table, TensorTable)  # noqa: S101 (what `read` makes)
    made = _columns(request, parts)
    wanted = table.outputs or dict.fromkeys(made)
    if unknown := wanted.keys() - made.keys():
        raise InvalidRequest("unknown_output", output=shorten(min(unknown)), outputs=list(made))
    outputs, follow = [], []
    for name, binary in wanted.items():
        tensor, data = tensors.encoded(name, made[name], binary=table.binary if binary is None else binary)
        outputs.append(tensor)
        follow.append(data)
    document = {
        "model_name": request.served.name,
        "model_version": str(request.served.version),
        "id": request.prediction_id if table.id is None else table.id,
        "outputs": outputs,
    }
    described = orjson.dumps(document, option=orjson.OPT_SERIALIZE_NUMPY)
    binary_data = b"".join(follow)
    if not any("parameters" in tensor for tensor in outputs):
        return respond(request, JSON, described)
    length = (HEADER_LENGTH, str(len(described)).encode())
    body = described + binary_data
    return InferenceResponse([*headers(request, "application/octet-stream", len(body)), length], body)


def _columns(request: InferenceRequest, parts: list[ScoredBlock]) -> dict[str, Any]:
    """The columns of the response by name; numpy arrays where they are numbers."""
    contract = request.served.contract
    names = predictions.column_names(contract, explain=request.format.explain)
    scores = np.concatenate([part.predictions.scores for part in parts])
    columns: list[Any] = [np.ascontiguousarray(column) for column in scores.T]
    if contract.target.classes:
        columns.insert(0, [value for part in parts for value in part.predictions.values])
    if request.format.explain:
        explained = [each for part in parts for each in part.explanations or ()]
        rows = np.array([[*each.contributions.values(), each.bias] for each in explained])
        columns += [np.ascontiguousarray(column) for column in rows.T]
    return dict(zip(names, columns, strict=True))


def infer_format(scope: Scope, *, explain: bool = False) -> RequestFormat:
    """
    :raises InvalidRequest: the header of the JSON length is not a number, or the query is wrong.
    """
    given, ignore = dict(scope["headers"]).get(HEADER_LENGTH), ignores_unknown(scope)
    if given is None:
        return RequestFormat(read, write, explain, ignore_unknown=ignore)
    if not given.isdigit():
        raise InvalidRequest("header_no_number", value=shorten(given.decode("latin-1")))
    return RequestFormat(partial(read, header_length=int(given)), write, explain, ignore_unknown=ignore)


explain_format = partial(infer_format, explain=True)


def error(_status: int, sentence: str) -> dict[str, Any]:
    return {"error": sentence}


_MODEL, _VERSION = "/v2/models/{name}", "/v2/models/{name}/versions/{version}"

_TENSOR = schema(name={"type": "string"}, shape={"type": "array"}, datatype={"type": "string"})
_TENSORS = {"type": "array", "items": _TENSOR}
_REQUEST = schema(inputs=_TENSORS | {"description": "One of shape [rows] or [rows, 1] per column"})
_ANSWER = schema(
    model_name={"type": "string"}, model_version={"type": "string"}, id={"type": "string"}, outputs=_TENSORS
)

PROTOCOL = InferenceProtocol(
    name="Open Inference Protocol",
    routes=tuple(
        Route(f"{of}/{verb}", select_format, summary, _REQUEST, _ANSWER)
        for of in (_MODEL, _VERSION)
        for verb, select_format, summary in (
            ("infer", infer_format, "Predict tensors"),
            ("explain", explain_format, "Predict and explain tensors: `contribution_…` and `bias` are added"),
        )
    ),
    owns=lambda path: path == "/v2" or path.startswith("/v2/"),
    error=error,
)


class Server(BaseModel):
    name: str
    version: str
    extensions: list[str]


class Live(BaseModel):
    live: bool


class Ready(BaseModel):
    ready: bool


class ModelReady(BaseModel):
    name: str
    ready: bool


class Names(BaseModel):
    models: list[str]


Datatype = Literal["FP64", "BYTES"]


class Tensor(BaseModel):
    name: str
    datatype: Datatype
    shape: list[int]


class Metadata(BaseModel):
    """A model's tensors; -1 is any number of rows."""

    name: str
    versions: list[str]
    platform: str
    inputs: list[Tensor]
    outputs: list[Tensor]


class Wanted(BaseModel):
    ready: bool = False
    """Only the models that are ready."""


class Entry(BaseModel):
    name: str
    version: str
    state: Literal["READY", "UNAVAILABLE"]
    reason: str


def router(repository: ModelRepository, shutdown: Shutdown) -> APIRouter:
    routes = APIRouter(tags=[PROTOCOL.name])

    @routes.get("/v2", summary="What speaks here")
    async def server() -> Server:
        return Server(name="tablee", version=__version__, extensions=["binary_tensor_data", "model_repository"])

    @routes.get("/v2/health/live", summary="Is the process alive?")
    async def live() -> Live:
        return Live(live=True)

    @routes.get(
        "/v2/health/ready",
        summary="Does it serve what it is pinned to?",
        response_model=Ready,
        responses={503: {"model": Ready, "description": "Not yet, or no longer"}},
    )
    async def ready() -> JSONResponse:
        is_ready = repository.state.status == "ready" and not shutdown.begun.is_set()
        return JSONResponse({"ready": is_ready}, 200 if is_ready else 503)

    @routes.get("/v2/models", summary="The models served")
    async def models() -> Names:
        return Names(models=list(repository.served))

    @routes.get(_MODEL, summary="A model's tensors")
    @routes.get(_VERSION, summary="A version's tensors")
    async def model(name: str, version: str | None = None) -> Metadata:
        served = pick(repository, {"name": name, "version": version})
        return _metadata(served.name, served.version, served.contract)

    @routes.get(f"{_MODEL}/ready", summary="Is a model ready?")
    @routes.get(f"{_VERSION}/ready", summary="Is a version ready?")
    async def model_ready(name: str, version: str | None = None) -> ModelReady:
        return ModelReady(name=pick(repository, {"name": name, "version": version}).name, ready=True)

    @routes.post("/v2/repository/index", summary="The models pinned")
    async def index(wanted: Wanted | None = None) -> list[Entry]:
        entries = [_entry(repository, name, version) for name, version in repository.pins.items()]
        return [entry for entry in entries if entry.state == "READY" or not (wanted and wanted.ready)]

    return routes


def _metadata(name: str, version: int, contract: Contract) -> Metadata:
    first: Datatype = "BYTES" if contract.target.classes else "FP64"
    outputs = predictions.column_names(contract, explain=False)
    return Metadata(
        name=name,
        versions=[str(version)],
        platform="tablee",
        inputs=[
            Tensor(name=column.name, datatype="FP64" if isinstance(column, NumberColumn) else "BYTES", shape=[-1])
            for column in contract.columns
        ],
        outputs=[Tensor(name=each, datatype="FP64" if at else first, shape=[-1]) for at, each in enumerate(outputs)],
    )


def _entry(repository: ModelRepository, name: str, version: int) -> Entry:
    ready = name in repository.served
    reason = "" if ready else str(repository.state.reason)
    return Entry(name=name, version=str(version), state="READY" if ready else "UNAVAILABLE", reason=reason)
