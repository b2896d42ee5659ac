"""`python -m tablee_controller`: runs the control plane until SIGTERM."""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager

import uvicorn
from fastapi import FastAPI

from tablee import __version__, telemetry
from tablee.errors import TableeError
from tablee.http.schemas.platform import PlatformInfo
from tablee.models.registry import Registry
from tablee.storage.object_store import open_store
from tablee_controller.app import Limits, create_app
from tablee_controller.loop import Task
from tablee_controller.runtimes.kubernetes import KubernetesRuntime
from tablee_controller.runtimes.kubernetes.failures import PORT
from tablee_controller.runtimes.local import ProcessRuntime
from tablee_controller.runtimes.local.environment import Environments
from tablee_controller.runtimes.runtime import Runtime
from tablee_controller.services import build_services
from tablee_controller.settings import ControllerSettings, KubernetesSettings


def main() -> int:
    try:
        settings = ControllerSettings.read()
        telemetry.configure(settings.log, service="controller")
        serve(settings, build_app(settings))
    except TableeError as error:
        print(f"{error.detail}\n{error.hint}", file=sys.stderr)
        return 2
    return 0


def build_app(settings: ControllerSettings) -> FastAPI:
    runtime, api_port, tasks = open_kubernetes(settings.kubernetes) if settings.kubernetes else open_processes(settings)
    scratch = settings.home.absolute() / "run" / "uploads"
    services = build_services(
        settings,
        objects=open_store(settings.objects),
        registry=Registry(settings.mlflow),
        runtime=runtime,
        scratch=scratch,
        further_tasks=tasks,
    )
    return create_app(
        services,
        about=platform(settings, api_port),
        limits=Limits(settings.max_upload_bytes, settings.max_body_bytes),
        key=settings.key.get_secret_value() if settings.key else None,
        base_path=settings.base_path,
    )


def open_processes(settings: ControllerSettings) -> tuple[Runtime, int, Mapping[str, Task]]:
    """The runtime of one machine, the port of its API, and its tasks for the control loop.

    :raises InvalidSettings: the port of the API is in use.
    """
    home, environments = settings.home.absolute(), Environments(settings, os.environ)
    runtime = ProcessRuntime(home, environments, api=settings.api, training=settings.training, scoring=settings.scoring)
    return runtime, runtime.api_port, {}


def open_kubernetes(settings: KubernetesSettings) -> tuple[Runtime, int, Mapping[str, Task]]:
    """The runtime of a release, the port of its API, and its tasks for the control loop.

    :raises KubernetesUnavailable: there is no usable configuration of the Kubernetes API.
    """
    runtime = KubernetesRuntime(settings, kubeconfig=os.environ.get("KUBECONFIG"))
    return runtime, PORT, {"H2O": runtime.h2o_cluster}


def serve(settings: ControllerSettings, app: FastAPI) -> None:
    """Answer requests until SIGTERM or SIGINT."""
    config = uvicorn.Config(
        app,
        host=settings.host,
        port=settings.port,
        loop="uvloop",
        http="httptools",
        log_config=None,
        access_log=False,
        server_header=False,
        timeout_graceful_shutdown=10,
    )
    Server(config).run()


class Server(uvicorn.Server):
    """A uvicorn server that does not raise a signal again after it has stopped, so that the exit code is 0."""

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        before = {number: signal.signal(number, self.handle_exit) for number in (signal.SIGTERM, signal.SIGINT)}
        try:
            yield
        finally:
            for number, handler in before.items():
                signal.signal(number, handler)


def platform(settings: ControllerSettings, api_port: int) -> PlatformInfo:
    return PlatformInfo(
        version=__version__,
        api_url=settings.api.url or f"http://{reachable(settings.api.host)}:{api_port}",
        ui_url=settings.ui_url,
        mlflow_url=settings.mlflow_public_url or settings.mlflow.url,
        home=str(settings.home.absolute()),
    )


def reachable(host: str) -> str:
    """An address at which this machine can reach a service that listens on `host`."""
    return {"0.0.0.0": "127.0.0.1", "::": "[::1]"}.get(host, host)  # noqa: S104 (compared with, not listened on)


if __name__ == "__main__":
    sys.exit(main())
