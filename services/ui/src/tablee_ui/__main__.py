"""`python -m tablee_ui`: read the settings, then serve the pages."""

from __future__ import annotations

import signal
import sys

from tablee import telemetry
from tablee.errors import InvalidSettings
from tablee_ui.server import application
from tablee_ui.settings import UiSettings


def main() -> int:
    """Serve until SIGTERM or SIGINT. Returns the exit status: 2 if a setting is wrong."""
    try:
        settings = UiSettings.read()
    except InvalidSettings as error:
        print(f"{error.detail}\n{error.hint}", file=sys.stderr)
        return 2
    telemetry.configure(settings.log, service="ui")
    telemetry.logger(__name__).info(
        "ui_started", host=settings.host, port=settings.port, controller=settings.controller_url, api=settings.api_url
    )
    for name in (signal.SIGTERM, signal.SIGINT):  # the web server shuts down first, then raises the signal again
        signal.signal(name, lambda *_: sys.exit(0))
    application.serve(settings)
    return 0


if __name__ == "__main__":
    sys.exit(main())
