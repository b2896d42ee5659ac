"""What the pages talk to: the two services of the platform, and the files being predicted here."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Self

import httpx

from tablee_ui.clients.api import Api
from tablee_ui.clients.controller import Controller
from tablee_ui.clients.transport import Service
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
        headers = {"user-agent": "tablee-ui"}
        if settings.key is not None:
            headers["authorization"] = f"Bearer {settings.key.get_secret_value()}"

        def client(url: str) -> httpx.Client:
            # `trust_env` off: the services are neighbours, never behind a proxy
            return httpx.Client(base_url=url, headers=headers, timeout=settings.timeout_seconds, trust_env=False)

        api = Api(Service("API", client(settings.api_url)))
        controller = Controller(Service("controller", client(settings.controller_url)))
        return cls(api, controller, Batches(api), settings.max_upload_mb)
