"""The HTTP server of tests that answer in this process."""

from __future__ import annotations

import sys
from http.server import ThreadingHTTPServer
from typing import Any


class TestServer(ThreadingHTTPServer):
    """A server on a free port of the loopback address. A client that closes its connection is not an error."""

    __test__ = False

    def __init__(self, handler: Any) -> None:
        super().__init__(("127.0.0.1", 0), handler)

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Report an error of a handler.

        The thread of a request may live longer than its test, when the output of that test is closed already.
        """
        if not isinstance(sys.exception(), ConnectionError):
            super().handle_error(request, client_address)
