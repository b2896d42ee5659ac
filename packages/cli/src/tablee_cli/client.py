"""The platform's HTTP routes, as the command calls them.

Answers are the services' own JSON, so that `--json` can print them unchanged.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any
from urllib.parse import quote, urlsplit

import httpx

from tablee.errors import NotRunning, TableeError

TIMEOUT = httpx.Timeout(60.0, connect=5.0)
UPLOAD_TIMEOUT = httpx.Timeout(600.0, connect=5.0)
"""Of a large file that is read and checked before it is answered."""
Json = dict[str, Any]


class Service:
    """One HTTP service.

    :param name: what errors call it.
    """

    def __init__(self, name: str, url: str, key: str | None) -> None:
        self.name, self.url = name, url.rstrip("/")
        headers = {"user-agent": "tablee-cli"} | ({"authorization": f"Bearer {key}"} if key else {})
        try:
            host = urlsplit(self.url).hostname or ""
            # `trust_env` off for this machine: a proxy elsewhere does not know our 127.0.0.1
            near = host in ("localhost", "::1") or host.startswith("127.")
            self._client = httpx.Client(base_url=self.url, headers=headers, timeout=TIMEOUT, trust_env=not near)
        except (httpx.InvalidURL, ValueError) as error:
            raise NotRunning(f"«{url}» is no URL: {error}", hint="Write it like http://127.0.0.1:8080.") from None

    def close(self) -> None:
        self._client.close()

    def get(self, path: str, **query: Any) -> Json:
        body: Json = self.call("GET", path, params=query).json()
        return body

    def post(self, path: str, body: Json | None = None) -> Json:
        answer: Json = self.call("POST", path, json=body).json()
        return answer

    def call(self, method: str, path: str, **request: Any) -> httpx.Response:
        """The answer to a request.

        :raises NotRunning: nobody answers.
        :raises TableeError: the error it answered with, as the class of its code.
        """
        try:
            answer = self._client.request(method, path, **request)
        except (httpx.InvalidURL, httpx.UnsupportedProtocol) as error:
            raise NotRunning(f"«{self.url}» is no URL: {error}", hint="Write it like http://127.0.0.1:8080.") from None
        except httpx.HTTPError as error:
            reason = str(error) or type(error).__name__
            raise NotRunning(f"the {self.name} at {self.url} does not answer: {reason}") from None
        if answer.is_error:
            raise _problem(answer, self)
        return answer

    def ready(self) -> tuple[bool, str]:
        """Whether it says it is ready, and if not, why."""
        try:
            answer = self._client.get("/readyz", timeout=5.0)
        except httpx.HTTPError as error:
            return False, f"{self.url} does not answer ({type(error).__name__})"
        if answer.is_success:
            return True, ""
        return False, str(_body(answer).get("reason") or f"it answers {answer.status_code}")


class Platform:
    """A running platform: the controller at `url`, and the API that it names."""

    def __init__(self, url: str, key: str | None = None) -> None:
        self.controller = Service("controller", url, key)
        self._key = key
        self._api: Service | None = None

    def close(self) -> None:
        self.controller.close()
        if self._api is not None:
            self._api.close()

    def about(self) -> Json:
        return self.controller.get("/platform")

    @property
    def api(self) -> Service:
        if self._api is None:
            self._api = Service("API", str(self.about()["api_url"]), self._key)
        return self._api

    def add_dataset(self, name: str, query: Json, content: Iterable[bytes] | None = None) -> tuple[Json, bool]:
        """The manifest, and whether the version is new.

        :param content: the file, unless the query names an upload.
        """
        answer = self.controller.call(
            "PUT",
            f"/datasets/{part(name)}",
            content=content,
            headers={"content-type": "application/octet-stream"},
            params=query,
            timeout=UPLOAD_TIMEOUT,
        )
        return answer.json(), answer.status_code == 201

    def model(self, name: str) -> Json:
        return self.controller.get(f"/models/{part(name)}")

    def contract(self, model: str) -> Json:
        """The served version of a model with its contract."""
        return self.api.get(f"/models/{part(model)}")

    def training(self, training_id: str) -> Json:
        return self.controller.get(f"/trainings/{part(training_id)}")


def part(name: str) -> str:
    """A name as one part of a path, whatever it is made of."""
    return quote(name, safe="")


def _problem(answer: httpx.Response, service: Service) -> TableeError:
    body = _body(answer)
    if "code" in body:
        return TableeError.from_problem(body)
    return TableeError(
        f"the {service.name} at {service.url} answered {answer.status_code} without saying why",
        hint="Check that --url is the address of the controller.",
    )


def _body(answer: httpx.Response) -> Json:
    try:
        body = answer.json()
    except ValueError:
        return {}
    return body if isinstance(body, dict) else {}
