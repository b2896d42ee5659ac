"""The server process: a public and an admin port, readiness, and a shutdown that loses no request."""

from __future__ import annotations

import asyncio
import contextlib
import signal
import socket
from collections.abc import AsyncIterator, Iterator

import uvicorn
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from tablee.errors import InvalidSettings
from tablee.errors.causes import system_cause
from tablee.http.middleware import App
from tablee.telemetry import logger
from tablee_api.models.repository import ModelRepository
from tablee_api.server.fast_lane.connection import protocol
from tablee_api.server.fast_lane.lane import FastLane
from tablee_api.server.shutdown import Shutdown
from tablee_api.settings import ApiSettings

BACKLOG = 2048
TICK = 0.05

log = logger(__name__)


async def serve(
    settings: ApiSettings, app: App, admin: App, repository: ModelRepository, shutdown: Shutdown, lane: FastLane
) -> None:
    """Serve until SIGTERM or SIGINT, then shut down gracefully.

    On its own socket the process listens at once. An inherited socket may be shared with other processes, therefore the
    process accepts no connection there before it is ready.

    :raises InvalidSettings: a port is taken, or the inherited descriptor is no socket.
    """
    listener = inherited(settings.listen_fd) if settings.listen_fd is not None else listen(settings.host, settings.port)
    public = Server(app, settings, shutdown, protocol(lane))
    handle_signals(public, shutdown)
    async with contextlib.AsyncExitStack() as stack:
        if settings.admin_port is not None:
            await stack.enter_async_context(
                running(Server(admin, settings, Shutdown()), listen(settings.admin_host, settings.admin_port), "admin")
            )
        repository.start()
        if settings.listen_fd is not None:
            await ready_or_ending(repository, shutdown)
        if not shutdown.begun.is_set():
            async with running(public, listener, "public"):
                await shutdown.begun.wait()
                log.info("drain_begun")
        listener.close()
        repository.stop()
    log.info("drain_completed")


class Server(uvicorn.Server):
    """uvicorn without its signal handlers, and with a shutdown that gives idle clients time for a last response."""

    def __init__(
        self, app: App, settings: ApiSettings, shutdown: Shutdown, http: type[HttpToolsProtocol] = HttpToolsProtocol
    ) -> None:
        config = uvicorn.Config(
            app,
            http=http,
            ws="none",
            lifespan="off",
            log_config=None,
            access_log=False,
            server_header=False,
            backlog=BACKLOG,
            timeout_keep_alive=settings.idle_seconds,
            timeout_graceful_shutdown=settings.drain_seconds,
        )
        super().__init__(config)
        self._shutdown, self._grace = shutdown, settings.grace_seconds
        self.listening = asyncio.Event()

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        self.listening.set()

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Stop listening. Answer on open connections during the grace period (each response closes its connection).
        Then close the idle connections and wait for the requests in flight."""
        for server in self.servers:
            server.close()
        if self._shutdown.begun.is_set():
            end = asyncio.get_running_loop().time() + self._grace
            while self.server_state.connections and asyncio.get_running_loop().time() < end:  # noqa: ASYNC110 (uvicorn has no event for it)
                await asyncio.sleep(TICK)
        await super().shutdown(sockets)


@contextlib.asynccontextmanager
async def running(server: Server, listener: socket.socket, name: str) -> AsyncIterator[None]:
    """Run a server on the listener inside the `with` block; shut it down at the end."""
    task = asyncio.create_task(server.serve([listener]))
    task.add_done_callback(lambda _: server.listening.set())
    await server.listening.wait()
    host, port = listener.getsockname()[:2]
    log.info("port_opened", name=name, host=host, port=port)
    try:
        yield
    finally:
        server.should_exit = True
        await task


def handle_signals(public: Server, shutdown: Shutdown) -> None:
    """The first SIGTERM or SIGINT begins the shutdown; a second one ends it at once."""

    def end() -> None:
        if shutdown.begun.is_set():
            public.force_exit = True
        shutdown.begin()

    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, end)


async def ready_or_ending(repository: ModelRepository, shutdown: Shutdown) -> None:
    """Wait until all models are loaded or the shutdown begins."""
    ready = asyncio.ensure_future(asyncio.shield(asyncio.wrap_future(repository.ready)))
    ending = asyncio.create_task(shutdown.begun.wait())
    await asyncio.wait((ready, ending), return_when=asyncio.FIRST_COMPLETED)
    ready.cancel()
    ending.cancel()


def listen(host: str, port: int) -> socket.socket:
    try:
        family = socket.AF_INET6 if ":" in host else socket.AF_INET
        return socket.create_server((host, port), family=family, backlog=BACKLOG)
    except OSError as error:
        raise InvalidSettings(
            "cannot_listen", hint="other_port", host=host, port=port, error=system_cause(error)
        ) from None


def inherited(descriptor: int) -> socket.socket:
    try:
        return socket.socket(fileno=descriptor)
    except OSError as error:
        raise InvalidSettings("no_socket", descriptor=descriptor, error=system_cause(error)) from None
