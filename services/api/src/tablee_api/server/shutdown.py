"""Graceful shutdown: after it has begun, every response asks the client to close the connection."""

from __future__ import annotations

import asyncio

from tablee.http.middleware import App, Message, Receive, Scope, Send


class Shutdown:
    """The state of the shutdown. Only the thread of the event loop may call `begin`."""

    def __init__(self) -> None:
        self.begun = asyncio.Event()

    def begin(self) -> None:
        self.begun.set()

    def middleware(self, app: App) -> App:
        """The app with `Connection: close` in its responses after the shutdown has begun."""

        async def wrapped(scope: Scope, receive: Receive, send: Send) -> None:
            async def send_closing(message: Message) -> None:
                if message["type"] == "http.response.start" and self.begun.is_set():
                    message["headers"] = [*message.get("headers", ()), (b"connection", b"close")]
                await send(message)

            await app(scope, receive, send_closing)

        return wrapped
