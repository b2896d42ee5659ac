"""Logging: one chain of structlog processors for the platform's events and for those of libraries. Context variables
such as request, model and run are added to each line.
"""

from __future__ import annotations

import logging
import sys
from typing import Any

import structlog
from structlog.contextvars import bind_contextvars, bound_contextvars, clear_contextvars

from tablee.settings import LogSettings

__all__ = ["bind_contextvars", "bound_contextvars", "clear_contextvars", "configure", "logger"]


def configure(settings: LogSettings, *, service: str) -> None:
    """Write all log lines of this process to standard error, in the format of the settings. Call it once, in
    `__main__`."""
    shared: list[Any] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.ExtraAdder(),
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.format_exc_info if settings.format == "json" else structlog.dev.set_exc_info,
    ]
    last: Any = (
        structlog.processors.JSONRenderer()
        if settings.format == "json"
        else structlog.dev.ConsoleRenderer(  # local variables hold cells, and showing them may fail
            colors=sys.stderr.isatty(), exception_formatter=structlog.dev.plain_traceback
        )
    )
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=True,
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared, processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, last]
        )
    )
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(settings.level.upper())
    for noisy in ("httpx", "httpcore", "botocore", "urllib3", "mlflow.utils"):
        logging.getLogger(noisy).setLevel(logging.WARNING)
    bind_contextvars(service=service)


def logger(name: str) -> Any:
    """The logger of a module: `log = logger(__name__)`."""
    return structlog.stdlib.get_logger(name)
