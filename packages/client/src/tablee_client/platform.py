"""The client of a running platform: its controller, and its API."""

from __future__ import annotations

from types import TracebackType
from typing import Self

from tablee_client.api import Api
from tablee_client.controller import Controller
from tablee_client.http import Service


class Platform:
    """The services of one platform.

    >>> with Platform("http://127.0.0.1:8080") as platform:
    ...     platform.api.predict("penguins", {"island": "Biscoe", "body_mass_g": 5000}).prediction.prediction
    'Gentoo'

    :param url: base URL of the controller.
    :param key: access key, if the platform asks for one.
    :param user_agent: value of the `User-Agent` header.
    :raises NotRunning: `url` is not a URL.
    """

    def __init__(self, url: str, key: str | None = None, *, user_agent: str = "tablee-client") -> None:
        self._key, self._user_agent = key, user_agent
        self.controller = Controller(Service("controller", url, key=key, user_agent=user_agent))
        self._api: Api | None = None

    @property
    def api(self) -> Api:
        """The API. Its address is requested from the controller at the first use."""
        if self._api is None:
            url = self.controller.platform().api_url
            self._api = Api(Service("API", url, key=self._key, user_agent=self._user_agent))
        return self._api

    def close(self) -> None:
        self.controller.close()
        if self._api is not None:
            self._api.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()
