"""Streamlit's web server, told what to do by our settings instead of files lying around."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route

from tablee_ui import theme
from tablee_ui.settings import UiSettings

SCRIPT = Path(__file__).parent / "entry" / "script.py"
"""What Streamlit runs for every visit and every change on the page."""


def options(settings: UiSettings) -> dict[str, Any]:
    """Streamlit's options; they win over its configuration files and variables."""
    return {
        "server.headless": True,
        "server.address": settings.host,
        "server.port": settings.port,
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
    """Serve the page until SIGTERM or SIGINT; `/healthz` answers beside Streamlit's own `/_stcore/health`."""
    import streamlit

    streamlit.App(SCRIPT, routes=[Route("/healthz", _healthz)]).run(config=options(settings))


async def _healthz(_: Request) -> JSONResponse:
    return JSONResponse({"status": "ok"})
