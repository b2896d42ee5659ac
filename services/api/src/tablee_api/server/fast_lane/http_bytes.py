"""Answers as the bytes of HTTP/1.1, for those who write to the socket themselves."""

from __future__ import annotations

from http import HTTPStatus

from tablee.errors import TableeError
from tablee.http.middleware import render_problem, valid_request_id

_ID = "the-request"
"""Stands for the id of a request while there is none; such as `valid_request_id` lets through."""


def lines(headers: list[tuple[bytes, bytes]]) -> bytes:
    """Headers as they are sent."""
    return b"".join(b"%b: %b\r\n" % header for header in headers)


class Refusal:
    """The answer to whoever is refused for one reason, made once: to refuse has to cost next to nothing, or it would
    cost those who were let in."""

    def __init__(self, error: TableeError) -> None:
        self.status, headers, content = render_problem(error, _ID)
        kept = [header for header in headers if header[0] != b"content-length"]
        self._head = b"HTTP/1.1 %d %b\r\n%b" % (self.status, HTTPStatus(self.status).phrase.encode(), lines(kept))
        self._before, self._after = content.split(_ID.encode())

    def answer(self, request_id: bytes, common: bytes) -> bytes:
        """
        :param request_id: what the client calls its request; empty if it does not.
        :param common: headers that the server gives every answer.
        """
        known = valid_request_id(request_id)
        length = len(self._before) + len(known) + len(self._after)
        head = b"%b%bcontent-length: %d\r\nx-request-id: %b\r\n\r\n" % (self._head, common, length, known)
        return b"%b%b%b%b" % (head, self._before, known, self._after)
