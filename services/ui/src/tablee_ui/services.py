"""What the pages talk to: the two services of the platform, and the files being predicted here."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Self

from tablee.errors import Unavailable
from tablee_client import Api, Controller, Service
from tablee_ui.file_predictions import Batches
from tablee_ui.settings import UiSettings


@dataclass(frozen=True, slots=True)
class Services:
    """One for the whole process, shared by all visits."""

    api: Api
    controller: Controller
    batches: Batches
    max_upload_mb: int

    @classmethod
    def connect(cls, settings: UiSettings) -> Self:
        """Clients for the URLs of the settings; nothing is asked of the services yet."""
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
        return cls(api, controller, Batches(api), settings.max_upload_mb)
