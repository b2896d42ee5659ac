"""The clients of the two services that the pages call."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Self

from tablee.errors import Unavailable
from tablee_client import Api, Controller, Service
from tablee_ui.settings import UiSettings


@dataclass(frozen=True, slots=True)
class Backend:
    """The clients, created once per process and shared by all visitors."""

    api: Api
    controller: Controller
    max_upload_mb: int
    """Largest file that a visitor can send, in megabytes (2**20 bytes)."""

    @classmethod
    def connect(cls, settings: UiSettings) -> Self:
        """Clients for the URLs of the settings. No request is sent yet."""
        key = settings.key.get_secret_value() if settings.key is not None else None

        def service(name: str, url: str) -> Service:
            return Service(
                name,
                url,
                key=key,
                user_agent="tablee-ui",
                timeout=settings.timeout_seconds,
                use_proxies=False,  # the services are in the same network, never behind a proxy
                unreachable=Unavailable,
            )

        api = Api(service("API", settings.api_url))
        controller = Controller(service("controller", settings.controller_url))
        return cls(api, controller, settings.max_upload_mb)
