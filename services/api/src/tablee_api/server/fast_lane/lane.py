"""The fast lane: a small, plain prediction is answered in the very callback that reads it from the socket.

Between socket and model a request of one row spends most of its time in the web server's own machinery: a task, an
event, a scope, a chain of callables. Here it passes by all that. Whatever is not plain (another route or type, a query,
a large or broken body, a wrong key, a process that ends) takes the ordinary way, and so does every error: the lane
gives an answer or nothing.
"""

from __future__ import annotations

import asyncio
import hmac
import math
import random
import time
from collections import deque
from typing import Any, NamedTuple
from urllib.parse import quote

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from tablee.errors import Overloaded
from tablee.http.middleware import valid_request_id
from tablee.telemetry import logger
from tablee_api.inference.endpoint import SMALL_BODY
from tablee_api.inference.limits import Pool
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
"""Headers of requests that are not for the lane."""
_NO_HEADERS: list[tuple[bytes, bytes]] = []
UNWATCHED = 8
"""Requests answered before anybody looks whether they all came in one round of the event loop."""
ROUND_SECONDS = 0.01
"""How long the lane may have the event loop in one round; what is left waits in line, so that others get their turn."""


class LaneTarget(NamedTuple):
    """A model at the end of the lane."""

    single_row: SingleRowHandler
    few_rows: FewRowsHandler
    counts: RequestCounts
    head: bytes
    """The headers that all its answers have."""


class AdmittedRequest(NamedTuple):
    """A request that may take the lane, its body still to come."""

    destination: LaneTarget
    request_id: bytes


class FastLane:
    """Which requests may take the lane, when, and their answers; for the thread of the event loop alone."""

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
        self._crowd = Refusal(Overloaded("requests_in_flight"))
        self._queue = Refusal(Overloaded("queue_full"))
        self._rows = RowLimits(json=settings.max_json_rows, explained=settings.max_explained_rows)
        self._seen: object = None
        self._destinations: dict[bytes, LaneTarget] = {}
        self._common, self._common_text = _NO_HEADERS, b""
        self._line: deque[tuple[FastLaneConnection, float]] = deque()
        self._places, self._patience = settings.max_in_flight, settings.queue_seconds
        self._here, self._begun = 0, 0.0

    def admit(
        self, target: bytes, headers: list[tuple[bytes, bytes]], common: list[tuple[bytes, bytes]]
    ) -> AdmittedRequest | bytes | None:
        """A ticket for a POST to this target with these headers; None if it is to take the ordinary way.

        While there is no place in line the answer is given here, before the body is read; to a large request, while the
        queue for such is full.

        :param common: headers that the server gives every answer.
        """
        if self._repository.served is not self._seen:
            self._look_up()
        destination = self._destinations.get(target)
        if destination is None or self._shutdown.begun.is_set():
            return None
        plain, liked, length, known, request_id = False, True, -1, self._key is None, b""
        for name, value in headers:
            if name == b"content-type":
                plain = value == b"application/json"
            elif name == b"content-length":
                length = int(value) if value.isdigit() else -1
            elif name == b"accept":
                liked = liked and value in (b"*/*", b"application/json")
            elif name == b"x-request-id":
                request_id = value
            elif name == b"authorization":
                known = self._key is None or hmac.compare_digest(value, self._key)
            elif name in _ORDINARY:
                return None
        if length > SMALL_BODY and known and self._pool.is_full:
            return self._refused(self._queue, destination, request_id, common)
        if not (plain and liked and known and 0 <= length <= self._limit):
            return None
        ticket = AdmittedRequest(destination, request_id)
        return self.refuse(ticket, common) if self._is_full() else ticket

    def has_time(self) -> bool:
        """Whether a request may be answered now. If not, it may queue.

        A round of the event loop ends when the loop runs what was left to it for later. It is not asked to do that for
        each request: the first few are not looked at, and so one alone never waits.
        """
        self._here += 1
        if self._here > UNWATCHED:
            return not self._line and time.monotonic() - self._begun < ROUND_SECONDS
        if self._here == UNWATCHED:
            self._begun = time.monotonic()
            asyncio.get_running_loop().call_soon(self._next_round)
        return True

    def queue(self, protocol: FastLaneConnection) -> bool:
        """Have it served in one of the next rounds; False if there is no place in the line."""
        if self._is_full():
            return False
        self._line.append((protocol, time.monotonic()))
        return True

    def _is_full(self) -> bool:
        return len(self._line) >= self._places

    def _next_round(self) -> None:
        self._here, end = 0, time.monotonic() + ROUND_SECONDS
        while self._line:
            protocol, since = self._line.popleft()
            protocol.serve(too_late=time.monotonic() - since > self._patience)
            if time.monotonic() > end:
                break
        if self._line:
            self._here = UNWATCHED  # whoever comes now goes to the end of the line
            asyncio.get_running_loop().call_soon(self._next_round)

    def refuse(self, ticket: AdmittedRequest, common: list[tuple[bytes, bytes]]) -> bytes:
        """The whole answer to a request for which there is no place, or no time."""
        return self._refused(self._crowd, *ticket, common)

    def answer(self, ticket: AdmittedRequest, body: bytes, common: list[tuple[bytes, bytes]]) -> bytes | None:
        """The whole answer, from the status line on; None if the request is to take the ordinary way after all."""
        destination, request_id = ticket
        prediction_id = b"%032x" % random.getrandbits(128)
        try:
            content = destination.single_row.answer(body, prediction_id)
            if content is None and (content := destination.few_rows.answer(body, prediction_id)) is None:
                return None
        except Exception:
            log.exception("fast_lane_failed")
            return None
        return b"%b%bcontent-length: %d\r\ntablee-prediction-id: %b\r\nx-request-id: %b\r\n\r\n%b" % (
            destination.head,
            self._common_text if common is self._common else self._text(common),
            len(content),
            prediction_id,
            valid_request_id(request_id),
            content,
        )

    def _text(self, common: list[tuple[bytes, bytes]]) -> bytes:
        """Headers that the server gives every answer, as they are sent; once a second they are others."""
        if common is not self._common:
            self._common, self._common_text = common, lines(common)
        return self._common_text

    def _refused(
        self, refusal: Refusal, destination: LaneTarget, request_id: bytes, common: list[tuple[bytes, bytes]]
    ) -> bytes:
        destination.counts.refused()
        return refusal.answer(request_id, self._text(common))

    def _look_up(self) -> None:
        """Note the targets of what is served now."""
        self._seen = served = self._repository.served
        self._destinations = {}
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
            self._destinations[f"{base}{path}".encode()] = LaneTarget(single_row, few_rows, counts, head)


class FastLaneConnection(HttpToolsProtocol):
    """uvicorn's protocol with a turning before the application is called."""

    lane: FastLane

    _ticket: AdmittedRequest | None = None
    _body = b""
    _waiting = False
    """The whole request is there, and in line."""
    _turned_away = False
    """The request has its answer; what is still to come of its body is of no interest."""
    _idle_since = math.inf
    """When the lane gave its last answer; never, from the first byte of the next request on."""
    _watch: asyncio.TimerHandle | None = None

    def on_message_begin(self) -> None:
        """No scope yet: only the ordinary way needs one."""
        if self._waiting:
            self.serve()  # answers keep the order of their requests
        self.url, self.headers, self.expect_100_continue = b"", [], False
        self._idle_since = math.inf

    def on_headers_complete(self) -> None:
        common = self.server_state.default_headers
        admitted = self.lane.admit(self.url, self.headers, common) if self._is_free() else None
        if admitted is None:
            self._call_application()
        elif isinstance(admitted, AdmittedRequest):
            self._ticket = admitted
        else:
            self._turned_away = True
            self.transport.write(admitted)

    def on_body(self, body: bytes) -> None:
        if self._turned_away:
            return
        if self._ticket is None:
            super().on_body(body)
        else:
            self._body += body

    def on_message_complete(self) -> None:
        if self._turned_away:
            self._turned_away = False
            self._answered()
            return
        if self._ticket is None:
            super().on_message_complete()
            return
        self._waiting = True
        if self.lane.has_time():
            self.serve()
        elif not self.lane.queue(self):
            self.serve(too_late=True)

    def serve(self, *, too_late: bool = False) -> None:
        """Answer the request that waits, if one does; with a refusal if it is too late."""
        if not self._waiting:
            return
        self._waiting = False
        if (ticket := self._ticket) is None or self.transport.is_closing():
            return  # the client has left
        common = self.server_state.default_headers
        answer = self.lane.refuse(ticket, common) if too_late else self.lane.answer(ticket, self._body, common)
        if answer is None:
            self._leave_lane()
            super().on_message_complete()
        else:
            self._ticket, self._body = None, b""
            self.transport.write(answer)
            self._answered()

    def connection_lost(self, exc: Exception | None) -> None:
        if self._watch is not None:
            self._watch.cancel()
        super().connection_lost(exc)

    def shutdown(self) -> None:
        self.serve()
        if self._ticket is not None:  # a request whose body is still on its way is to be waited for
            self._leave_lane()
        super().shutdown()

    def _answered(self) -> None:
        """As `on_response_complete`, but with one timer for the connection instead of one for each answer."""
        self.server_state.total_requests += 1
        self._idle_since = self.loop.time()
        if self._watch is None and not self.transport.is_closing():
            self._watch = self.loop.call_later(self.timeout_keep_alive, self._look)

    def _look(self) -> None:
        """Close the connection if it was idle for so long; else look again when it may have been."""
        idle = max(self.loop.time() - self._idle_since, 0.0)
        if idle >= self.timeout_keep_alive:
            self.timeout_keep_alive_handler()
        else:
            self._watch = self.loop.call_later(self.timeout_keep_alive - idle, self._look)

    def _is_free(self) -> bool:
        """Nothing of this connection is under way, and nothing about the request is uncommon."""
        return (
            (self.cycle is None or self.cycle.response_complete)
            and not self.flow.write_paused
            and self.parser.get_method() == b"POST"
            and self.parser.get_http_version() == "1.1"
            and self.parser.should_keep_alive()
        )

    def _leave_lane(self) -> None:
        """Have the application called, as if there were no lane."""
        body, self._ticket, self._body = self._body, None, b""
        self._call_application()
        super().on_body(body)

    def _call_application(self) -> None:
        url, headers, expect_100_continue = self.url, self.headers, self.expect_100_continue
        super().on_message_begin()
        self.url, self.expect_100_continue = url, expect_100_continue
        self.headers += headers
        super().on_headers_complete()


def protocol(lane: FastLane) -> type[HttpToolsProtocol]:
    """The protocol of a server with this lane."""
    attributes: dict[str, Any] = {"lane": lane}
    return type("Lane", (FastLaneConnection,), attributes)
