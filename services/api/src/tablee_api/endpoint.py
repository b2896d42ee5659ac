"""`POST /predict` and `POST /models/{name}/predict` as a bare ASGI app: the hot path, past the web framework.

A small request is answered in the event loop, since handing it to a thread would take longer than the answer. A large
one goes to a thread, so that it holds up nobody.
"""

from __future__ import annotations

from typing import Any

from tablee.edge import Receive, Scope, Send, path_within
from tablee.errors import TableeError
from tablee_api import asked
from tablee_api.limits import Admission, Pool
from tablee_api.menu import Menu
from tablee_api.order import Order
from tablee_api.predict import Reply, RowLimits, answer, parse

SMALL_BODY = 64 * 1024
"""Bytes; larger bodies are not even parsed in the event loop."""
SMALL_ROWS = 100
"""Rows; from here on the predicting moves to a thread (measured: a thread costs nothing any more)."""


class PredictEndpoint:
    """Reads a request, has it answered in the right place, sends the reply."""

    def __init__(self, menu: Menu, *, admission: Admission, pool: Pool, limits: RowLimits) -> None:
        self._menu, self._admission, self._pool, self._limits = menu, admission, pool, limits

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """`scope["path_params"]["name"]` names the model; the default one is meant without.

        :raises TableeError: what `Edge` answers as a problem.
        """
        with self._admission.admitted() as body:
            served = self._menu.pick(scope["path_params"].get("name"))
            try:
                order = Order(served, asked.read(scope))
                content = await body.read(receive)
                if content is None:
                    return  # the client has left: nobody is there to be answered
                reply = await self._serve(order, content)
            except TableeError:
                served.failure.inc()
                raise
            order.observe()
            await send({"type": "http.response.start", "status": 200, "headers": reply.headers})
            await send({"type": "http.response.body", "body": reply.body})

    async def _serve(self, order: Order, content: bytes) -> Reply:
        limits = self._limits
        if order.asked.csv_in or len(content) > SMALL_BODY:
            return await self._pool.run(lambda: answer(order, parse(order, content, limits)))
        parsed = parse(order, content, limits)
        if order.asked.explain or parsed.count >= SMALL_ROWS:
            return await self._pool.run(lambda: answer(order, parsed))
        return answer(order, parsed)


class Route:
    """What `Edge` reads of a matched route to label its metrics."""

    def __init__(self, path: str) -> None:
        self.path = path


DEFAULT, NAMED = Route("/predict"), Route("/models/{name}/predict")
_BEFORE, _AFTER = "/models/", "/predict"


def matched(scope: Scope) -> dict[str, Any] | None:
    """What a router adds to the scope of these two routes; None if it is another one."""
    if scope["type"] != "http" or scope["method"] != "POST":
        return None
    path = path_within(scope)
    if path == DEFAULT.path:
        return {"route": DEFAULT, "path_params": {}}
    name = path[len(_BEFORE) : -len(_AFTER)]
    if path == f"{_BEFORE}{name}{_AFTER}" and name and "/" not in name:
        return {"route": NAMED, "path_params": {"name": name}}
    return None
