"""The connections of the public port: small predictions take the fast lane, other requests go to the application."""

from __future__ import annotations

import asyncio
import math
from typing import Any

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from tablee_api.server.fast_lane.lane import AdmittedRequest, FastLane


class FastLaneConnection(HttpToolsProtocol):
    """uvicorn's HTTP protocol, which asks the lane before it calls the application."""

    lane: FastLane

    _admitted: AdmittedRequest | None = None
    _body = b""
    _waiting = False
    """The whole request is read, and it is queued."""
    _turned_away = False
    """The request was refused before its body was read; the body is ignored."""
    _idle_since = math.inf
    """When the lane gave its last response; infinite while a request is read."""
    _watch: asyncio.TimerHandle | None = None

    def on_message_begin(self) -> None:
        """Begin a request, without the scope that only the application needs."""
        if self._waiting:
            self.serve()  # responses keep the order of their requests
        self.url, self.headers, self.expect_100_continue = b"", [], False
        self._idle_since = math.inf

    def on_headers_complete(self) -> None:
        common = self.server_state.default_headers
        admitted = self.lane.admit(self.url, self.headers, common) if self._is_free() else None
        if admitted is None:
            self._call_application()
        elif isinstance(admitted, AdmittedRequest):
            self._admitted = admitted
        else:
            self._turned_away = True
            self.transport.write(admitted)

    def on_body(self, body: bytes) -> None:
        if self._turned_away:
            return
        if self._admitted is None:
            super().on_body(body)
        else:
            self._body += body

    def on_message_complete(self) -> None:
        if self._turned_away:
            self._turned_away = False
            self._answered()
            return
        if self._admitted is None:
            super().on_message_complete()
            return
        self._waiting = True
        if self.lane.has_time():
            self.serve()
        elif not self.lane.queue(self):
            self.serve(too_late=True)

    def serve(self, *, too_late: bool = False) -> None:
        """Answer the queued request, if there is one; refuse it if it waited too long."""
        if not self._waiting:
            return
        self._waiting = False
        if (admitted := self._admitted) is None or self.transport.is_closing():
            return  # the client has disconnected
        common = self.server_state.default_headers
        answer = self.lane.refuse(admitted, common) if too_late else self.lane.answer(admitted, self._body, common)
        if answer is None:
            self._leave_lane()
            super().on_message_complete()
        else:
            self._admitted, self._body = None, b""
            self.transport.write(answer)
            self._answered()

    def connection_lost(self, exc: Exception | None) -> None:
        if self._watch is not None:
            self._watch.cancel()
        super().connection_lost(exc)

    def shutdown(self) -> None:
        self.serve()
        if self._admitted is not None:  # its body is not complete: the shutdown has to wait for it
            self._leave_lane()
        super().shutdown()

    def _answered(self) -> None:
        """As `on_response_complete`, but with one timer per connection instead of one per response."""
        self.server_state.total_requests += 1
        self._idle_since = self.loop.time()
        if self._watch is None and not self.transport.is_closing():
            self._watch = self.loop.call_later(self.timeout_keep_alive, self._look)

    def _look(self) -> None:
        """Close the connection if it was idle for too long; else check again when that can be the case."""
        idle = max(self.loop.time() - self._idle_since, 0.0)
        if idle >= self.timeout_keep_alive:
            self.timeout_keep_alive_handler()
        else:
            self._watch = self.loop.call_later(self.timeout_keep_alive - idle, self._look)

    def _is_free(self) -> bool:
        """Whether no other request of the connection is in progress, and the request is an ordinary POST."""
        return (
            (self.cycle is None or self.cycle.response_complete)
            and not self.flow.write_paused
            and self.parser.get_method() == b"POST"
            and self.parser.get_http_version() == "1.1"
            and self.parser.should_keep_alive()
        )

    def _leave_lane(self) -> None:
        """Call the application, as if there were no lane."""
        body, self._admitted, self._body = self._body, None, b""
        self._call_application()
        super().on_body(body)

    def _call_application(self) -> None:
        url, headers, expect_100_continue = self.url, self.headers, self.expect_100_continue
        super().on_message_begin()
        self.url, self.expect_100_continue = url, expect_100_continue
        self.headers += headers
        super().on_headers_complete()


def protocol(lane: FastLane) -> type[HttpToolsProtocol]:
    """The protocol class for a server with this lane."""
    attributes: dict[str, Any] = {"lane": lane}
    return type("FastLaneConnection", (FastLaneConnection,), attributes)
