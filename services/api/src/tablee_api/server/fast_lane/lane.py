"""Which requests take the fast lane, when, and their responses.

A small prediction request is answered in the callback that reads it from the socket. Of a request of one row, most of
the time would otherwise be spent in the web server: a task, an event, a scope, a chain of callables. Every other
request (another route or media type, a query, a large or broken body, a wrong key, a process that shuts down) is left
to the application, and so is every error.
"""

from __future__ import annotations

import asyncio
import hmac
import random
import time
from collections import deque
from typing import NamedTuple, Protocol
from urllib.parse import quote

from tablee.errors import Overloaded
from tablee.errors.panics import is_foreign
from tablee.http.middleware import valid_request_id
from tablee.telemetry import logger
from tablee_api.inference.endpoint import SMALL_BODY
from tablee_api.inference.pool import Pool
from tablee_api.inference.request import RowLimits
from tablee_api.models.repository import ModelRepository
from tablee_api.models.served_model import ServedModel
from tablee_api.models.shadow import ShadowScorer
from tablee_api.protocols import native
from tablee_api.server.fast_lane.few_rows import FewRowsHandler
from tablee_api.server.fast_lane.http_bytes import Refusal, lines
from tablee_api.server.fast_lane.request_counts import RequestCounts
from tablee_api.server.fast_lane.single_row import SingleRowHandler
from tablee_api.server.shutdown import Shutdown
from tablee_api.settings import ApiSettings

log = logger(__name__)

_ORDINARY = frozenset((b"transfer-encoding", b"content-encoding", b"expect", b"upgrade"))
"""Headers of requests that cannot take the lane."""
_NO_HEADERS: list[tuple[bytes, bytes]] = []
UNWATCHED = 8
"""So many requests are answered before the time of the current round of the event loop is measured."""
ROUND_SECONDS = 0.01
"""How long the lane may block the event loop in one round. Further requests are queued, so that other tasks can run."""


class QueuedConnection(Protocol):
    """A connection whose request is queued."""

    def serve(self, *, too_late: bool = False) -> None:
        """Answer the request; refuse it if it waited too long."""
        ...


class LaneTarget(NamedTuple):
    """The handlers of one model and route."""

    single_row: SingleRowHandler
    few_rows: FewRowsHandler
    counts: RequestCounts
    head: bytes
    """The status line and the headers of all its responses."""


class AdmittedRequest(NamedTuple):
    """A request that may take the lane; its body is not read yet."""

    lane_target: LaneTarget
    request_id: bytes
    languages: bytes
    """The value of `Accept-Language`."""


class FastLane:
    """Admits requests to the lane and answers them. Only the thread of the event loop may use it."""

    def __init__(
        self,
        settings: ApiSettings,
        repository: ModelRepository,
        shutdown: Shutdown,
        pool: Pool,
        shadow: ShadowScorer | None = None,
    ) -> None:
        self._repository, self._shutdown, self._pool, self._shadow = repository, shutdown, pool, shadow
        self._key = f"Bearer {settings.key.get_secret_value()}".encode() if settings.key else None
        self._base_path = settings.base_path
        self._limit = min(SMALL_BODY, settings.max_body_bytes)
        self._overloaded = Refusal(Overloaded("requests_in_flight"))
        self._queue_full = Refusal(Overloaded("queue_full"))
        self._rows = RowLimits(json=settings.max_json_rows, explained=settings.max_explained_rows)
        self._known: object = None
        self._targets: dict[bytes, LaneTarget] = {}
        self._common, self._common_text = _NO_HEADERS, b""
        self._waiting: deque[tuple[QueuedConnection, float]] = deque()
        self._max_waiting, self._max_wait = settings.max_in_flight, settings.queue_seconds
        self._in_round, self._round_begun = 0, 0.0

    def admit(
        self, target: bytes, headers: list[tuple[bytes, bytes]], common: list[tuple[bytes, bytes]]
    ) -> AdmittedRequest | bytes | None:
        """Decide about a POST request before its body is read.

        :param common: the headers of every response of the server.
        :return: the admitted request; or None if the application has to answer it; or the bytes of a refusal, if the
            queue of the lane (for a large request, of the threads) is full.
        """
        if self._repository.served is not self._known:
            self._make_targets()
        lane_target = self._targets.get(target)
        if lane_target is None or self._shutdown.begun.is_set():
            return None
        plain, liked, length, known, request_id, languages = False, True, -1, self._key is None, b"", b""
        for name, value in headers:
            if name == b"content-type":
                plain = value == b"application/json"
            elif name == b"content-length":
                length = int(value) if value.isdigit() else -1
            elif name == b"accept":
                liked = liked and value in (b"*/*", b"application/json")
            elif name == b"x-request-id":
                request_id = value
            elif name == b"accept-language":
                languages = value
            elif name == b"authorization":
                known = self._key is None or hmac.compare_digest(value, self._key)
            elif name in _ORDINARY:
                return None
        if length > SMALL_BODY and known and self._pool.is_full:
            return self._refused(self._queue_full, AdmittedRequest(lane_target, request_id, languages), common)
        if not (plain and liked and known and 0 <= length <= self._limit):
            return None
        request = AdmittedRequest(lane_target, request_id, languages)
        return self.refuse(request, common) if self._is_full() else request

    def has_time(self) -> bool:
        """Whether a request may be answered in the current round of the event loop. If not, it can be queued.

        Request number `UNWATCHED` of a round starts the clock, and asks the event loop for a callback at the end of the
        round. The requests before it do neither, so that a single request has no additional cost.
        """
        self._in_round += 1
        if self._in_round > UNWATCHED:
            return not self._waiting and time.monotonic() - self._round_begun < ROUND_SECONDS
        if self._in_round == UNWATCHED:
            self._round_begun = time.monotonic()
            asyncio.get_running_loop().call_soon(self._next_round)
        return True

    def queue(self, connection: QueuedConnection) -> bool:
        """Queue a request for one of the next rounds; False if the queue is full."""
        if self._is_full():
            return False
        self._waiting.append((connection, time.monotonic()))
        return True

    def _is_full(self) -> bool:
        return len(self._waiting) >= self._max_waiting

    def _next_round(self) -> None:
        self._in_round, end = 0, time.monotonic() + ROUND_SECONDS
        while self._waiting:
            connection, since = self._waiting.popleft()
            connection.serve(too_late=time.monotonic() - since > self._max_wait)
            if time.monotonic() > end:
                break
        if self._waiting:
            self._in_round = UNWATCHED  # new requests go to the end of the queue
            asyncio.get_running_loop().call_soon(self._next_round)

    def refuse(self, request: AdmittedRequest, common: list[tuple[bytes, bytes]]) -> bytes:
        """The bytes of the response to a request that is refused because of too many requests."""
        return self._refused(self._overloaded, request, common)

    def answer(self, request: AdmittedRequest, body: bytes, common: list[tuple[bytes, bytes]]) -> bytes | None:
        """The bytes of the response; None if the application has to answer the request."""
        lane_target, request_id, _ = request
        prediction_id = b"%032x" % random.getrandbits(128)
        try:
            content = lane_target.single_row.answer(body, prediction_id)
            if content is None and (content := lane_target.few_rows.answer(body, prediction_id)) is None:
                return None
        except BaseException as error:
            if not (isinstance(error, Exception) or is_foreign(error)):
                raise
            log.exception("fast_lane_failed")
            return None
        return b"%b%bcontent-length: %d\r\ntablee-prediction-id: %b\r\nx-request-id: %b\r\n\r\n%b" % (
            lane_target.head,
            self._common_text if common is self._common else self._text(common),
            len(content),
            prediction_id,
            valid_request_id(request_id),
            content,
        )

    def _text(self, common: list[tuple[bytes, bytes]]) -> bytes:
        """The headers of every response as bytes. They change once a second, with the date."""
        if common is not self._common:
            self._common, self._common_text = common, lines(common)
        return self._common_text

    def _refused(self, refusal: Refusal, request: AdmittedRequest, common: list[tuple[bytes, bytes]]) -> bytes:
        request.lane_target.counts.refused()
        return refusal.answer(request.request_id, request.languages, self._text(common))

    def _make_targets(self) -> None:
        """Make the handlers of the models that are served now."""
        self._known = served = self._repository.served
        self._targets = {}
        for name, each in served.items():
            self._add(f"/models/{quote(name, safe='')}/predict", each, native.NAMED.path)
            if name == self._repository.default_name:
                self._add("/predict", each, native.DEFAULT.path)

    def _add(self, path: str, served: ServedModel, route: str) -> None:
        counts = RequestCounts(served, route)
        single_row, few_rows = (
            SingleRowHandler(served, counts, self._shadow),
            FewRowsHandler(served, counts, self._rows, self._shadow),
        )
        head = b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\n" + lines(served.headers)
        for base in {"", self._base_path}:
            self._targets[f"{base}{path}".encode()] = LaneTarget(single_row, few_rows, counts, head)
