"""`python -m tablee_api`: reads the settings, creates the parts, serves until SIGTERM."""

from __future__ import annotations

import asyncio
import gc
import sys

import uvloop

from tablee import telemetry
from tablee.errors import TableeError
from tablee.models.registry import Registry
from tablee_api.app import create_app
from tablee_api.health import create_admin_app
from tablee_api.inference.pool import Pool
from tablee_api.models import warm_up
from tablee_api.models.repository import ModelRepository
from tablee_api.models.shadow import ShadowScorer
from tablee_api.server.fast_lane.lane import FastLane
from tablee_api.server.process import serve
from tablee_api.server.shutdown import Shutdown
from tablee_api.settings import ApiSettings
from tablee_scoring import jvm

SWITCH_SECONDS = 0.001
"""How long a scoring thread may hold the interpreter while the event loop waits (Python's default: 0.005)."""


def main() -> int:
    """The exit code: 0 after a normal end, 1 after an error, which is printed."""
    try:
        settings = ApiSettings.read()
        telemetry.configure(settings.log, service="api")
        sys.setswitchinterval(SWITCH_SECONDS)
        jvm.start(heap=settings.jvm_heap)  # in the main thread: the JVM can only end in the thread that started it
        with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
            runner.run(_serve(settings))
    except TableeError as error:
        print(f"{error.detail}\n{error.hint}", file=sys.stderr)
        return 1
    return 0


async def _serve(settings: ApiSettings) -> None:
    repository = ModelRepository(
        settings.pins,
        registry=lambda: Registry(settings.mlflow),
        cache=settings.cache,
        default=settings.default_model,
        warm=warm_up.run,
    )
    repository.ready.add_done_callback(lambda _: _settle())
    shutdown = Shutdown()
    pool = Pool(threads=settings.threads, queue=settings.max_queue, wait_seconds=settings.queue_seconds)
    shadow = _shadow(settings, repository)
    app = create_app(settings, repository, shutdown, pool, shadow)
    lane = FastLane(settings, repository, shutdown, pool, shadow)
    await serve(settings, app, create_admin_app(repository, shutdown), repository, shutdown, lane)
    if shadow is not None:
        shadow.stop()
    pool.close()


def _shadow(settings: ApiSettings, repository: ModelRepository) -> ShadowScorer | None:
    """The shadow scorer, if a share is set; it starts when the champions are ready."""
    if not settings.shadow_share:
        return None
    shadow = ShadowScorer(
        settings.shadow_share,
        models=lambda: list(repository.served),
        challenger=repository.challenger,
        load=repository.load,
    )
    repository.ready.add_done_callback(lambda _: shadow.start())
    return shadow


def _settle() -> None:
    """Exclude the objects that exist as long as the process (models, libraries) from garbage collection, which would
    stop all requests for 0.2 seconds each time (measured)."""
    gc.collect()
    gc.freeze()


if __name__ == "__main__":
    sys.exit(main())
