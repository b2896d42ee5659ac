"""What every protocol of the API is made of: routes that predict, and a form of its errors."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import orjson

from tablee.errors import ModelNotFound, TableeError
from tablee.http.middleware import ErrorResponse, Scope, render_problem
from tablee_api.inference.request import RequestFormat, StreamFormat
from tablee_api.models.repository import ModelRepository
from tablee_api.models.served_model import ServedModel

FormatSelector = Callable[[Scope], RequestFormat | StreamFormat]
"""What a request of a route asks for; raises the errors of a request that cannot be understood."""


@dataclass(frozen=True, slots=True)
class Route:
    """A `POST` that predicts. `path` is its template, under which metrics count it; `asking` reads a request of it.

    `summary`, `body` and `answer` describe it in OpenAPI; the last two are schemas of JSON objects.
    """

    path: str
    select_format: FormatSelector
    summary: str = ""
    body: Mapping[str, Any] = field(default_factory=dict)
    answer: Mapping[str, Any] = field(default_factory=dict)
    _pattern: re.Pattern[str] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        pattern = re.sub(r"\\{(\w+)\\}", r"(?P<\1>[^/]+)", re.escape(self.path))
        object.__setattr__(self, "_pattern", re.compile(pattern))

    def match(self, path: str) -> dict[str, str] | None:
        """The parameters in a path of this route; None if it is none."""
        found = self._pattern.fullmatch(path)
        return None if found is None else found.groupdict()


@dataclass(frozen=True, slots=True)
class InferenceProtocol:
    """A protocol: its name, its routes, the paths where its clients expect its errors, and these errors' JSON."""

    name: str
    routes: tuple[Route, ...]
    owns: Callable[[str], bool]
    error: Callable[[TableeError], dict[str, Any]]

    def render_error(self, error: TableeError) -> ErrorResponse:
        """The answer to an error: status and other headers as everywhere, the same sentence in another body."""
        status, headers, _ = render_problem(error)
        body = orjson.dumps(self.error(error), default=str)
        kept = [header for header in headers if header[0] not in (b"content-type", b"content-length")]
        described = [(b"content-type", b"application/json"), (b"content-length", str(len(body)).encode())]
        return status, [*described, *kept], body


def schema(**members: Any) -> dict[str, Any]:
    """Of a JSON object that must have these members; `...` is whatever."""
    properties = {name: {} if each is ... else each for name, each in members.items()}
    return {"type": "object", "properties": properties, "required": list(properties)}


def pick(repository: ModelRepository, params: Mapping[str, Any]) -> ServedModel:
    """The model that path parameters name: `name` (the default one if absent) and, in some protocols, `version`.

    :raises ModelNotReady: it is not loaded yet.
    :raises ModelNotFound: it is not pinned, or with another version.
    """
    served = repository.pick(params.get("name"))
    version = params.get("version")
    if version is not None and version != str(served.version):
        raise ModelNotFound(
            "other_version", hint="leave_version_out", model=served.name, served=served.version, version=version
        )
    return served
