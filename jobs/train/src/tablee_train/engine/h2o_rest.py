"""A client of H2O's REST API; every call has a time limit.

H2O's own Python client retries without end when the cluster is lost, and keeps its connection in a global variable. A
training needs a dozen routes, so it calls them directly.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any
from urllib.parse import quote

import httpx

from tablee.errors import EngineUnavailable, TrainingFailed
from tablee.errors.causes import network_cause
from tablee_train.settings import H2oSettings

POLL_SECONDS = 15.0
"""Time limit of a call that H2O answers at once."""
LONG_SECONDS = 300.0
"""Time limit of a call during which H2O works: reading an upload, scoring a few rows, writing a MOJO."""

ENDED_STATUSES = ("DONE", "FAILED", "CANCELLED")
"""Statuses of a job that has ended."""
FOLLOWER_STATUS = 403
"""HTTP status of every node but the leader on Kubernetes; a wrong login is 401."""


class H2oRest:
    """A connection to one node.

    Every method raises `EngineUnavailable` when H2O does not answer in time or refuses the login, and `TrainingFailed`
    with H2O's own message when it answers with an error.
    """

    def __init__(self, settings: H2oSettings, *, url: str | None = None, poll_seconds: float = POLL_SECONDS) -> None:
        self._poll_seconds = poll_seconds
        password = settings.password.get_secret_value() if settings.password else ""
        self.url = (url or settings.addresses[0]).rstrip("/")
        self.is_follower = False
        """Whether the last answer said that this node does not serve requests, since another one leads the cluster."""
        self._client = httpx.Client(
            base_url=self.url,
            auth=(settings.username, password) if settings.username else None,
            timeout=_limit(poll_seconds),
            trust_env=False,  # the cluster is never behind a proxy
        )

    def get(self, path: str, **query: str) -> dict[str, Any]:
        return self._call("GET", path, self._poll_seconds, params=query)

    def post(self, path: str, *, seconds: float | None = None, **content: Any) -> dict[str, Any]:
        """:param content: as httpx takes it: json, data, files, params."""
        return self._call("POST", path, seconds or self._poll_seconds, **content)

    def delete(self, path: str) -> None:
        self._call("DELETE", path, self._poll_seconds)

    def text(self, path: str, **query: str) -> str:
        """The body of an answer that is no JSON."""
        return self._send("GET", path, LONG_SECONDS, params=query).text

    def download(self, path: str, file: Path) -> None:
        """Stream the body of an answer into a file."""
        try:
            with (
                self._client.stream("GET", path, timeout=_limit(LONG_SECONDS)) as answer,
                file.open("wb") as out,
            ):
                if answer.is_error:
                    answer.read()
                    raise self._error(answer)
                for part in answer.iter_bytes():
                    out.write(part)
        except httpx.TransportError as error:
            raise self._no_answer(error) from error

    def job(self, key: str) -> dict[str, Any]:
        """The state of a job: `status`, `progress`, `progress_msg`, `exception`."""
        found: dict[str, Any] = self.get(f"/3/Jobs/{path_segment(key)}")["jobs"][0]
        return found

    def close(self) -> None:
        self._client.close()

    def _call(self, method: str, path: str, seconds: float, **content: Any) -> dict[str, Any]:
        answer: dict[str, Any] = self._send(method, path, seconds, **content).json()
        return answer

    def _send(self, method: str, path: str, seconds: float, **content: Any) -> httpx.Response:
        try:
            answer = self._client.request(method, path, timeout=_limit(seconds), **content)
        except httpx.TransportError as error:
            raise self._no_answer(error) from error
        self.is_follower = answer.status_code == FOLLOWER_STATUS
        if answer.is_error:
            raise self._error(answer)
        return answer

    def _no_answer(self, error: httpx.TransportError) -> EngineUnavailable:
        return EngineUnavailable("no_answer", url=self.url, error=network_cause(error))

    def _error(self, answer: httpx.Response) -> EngineUnavailable | TrainingFailed:
        if answer.status_code == FOLLOWER_STATUS:
            return EngineUnavailable("follower", url=self.url)
        if answer.status_code == 401:
            return EngineUnavailable("login_refused", url=self.url, hint="h2o_login")
        return TrainingFailed("h2o_error", status=answer.status_code, message=_message(answer))


def job_failed(reason: str, job: dict[str, Any], **facts: str) -> TrainingFailed:
    """The error of a failed job, with H2O's own message in one line if there is one."""
    why = " ".join(str(job.get("exception") or "").split())[:500]
    return TrainingFailed(reason, why=why, **facts) if why else TrainingFailed(f"{reason}_silently", **facts)


def path_segment(key: str) -> str:
    """An H2O key as one segment of a path."""
    return quote(key, safe="")


def _limit(seconds: float) -> httpx.Timeout:
    return httpx.Timeout(seconds, connect=min(seconds, 5.0))


def _message(answer: httpx.Response) -> str:
    """H2O's own message, in one line."""
    try:
        body = answer.json()
        text = str(body.get("exception_msg") or body.get("msg") or body)
    except json.JSONDecodeError:
        text = answer.text
    return " ".join(text.replace("ERROR MESSAGE:", "").split())[:500]
