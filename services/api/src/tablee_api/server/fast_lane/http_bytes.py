"""Responses as bytes of HTTP/1.1, for code that writes to the socket itself."""

from __future__ import annotations

from http import HTTPStatus

from tablee.errors import TableeError
from tablee.http.middleware import render_problem, valid_request_id

_ID = "the-request"
"""A placeholder for the request id, which `valid_request_id` accepts."""


def lines(headers: list[tuple[bytes, bytes]]) -> bytes:
    """Headers as bytes of HTTP/1.1."""
    return b"".join(b"%b: %b\r\n" % header for header in headers)


class Refusal:
    """The response to requests that are refused for one reason, made once. A refusal has to be cheap, because it takes
    time from the admitted requests."""

    def __init__(self, error: TableeError) -> None:
        self.status, headers, content = render_problem(error, _ID)
        kept = [header for header in headers if header[0] != b"content-length"]
        self._head = b"HTTP/1.1 %d %b\r\n%b" % (self.status, HTTPStatus(self.status).phrase.encode(), lines(kept))
        self._before, self._after = content.split(_ID.encode())

    def answer(self, request_id: bytes, common: bytes) -> bytes:
        """
        :param request_id: the request id of the client; empty if there is none.
        :param common: the headers of every response of the server.
        """
        known = valid_request_id(request_id)
        length = len(self._before) + len(known) + len(self._after)
        head = b"%b%bcontent-length: %d\r\nx-request-id: %b\r\n\r\n" % (self._head, common, length, known)
        return b"%b%b%b%b" % (head, self._before, known, self._after)
