"""Streamlit's web server, told what to do by our settings instead of files lying around."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from starlette.routing import BaseRoute, Route

from tablee_ui import health
from tablee_ui.settings import UiSettings
from tablee_ui.widgets import theme

SCRIPT = Path(__file__).parent / "entry" / "script.py"
"""What Streamlit runs for every visit and every change on the page."""


def options(settings: UiSettings) -> dict[str, Any]:
    """Streamlit's options; they win over its configuration files and variables."""
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
    """Serve the page until SIGTERM or SIGINT."""
    import pandas  # noqa: F401 (charts look for it, and would find half of it while another visit's table loads it)
    import streamlit

    streamlit.App(SCRIPT, routes=routes(settings)).run(config=options(settings))


def routes(settings: UiSettings) -> list[BaseRoute]:
    """What answers beside Streamlit, below the base path and without it: a probe asks the process itself."""
    answers = {"/healthz": health.healthz, "/metrics": health.Exposition(settings.key).answer}
    prefixes = sorted({"", settings.base_path})
    own = [Route(prefix + path, answer) for prefix in prefixes for path, answer in answers.items()]
    neighbours = [
        Route(f"{prefix}/{service}/{{rest:path}}", health.absent, methods=list(health.METHODS))
        for prefix in prefixes
        for service in health.NEIGHBOURS
    ]
    return [*own, *neighbours]
