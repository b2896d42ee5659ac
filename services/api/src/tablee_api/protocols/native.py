"""The protocol of Tablée itself: rows as JSON, CSV or streams; predictions with probabilities and explanations."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import Any
from urllib.parse import parse_qsl

import orjson
import polars as pl

from tablee.errors import InvalidRequest, TooManyRows, UnsupportedMediaType
from tablee.errors.cells import shorten
from tablee.http.middleware import Scope
from tablee.models.contract import Contract
from tablee.models.validation.block import CellWarning, WarningCode
from tablee_api.codecs import arrow_stream, json_rows, ndjson
from tablee_api.codecs.csv_file import CsvFile
from tablee_api.codecs.media_types import CSV, JSON, Headers, is_json
from tablee_api.codecs.predictions import to_frame, to_json
from tablee_api.codecs.table import Table
from tablee_api.inference.pipeline import respond
from tablee_api.inference.request import (
    InferenceRequest,
    InferenceResponse,
    RequestFormat,
    RowLimits,
    ScoredBlock,
    StreamFormat,
)
from tablee_api.models.served_model import ServedModel
from tablee_api.protocols.protocol import UNKNOWN, Route, ignores_unknown

_FLAGS = {"true": True, "1": True, "false": False, "0": False}


def read_json(body: bytes, served: ServedModel, limits: RowLimits) -> Table:
    return served.decoder.read(body, limits.json) or json_rows.parse(body, limits.json)


def read_csv(body: bytes, served: ServedModel, limits: RowLimits) -> Table:
    return CsvFile(body, served.contract)


def read_short_csv(body: bytes, served: ServedModel, limits: RowLimits) -> Table:
    """A CSV file whose response is JSON, with the limit of rows of JSON requests."""
    file = CsvFile(body, served.contract)
    if file.rows > limits.json:
        raise TooManyRows("json_answer", hint="accept_csv", rows=file.rows, limit=limits.json)
    return file


def write_json(request: InferenceRequest, table: Table, parts: list[ScoredBlock]) -> InferenceResponse:
    """The predictions as JSON; the rows themselves are not repeated."""
    document = {
        "model": request.served.name,
        "version": request.served.version,
        "prediction_id": request.prediction_id,
        "predictions": orjson.Fragment(b"[%b]" % b",".join(map(to_json, parts))),
        "warnings": [_explained(each, request.served.contract) for part in parts for each in part.block.warnings],
        "warning_count": request.warned.total(),
    }
    return respond(request, JSON, orjson.dumps(document))


def _explained(warning: CellWarning, contract: Contract) -> dict[str, Any]:
    """A warning as JSON; with what a text should be that cannot be read."""
    if warning.code is WarningCode.UNREADABLE:
        warning = replace(warning, expected=contract.column(warning.column).expected)
    return warning.to_dict()


def write_csv(request: InferenceRequest, table: Table, parts: list[ScoredBlock]) -> InferenceResponse:
    """The CSV file of the request (or its JSON rows as CSV) with the predictions as columns on the right."""
    contract = request.served.contract
    added = pl.concat([to_frame(part, contract) for part in parts])
    answer = respond(request, CSV + "; charset=utf-8; header=present", table.as_csv(contract, added))
    answer.headers.append((b"tablee-warning-count", str(request.warned.total()).encode()))
    return answer


PLAIN = RequestFormat(read_json, write_json)
"""JSON in and JSON out: the format of nearly every request."""
EXPLAINED = RequestFormat(read_json, write_json, explain=True)

STREAMS = {arrow_stream.KIND: (arrow_stream.read, arrow_stream.ArrowEncoder)} | dict.fromkeys(
    ndjson.KINDS, (ndjson.read, ndjson.NdjsonEncoder)
)
"""The media types of streams, with the functions that read and write them."""

_FORMATS = {
    (False, False): (read_json, write_json),
    (False, True): (read_json, write_csv),
    (True, False): (read_short_csv, write_json),
    (True, True): (read_csv, write_csv),
}


def select_format(scope: Scope) -> RequestFormat | StreamFormat:
    """
    :raises UnsupportedMediaType: the body is neither JSON nor CSV nor a stream, is compressed, or not in UTF-8.
    :raises InvalidRequest: an unknown query parameter, or a value that is no boolean.
    """
    headers = Headers.of(scope)
    explain, ignore = _explain(scope.get("query_string", b"").decode("latin-1")), ignores_unknown(scope)
    if headers.kind in STREAMS:
        kind = headers.preferred(tuple(STREAMS), headers.kind)
        read_stream = STREAMS[headers.kind][0]
        if ignore and headers.kind == arrow_stream.KIND:
            read_stream = partial(arrow_stream.read, ignore_unknown=True)
        return StreamFormat(read_stream, STREAMS[kind][1], kind, explain, ignore)
    csv_in = headers.kind == CSV
    if not csv_in and not is_json(headers.kind):
        raise UnsupportedMediaType(
            "unknown_type", hint="send_types", type=shorten(headers.kind), types=[JSON, CSV, *STREAMS]
        )
    csv_out = headers.preferred((JSON, CSV), CSV if csv_in else JSON) == CSV
    if not (csv_in or csv_out or explain or ignore):
        return PLAIN
    read, write = _FORMATS[csv_in, csv_out]
    return RequestFormat(read, write, explain, slow=csv_in, ignore_unknown=ignore)


def _explain(query: str) -> bool:
    given = parse_qsl(query, keep_blank_values=True, encoding="utf-8", errors="replace")
    unknown = [name for name, _ in given if name not in ("explain", UNKNOWN)]
    if unknown:
        raise InvalidRequest("unknown_parameter", parameter=shorten(unknown[0]))
    flags = [(name, value) for name, value in given if name == "explain"]
    values = {_FLAGS.get(value.lower()) for _, value in flags}
    if None in values or len(values) > 1:
        raise InvalidRequest("explain_no_flag", value=shorten(flags[-1][1]))
    return values == {True}


DEFAULT, NAMED = Route("/predict", select_format), Route("/models/{name}/predict", select_format)
