"""The prediction routes of all protocols as one ASGI app, without the web framework.

A small request is answered in the event loop, because the change to a thread takes longer than the answer. A large
request is answered in a thread, so that it does not block the event loop.
"""

from __future__ import annotations

from tablee.errors import TableeError
from tablee.http.middleware import Receive, Scope, Send
from tablee_api.inference import stream
from tablee_api.inference.disk_space import DiskBudget
from tablee_api.inference.limits import Admission
from tablee_api.inference.pipeline import answer, parse
from tablee_api.inference.pool import Pool
from tablee_api.inference.request import InferenceRequest, InferenceResponse, RequestFormat, RowLimits, StreamFormat
from tablee_api.models.repository import ModelRepository
from tablee_api.models.shadow import ShadowScorer
from tablee_api.protocols.protocol import pick

SMALL_BODY = 64 * 1024
"""Bytes. Larger bodies are not parsed in the event loop (this is JSON of 150 rows and 20 columns, read in 0.2 ms)."""


class PredictEndpoint:
    """Reads a request, answers it in the event loop or in a thread, and sends the response."""

    def __init__(
        self,
        repository: ModelRepository,
        *,
        admission: Admission,
        streams: Admission,
        disk: DiskBudget,
        pool: Pool,
        limits: RowLimits,
        shadow: ShadowScorer | None = None,
    ) -> None:
        """
        :param streams: admits streams, whose bodies are kept on the disk.
        :param disk: limits the disk space of their responses.
        """
        self._repository, self._admission, self._streams, self._disk = repository, admission, streams, disk
        self._pool, self._limits, self._shadow = pool, limits, shadow

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request whose scope has the route and path parameters of `protocols.matched`. Without a model name
        in the path, the default model answers.

        :raises TableeError: the request is refused; `ServiceMiddleware` makes the response.
        """
        with self._admission.admitted() as body:
            served = pick(self._repository, scope["path_params"])
            try:
                request = InferenceRequest(served, scope["route"].select_format(scope))
                if isinstance(request.format, StreamFormat):
                    await self._stream(request, receive, send)
                    return
                content = await body.read(receive)
                if content is None:
                    return  # the client has disconnected
                respond = await self._serve(request, request.format, content)
            except TableeError:
                served.failure.inc()
                raise
            request.observe()
            await send({"type": "http.response.start", "status": 200, "headers": respond.headers})
            await send({"type": "http.response.body", "body": respond.body})
            if self._shadow is not None:
                for part in request.scored:
                    self._shadow.offer_all(served, part.block.columns, part.predictions)

    async def _stream(self, request: InferenceRequest, receive: Receive, send: Send) -> None:
        with self._streams.admitted() as body:
            if await stream.serve(request, body, receive, send, pool=self._pool, limits=self._limits, disk=self._disk):
                request.observe()

    async def _serve(self, request: InferenceRequest, form: RequestFormat, content: bytes) -> InferenceResponse:
        limits = self._limits
        if form.slow or len(content) > SMALL_BODY:
            return await self._pool.run(lambda: answer(request, parse(request, content, limits)))
        table = parse(request, content, limits)
        if form.explain or table.rows > request.served.quick_rows:
            return await self._pool.run(lambda: answer(request, table))
        return answer(request, table)
