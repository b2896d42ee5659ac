"""Streamlit's web server with our options and our additional routes."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from starlette.routing import BaseRoute, Route

from tablee_ui.server import health
from tablee_ui.settings import UiSettings
from tablee_ui.widgets import theme

SCRIPT = Path(__file__).parent / "script.py"
"""The script that Streamlit runs whenever a page is opened or changed."""


def options(settings: UiSettings) -> dict[str, Any]:
    """Streamlit's options by name. They take precedence over its configuration files and environment variables."""
    return {
        "server.headless": True,
        "server.address": settings.host,
        "server.port": settings.port,
        "server.baseUrlPath": settings.base_path,
        "server.maxUploadSize": settings.max_upload_mb,
        "server.maxMessageSize": max(200, settings.max_upload_mb),
        "server.fileWatcherType": "none",
        "server.runOnSave": False,
        "server.showEmailPrompt": False,
        "browser.gatherUsageStats": False,
        "client.toolbarMode": "minimal",
        "client.showErrorDetails": "none",
        "client.showErrorLinks": False,
        "runner.magicEnabled": False,
        "logger.hideWelcomeMessage": True,
        "logger.level": settings.log.level,
        **theme.options(),
    }


def serve(settings: UiSettings) -> None:
    """Serve the pages until SIGTERM or SIGINT."""
    import pandas  # noqa: F401 (charts use it if it is loaded, and fail while another page's table is still loading it)
    import streamlit

    streamlit.App(SCRIPT, routes=routes(settings)).run(config=options(settings))


def routes(settings: UiSettings) -> list[BaseRoute]:
    """The routes that Streamlit does not serve, with and without the base path: a probe calls the process directly."""
    handlers = {"/healthz": health.healthz, "/metrics": health.MetricsRoute(settings.key).respond}
    prefixes = sorted({"", settings.base_path})
    own = [Route(prefix + path, handler) for prefix in prefixes for path, handler in handlers.items()]
    unavailable = [
        Route(f"{prefix}/{service}/{{rest:path}}", health.unavailable, methods=list(health.METHODS))
        for prefix in prefixes
        for service in health.OTHER_SERVICES
    ]
    return [*own, *unavailable]
