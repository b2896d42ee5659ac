"""One HTTP service of ours: every failure comes back as a `TableeError`."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import httpx
from pydantic import BaseModel, ConfigDict

from tablee.errors import TableeError, Unavailable

HEALTH_SECONDS = 3.0
"""Limit of a health check, so that a page that asks for it stays quick."""


class Answer(BaseModel):
    """An answer of a service; members this version does not know are left out."""

    model_config = ConfigDict(frozen=True, extra="ignore")


class Readiness(Answer):
    """Whether a service is ready, in its own words."""

    alive: bool
    """It answered at all."""
    ready: bool
    reason: str = ""


class Service:
    """A service at a base URL.

    :param name: what error details call it.
    """

    def __init__(self, name: str, client: httpx.Client) -> None:
        self.name, self._client = name, client

    @property
    def url(self) -> str:
        return str(self._client.base_url).rstrip("/")

    def call(
        self,
        method: str,
        path: str,
        *,
        json: Any = None,
        content: bytes | Iterable[bytes] | None = None,
        headers: Mapping[str, str] | None = None,
        params: Mapping[str, Any] | None = None,
        repeatable: bool = False,
        seconds: float | None = None,
    ) -> httpx.Response:
        """The answer to a request.

        :param seconds: limit of this call, where it may take longer than others.
        :param repeatable: asking twice does no harm, so it is asked again once if the connection broke (GET always).
        :raises Unavailable: the service does not answer.
        :raises TableeError: the error it answered with, as the class of its code.
        """

        def ask() -> httpx.Response:
            limit = httpx.USE_CLIENT_DEFAULT if seconds is None else seconds
            return self._client.request(
                method, path, json=json, content=content, headers=headers, params=params, timeout=limit
            )

        try:
            try:
                answer = ask()
            except (httpx.NetworkError, httpx.RemoteProtocolError):
                if method != "GET" and not repeatable:
                    raise
                answer = ask()
        except httpx.HTTPError as error:
            raise Unavailable(f"the {self.name} at {self.url} does not answer ({type(error).__name__})") from error
        if answer.is_error:
            raise self._error(answer)
        return answer

    def ready(self) -> Readiness:
        """What `/readyz` says; a service that does not answer is not ready."""
        try:
            answer = self._client.get("/readyz", timeout=HEALTH_SECONDS)
        except httpx.HTTPError as error:
            return Readiness(alive=False, ready=False, reason=f"{self.url}: {type(error).__name__}")
        body = _json(answer)
        return Readiness(
            alive=True, ready=answer.is_success, reason=str(body.get("reason") or body.get("detail") or "")
        )

    def _error(self, answer: httpx.Response) -> TableeError:
        body = _json(answer)
        if "code" not in body:
            return Unavailable(f"the {self.name} at {self.url} answered {answer.status_code} without saying why")
        return TableeError.from_problem(body)


def _json(answer: httpx.Response) -> dict[str, Any]:
    try:
        body = answer.json()
    except ValueError:
        return {}
    return body if isinstance(body, dict) else {}
