"""The end of a process: once it has begun, every answer asks its client to go elsewhere next time."""

from __future__ import annotations

import asyncio

from tablee.http.middleware import App, Message, Receive, Scope, Send


class Shutdown:
    """Wraps any app; `begin()` is for the thread of the event loop."""

    def __init__(self) -> None:
        self.begun = asyncio.Event()

    def begin(self) -> None:
        self.begun.set()

    def around(self, app: App) -> App:
        """The same app, whose answers carry `Connection: close` from the beginning of the end on."""

        async def draining(scope: Scope, receive: Receive, send: Send) -> None:
            async def last(message: Message) -> None:
                if message["type"] == "http.response.start" and self.begun.is_set():
                    message["headers"] = [*message.get("headers", ()), (b"connection", b"close")]
                await send(message)

            await app(scope, receive, last)

        return draining
