"""The fast lane: a small, plain prediction is answered in the very callback that reads it from the socket.

Between socket and model a request of one row spends most of its time in the web server's own machinery: a task, an
event, a scope, a chain of callables. Here it passes by all that. Whatever is not plain (another route or type, a query,
a large or broken body, a wrong key, a process that ends) takes the ordinary way, and so does every error: the lane
gives an answer or nothing.
"""

from __future__ import annotations

import asyncio
import hmac
import random
from http import HTTPStatus
from typing import Any, NamedTuple
from urllib.parse import quote

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from tablee.edge import identified, render
from tablee.errors import Overloaded
from tablee.telemetry import logger
from tablee_api.drain import Drain
from tablee_api.endpoint import SMALL_BODY
from tablee_api.faces import native
from tablee_api.limits import Pool
from tablee_api.menu import Menu
from tablee_api.one_row import OneRow
from tablee_api.served import Served
from tablee_api.settings import ApiSettings
from tablee_api.shadow import Shadow
from tablee_api.tally import Tally

log = logger(__name__)

_ORDINARY = frozenset((b"transfer-encoding", b"content-encoding", b"expect", b"upgrade"))
"""Headers of requests that are not for the lane."""
_NO_HEADERS: list[tuple[bytes, bytes]] = []


class Ticket(NamedTuple):
    """A request that may take the lane, its body still to come."""

    one_row: OneRow
    head: bytes
    """The headers that all answers of the model have."""
    request_id: bytes


class FastLane:
    """Which requests may take the lane, and their answers; for the thread of the event loop alone."""

    def __init__(
        self, settings: ApiSettings, menu: Menu, drain: Drain, pool: Pool, shadow: Shadow | None = None
    ) -> None:
        self._menu, self._drain, self._pool, self._shadow = menu, drain, pool, shadow
        self._key = f"Bearer {settings.key.get_secret_value()}".encode() if settings.key else None
        self._base_path = settings.base_path
        self._limit = min(SMALL_BODY, settings.max_body_bytes)
        self._seen: object = None
        self._destinations: dict[bytes, tuple[OneRow, bytes]] = {}
        self._common, self._common_text = _NO_HEADERS, b""
        self._most, self._here, self._moment = settings.max_in_flight, 0, 0.0

    def admit(self, target: bytes, headers: list[tuple[bytes, bytes]]) -> Ticket | None:
        """A ticket for a POST to this target with these headers; None if it is to take the ordinary way."""
        if self._menu.served is not self._seen:
            self._look_up()
        destination = self._destinations.get(target)
        if destination is None or self._drain.begun.is_set():
            return None
        plain, small, known, request_id = False, False, self._key is None, b""
        for name, value in headers:
            if name == b"content-type":
                plain = value == b"application/json"
            elif name == b"content-length":
                small = value.isdigit() and int(value) <= self._limit
            elif name == b"accept":
                if value not in (b"*/*", b"application/json"):
                    return None
            elif name == b"x-request-id":
                request_id = value
            elif name == b"authorization":
                known = self._key is None or hmac.compare_digest(value, self._key)
            elif name in _ORDINARY:
                return None
        return Ticket(*destination, request_id) if plain and small and known else None

    def turn_away(
        self, target: bytes, headers: list[tuple[bytes, bytes]], common: list[tuple[bytes, bytes]]
    ) -> bytes | None:
        """The answer to a large request while the queue for such is full, before its body is read; None if there is
        nothing to refuse. To refuse has to cost next to nothing, or it would cost those who were let in."""
        destination = self._destinations.get(target)
        if destination is None or not self._pool.is_full or self._drain.begun.is_set():
            return None
        large, request_id = False, b""
        for name, value in headers:
            if name == b"content-length":
                large = value.isdigit() and int(value) > SMALL_BODY
            elif name == b"x-request-id":
                request_id = value
            elif name in _ORDINARY:
                return None
        if not large:
            return None
        return self._refused(destination[0], request_id, "the queue of large requests is full", common)

    def answer(self, ticket: Ticket, body: bytes, common: list[tuple[bytes, bytes]]) -> bytes | None:
        """The whole answer, from the status line on; None if the request is to take the ordinary way after all.

        :param common: headers that the server gives every answer.
        """
        if self._is_crowded():
            reason = "as many requests as this process takes on at once are in flight"
            return self._refused(ticket.one_row, ticket.request_id, reason, common)
        prediction_id = b"%032x" % random.getrandbits(128)
        try:
            content = ticket.one_row.answer(body, prediction_id)
        except Exception:
            log.exception("fast_lane_failed")
            return None
        if content is None:
            return None
        if common is not self._common:
            self._common, self._common_text = common, _lines(common)
        return b"%b%bcontent-length: %d\r\ntablee-prediction-id: %b\r\nx-request-id: %b\r\n\r\n%b" % (
            ticket.head,
            self._common_text,
            len(content),
            prediction_id,
            identified(ticket.request_id),
            content,
        )

    def _is_crowded(self) -> bool:
        """More requests came in within one round of the event loop than the process takes on at once. The loop's clock
        stands still within a round."""
        now = asyncio.get_running_loop().time()
        if now != self._moment:
            self._moment, self._here = now, 0
        self._here += 1
        return self._here > self._most

    def _refused(self, one_row: OneRow, request_id: bytes, reason: str, common: list[tuple[bytes, bytes]]) -> bytes:
        known = identified(request_id)
        status, headers, content = render(Overloaded(reason), known.decode())
        one_row.refused(status)
        headers += [*common, (b"x-request-id", known)]
        return b"HTTP/1.1 %d %b\r\n%b\r\n%b" % (status, HTTPStatus(status).phrase.encode(), _lines(headers), content)

    def _look_up(self) -> None:
        """Note the targets of what is served now."""
        self._seen = served = self._menu.served
        self._destinations = {}
        for name, each in served.items():
            self._add(f"/models/{quote(name, safe='')}/predict", each, native.NAMED.path)
            if name == self._menu.default_name:
                self._add("/predict", each, native.DEFAULT.path)

    def _add(self, path: str, served: Served, route: str) -> None:
        one_row = OneRow(served, Tally(served, route), self._shadow)
        head = b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\n" + _lines(served.headers)
        for base in {"", self._base_path}:
            self._destinations[f"{base}{path}".encode()] = (one_row, head)


def _lines(headers: list[tuple[bytes, bytes]]) -> bytes:
    return b"".join(b"%b: %b\r\n" % header for header in headers)


class LaneProtocol(HttpToolsProtocol):
    """uvicorn's protocol with a turning before the application is called."""

    lane: FastLane

    _ticket: Ticket | None = None
    _body = b""
    _turned_away = False
    """The request has its answer; what is still to come of its body is of no interest."""

    def on_message_begin(self) -> None:
        """No scope yet: only the ordinary way needs one."""
        self.url, self.headers, self.expect_100_continue = b"", [], False

    def on_headers_complete(self) -> None:
        free = self._is_free()
        self._ticket = self.lane.admit(self.url, self.headers) if free else None
        if self._ticket is not None:
            return
        if free and (refusal := self.lane.turn_away(self.url, self.headers, self.server_state.default_headers)):
            self._turned_away = True
            self.transport.write(refusal)
        else:
            self._call_application()

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
            self.on_response_complete()
            return
        if (ticket := self._ticket) is None:
            super().on_message_complete()
            return
        answer = self.lane.answer(ticket, self._body, self.server_state.default_headers)
        if answer is None:
            self._leave_lane()
            super().on_message_complete()
        else:
            self._ticket, self._body = None, b""
            self.transport.write(answer)
            self.on_response_complete()

    def shutdown(self) -> None:
        if self._ticket is not None:  # a request whose body is still on its way is to be waited for
            self._leave_lane()
        super().shutdown()

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
    return type("Lane", (LaneProtocol,), attributes)
