"""One HTTP service of the platform. Every failure is raised as a `TableeError`."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any, TypeVar
from urllib.parse import quote, urlsplit

import httpx
from pydantic import TypeAdapter, ValidationError

from tablee.errors import NotRunning, TableeError, Unavailable
from tablee.errors.base import plain
from tablee.errors.causes import network_cause, quoted
from tablee.http.schemas.platform import Readiness
from tablee.i18n.message import Message

T = TypeVar("T")

TIMEOUT_SECONDS = 60.0
"""Time limit of a call in seconds."""
LONG_TIMEOUT_SECONDS = 600.0
"""Time limit in seconds of a call for which the service reads all rows of a table, or predicts many rows."""
CONNECT_SECONDS = 5.0
"""Time limit in seconds for making the connection."""
HEALTH_SECONDS = 3.0
"""Time limit in seconds of a health check. It is short, because pages wait for it."""

_recorded: ContextVar[list[httpx.Response] | None] = ContextVar("tablee_client_recorded", default=None)


class Service:
    """An HTTP service at a base URL. It may be used by several threads.

    :param name: name of the service in error messages.
    :param url: base URL.
    :param key: access key, sent as a bearer token.
    :param user_agent: value of the `User-Agent` header.
    :param timeout: time limit of a call in seconds.
    :param use_proxies: whether `HTTP_PROXY` and similar variables are used. None: only for other hosts, because a proxy
        on another machine cannot reach 127.0.0.1 of this one.
    :param unreachable: the error class to raise when the service does not answer.
    :param transport: an httpx transport, which replaces the network in tests.
    :raises NotRunning: `url` is not a URL.
    """

    def __init__(
        self,
        name: str,
        url: str,
        *,
        key: str | None = None,
        user_agent: str = "tablee-client",
        timeout: float = TIMEOUT_SECONDS,
        use_proxies: bool | None = None,
        unreachable: type[Unavailable] = NotRunning,
        transport: httpx.BaseTransport | None = None,
    ) -> None:
        self.name, self.url = name, url.rstrip("/")
        self._unreachable = unreachable
        headers = {"user-agent": user_agent} | ({"authorization": f"Bearer {key}"} if key else {})
        try:
            self._client = httpx.Client(
                base_url=self.url,
                headers=headers,
                timeout=_timeout(timeout),
                trust_env=not _is_loopback(url) if use_proxies is None else use_proxies,
                transport=transport,
            )
        except (httpx.InvalidURL, ValueError) as error:
            raise NotRunning("no_url", hint="service_url", url=url, error=quoted("httpx", error)) from None

    def close(self) -> None:
        self._client.close()

    def get(self, path: str, kind: type[T], *, timeout: float | None = None, **query: Any) -> T:
        """Send GET, and return the response as an object of a type.

        :param kind: a pydantic model, or another type that pydantic can validate.
        :param query: parameters of the query; those that are None are left out.
        :raises TableeError: see `request`.
        """
        return parsed(self.request("GET", path, params=query, timeout=timeout), kind)

    def post(
        self,
        path: str,
        kind: type[T],
        body: Any = None,
        *,
        repeatable: bool = False,
        timeout: float | None = None,
        **query: Any,
    ) -> T:
        """Send POST, and return the response as an object of a type. `repeatable` and errors are those of `request`."""
        answer = self.request("POST", path, json=body, params=query, repeatable=repeatable, timeout=timeout)
        return parsed(answer, kind)

    def request(
        self,
        method: str,
        path: str,
        *,
        json: Any = None,
        content: bytes | Iterable[bytes] | None = None,
        headers: Mapping[str, str] | None = None,
        params: Mapping[str, Any] | None = None,
        repeatable: bool = False,
        timeout: float | None = None,
    ) -> httpx.Response:
        """Send a request, and return the response.

        :param params: parameters of the query; those that are None are left out.
        :param repeatable: whether the request is sent once more if the connection breaks. Set it only if the request
            has the same effect when it is sent twice. GET and HEAD are always repeated.
        :param timeout: time limit of this call in seconds; None: that of the service.
        :raises Unavailable: the service does not answer, or the response does not come from a service of the platform.
        :raises TableeError: the service answered with an error; the class is that of the error's code.
        """

        def send() -> httpx.Response:
            return self._client.request(
                method,
                path,
                json=json,
                content=content,
                headers=headers,
                params={name: value for name, value in (params or {}).items() if value is not None},
                timeout=httpx.USE_CLIENT_DEFAULT if timeout is None else _timeout(timeout),
            )

        try:
            try:
                answer = send()
            except (httpx.NetworkError, httpx.RemoteProtocolError):
                if method not in ("GET", "HEAD") and not repeatable:
                    raise
                answer = send()
        except (httpx.InvalidURL, httpx.UnsupportedProtocol) as error:
            raise NotRunning("no_url", hint="service_url", url=self.url, error=quoted("httpx", error)) from None
        except httpx.HTTPError as error:
            raise self._unreachable("no_answer", service=self.name, url=self.url, error=network_cause(error)) from error
        if answer.is_error:
            raise self._error(answer)
        if (recorded := _recorded.get()) is not None:
            recorded.append(answer)
        return answer

    def ready(self) -> Readiness:
        """Whether the service is ready, by `/readyz`. A service that does not answer is not ready."""
        try:
            answer = self._client.get("/readyz", timeout=HEALTH_SECONDS)
        except httpx.HTTPError as error:
            silent = Message("readiness.no_answer", {"url": self.url, "cause": network_cause(error)})
            return Readiness(alive=False, ready=False, reason=str(silent), message=plain(silent))
        if answer.is_success:
            return Readiness(alive=True, ready=True)
        body = _object(answer)
        status = Message("readiness.status", {"status": answer.status_code})
        reason = str(body.get("reason") or body.get("detail") or status)
        message = body.get("message") or (body if "code" in body else plain(status) if reason == str(status) else None)
        return Readiness(alive=True, ready=False, reason=reason, message=message)

    def _error(self, answer: httpx.Response) -> TableeError:
        body = _object(answer)
        if "code" in body:
            return TableeError.from_problem(body)
        return Unavailable(
            "no_problem", hint="service_address", service=self.name, url=self.url, status=answer.status_code
        )


@contextmanager
def recorded() -> Iterator[list[httpx.Response]]:
    """Collect the responses that this thread receives in the block, in order. They give access to the JSON of a
    service, which the methods return as objects.

    >>> with recorded() as answers:
    ...     trainings = controller.trainings.list()
    >>> answers[-1].json()
    """
    answers: list[httpx.Response] = []
    token = _recorded.set(answers)
    try:
        yield answers
    finally:
        _recorded.reset(token)


def parsed(answer: httpx.Response, kind: type[T]) -> T:
    """The body of an answer as an object of a type.

    :raises TableeError: the body is not such an object.
    """
    adapter: TypeAdapter[T] = TypeAdapter(kind)
    try:
        return adapter.validate_json(answer.content)
    except ValidationError as error:
        raise TableeError(
            "unexpected_answer", hint="client_version", url=str(answer.url), error=quoted("pydantic", error)
        ) from None


def segment(name: str) -> str:
    """A name as one segment of a URL's path, whatever characters it has."""
    return quote(name, safe="")


def _timeout(seconds: float) -> httpx.Timeout:
    return httpx.Timeout(seconds, connect=min(seconds, CONNECT_SECONDS))


def _is_loopback(url: str) -> bool:
    host = urlsplit(url).hostname or ""
    return host in ("localhost", "::1") or host.startswith("127.")


def _object(answer: httpx.Response) -> dict[str, Any]:
    try:
        body = answer.json()
    except ValueError:
        return {}
    return body if isinstance(body, dict) else {}
