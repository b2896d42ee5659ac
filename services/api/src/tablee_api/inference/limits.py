"""Limits of the requests that are processed at the same time. A request above a limit is refused at once (503)."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from tablee.errors import Overloaded
from tablee.http.middleware import Receive


class Admission:
    """Limits the number of requests between their first byte and their response, and the bytes of their bodies."""

    def __init__(self, *, requests: int, bytes_held: int) -> None:
        self._requests, self._bytes = requests, bytes_held

    @contextmanager
    def admitted(self) -> Iterator[Body]:
        """Admits one request for the duration of the `with` block; gives its body, which is not read yet.

        :raises Overloaded: as many requests as allowed are admitted.
        """
        if self._requests <= 0:
            raise Overloaded("requests_in_flight")
        self._requests -= 1
        body = Body(self)
        try:
            yield body
        finally:
            self._requests += 1
            self._bytes += body.size

    def hold(self, size: int) -> None:
        """Reserve bytes of memory for a body.

        :raises Overloaded: all bodies together would be too large.
        """
        if size > self._bytes:
            raise Overloaded("bytes_in_flight")
        self._bytes -= size


class Body:
    """The body of an admitted request; its bytes count against the limit of `Admission` while it is read."""

    def __init__(self, admission: Admission) -> None:
        self._admission = admission
        self.size = 0

    async def read(self, receive: Receive) -> bytes | None:
        """The whole body; None if the client has disconnected.

        :raises Overloaded: all bodies together are too large.
        """
        parts: list[bytes] = []
        while True:
            message = await receive()
            if message["type"] == "http.disconnect":
                return None
            if part := message.get("body", b""):
                self._admission.hold(len(part))
                self.size += len(part)
                parts.append(part)
            if not message.get("more_body", False):
                return parts[0] if len(parts) == 1 else b"".join(parts)

    async def copy(self, receive: Receive, write: Callable[[bytes], object]) -> bool:
        """Call `write` with each part of the body; False if the client has disconnected.

        :raises Overloaded: all bodies together are too large.
        """
        while True:
            message = await receive()
            if message["type"] == "http.disconnect":
                return False
            if part := message.get("body", b""):
                self._admission.hold(len(part))
                self.size += len(part)
                write(part)
            if not message.get("more_body", False):
                return True
