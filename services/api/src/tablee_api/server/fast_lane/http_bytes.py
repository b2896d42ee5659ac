"""Responses as bytes of HTTP/1.1, for code that writes to the socket itself."""

from __future__ import annotations

from http import HTTPStatus

from tablee.errors import TableeError
from tablee.http.languages import accepted
from tablee.http.middleware import render_problem, valid_request_id
from tablee.i18n.catalogue import LANGUAGES, Language

_ID = "the-request"
"""A placeholder for the request id, which `valid_request_id` accepts."""


def lines(headers: list[tuple[bytes, bytes]]) -> bytes:
    """Headers as bytes of HTTP/1.1."""
    return b"".join(b"%b: %b\r\n" % header for header in headers)


class Refusal:
    """The response to requests that are refused for one reason, made once in each language. A refusal has to be cheap,
    because it takes time from the admitted requests."""

    def __init__(self, error: TableeError) -> None:
        self.status = error.status
        self._parts = {language: _parts(error, language) for language in LANGUAGES}

    def answer(self, request_id: bytes, languages: bytes, common: bytes) -> bytes:
        """
        :param request_id: the request id of the client; empty if there is none.
        :param languages: the value of `Accept-Language`; empty if there is none.
        :param common: the headers of every response of the server.
        """
        known = valid_request_id(request_id)
        start, before, after = self._parts[accepted(languages)]
        length = len(before) + len(known) + len(after)
        head = b"%b%bcontent-length: %d\r\nx-request-id: %b\r\n\r\n" % (start, common, length, known)
        return b"%b%b%b%b" % (head, before, known, after)


def _parts(error: TableeError, language: Language) -> tuple[bytes, bytes, bytes]:
    """The first line with the headers, and the body before and behind the request id."""
    status, headers, content = render_problem(error, _ID, language)
    kept = [header for header in headers if header[0] != b"content-length"]
    before, after = content.split(_ID.encode())
    return b"HTTP/1.1 %d %b\r\n%b" % (status, HTTPStatus(status).phrase.encode(), lines(kept)), before, after
