"""The steps from a body to a response, the same for every protocol: read → validate → score → write.

Nothing here depends on the HTTP server. Each step may run in the event loop or in a thread.
"""

from __future__ import annotations

from tablee.errors import TooManyRows
from tablee_api.codecs.table import Table
from tablee_api.inference.request import InferenceRequest, InferenceResponse, RequestFormat, RowLimits, ScoredBlock
from tablee_api.inference.score import score
from tablee_api.inference.validate import validate


def parse(request: InferenceRequest, body: bytes, limits: RowLimits) -> Table:
    """The table in a body.

    :raises TooManyRows: there are more rows than the limits allow.
    :raises TableeError: the body cannot be read; see the `read` function of the request's format.
    """
    assert isinstance(request.format, RequestFormat)  # noqa: S101 (`stream` handles the other kind)
    request.start()
    table = request.format.read(body, request.served, limits)
    limit_explained(request, table.rows, limits)
    request.preprocess += request.lap()
    return table


def limit_explained(request: InferenceRequest, rows: int, limits: RowLimits) -> None:
    """
    :raises TooManyRows: the request asks for explanations of more rows than allowed.
    """
    if request.format.explain and rows > limits.explained:
        raise TooManyRows("explained", hint="explain_fewer_rows", rows=rows, limit=limits.explained)


def answer(request: InferenceRequest, table: Table) -> InferenceResponse:
    """Validate and score a table, and write the response.

    :raises InvalidInput: rows do not fit the contract, or there is none.
    """
    assert isinstance(request.format, RequestFormat)  # noqa: S101 (`stream` handles the other kind)
    request.start()
    scored: list[ScoredBlock] = []
    first_row = 1
    for block in validate(table, request.validator):
        request.preprocess += request.lap()
        scored.append(score(request, block, first_row))
        first_row += block.rows
    request.rows = table.rows
    for part in scored:
        request.warned.update(part.block.warned)
    request.scored = scored
    response = request.format.write(request, table, scored)
    request.postprocess += request.lap()
    return response


def respond(request: InferenceRequest, content_type: str, body: bytes) -> InferenceResponse:
    """A response with this body and the headers that all responses have."""
    return InferenceResponse(headers(request, content_type, len(body)), body)


def headers(request: InferenceRequest, content_type: str, length: int) -> list[tuple[bytes, bytes]]:
    """The headers that all responses have: media type, length, model, version and prediction id."""
    return [
        (b"content-type", content_type.encode()),
        (b"content-length", str(length).encode()),
        *request.served.headers,
        (b"tablee-prediction-id", request.prediction_id.encode()),
    ]
