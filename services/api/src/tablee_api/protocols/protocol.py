"""The parts of every protocol of the API: routes that predict, and the JSON of its errors."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl

import orjson

from tablee.errors import InvalidRequest, ModelNotFound, TableeError
from tablee.errors.cells import shorten
from tablee.http.middleware import ErrorResponse, Scope, render_problem
from tablee.i18n.catalogue import Language
from tablee.i18n.message import in_language
from tablee_api.inference.request import RequestFormat, StreamFormat
from tablee_api.models.repository import ModelRepository
from tablee_api.models.served_model import ServedModel

UNKNOWN = "unknown"
"""The query parameter that says what becomes of columns that the model does not know."""
UNKNOWN_CHOICES = frozenset(("ignore", "refuse"))

FormatSelector = Callable[[Scope], RequestFormat | StreamFormat]
"""Chooses the format of a request from its headers and query; raises an error where they are wrong."""


@dataclass(frozen=True, slots=True)
class Route:
    """A `POST` route that predicts.

    `path` is its template, which is also the label of its metrics. `select_format` chooses the format of a request.
    `summary`, `body` and `answer` describe the route in OpenAPI; the last two are schemas of JSON objects.
    """

    path: str
    select_format: FormatSelector
    summary: str = ""
    body: Mapping[str, Any] = field(default_factory=dict)
    answer: Mapping[str, Any] = field(default_factory=dict)
    refuses_unknown: bool = True
    """Whether columns that the model does not know are refused unless the query says otherwise."""
    _pattern: re.Pattern[str] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        pattern = re.sub(r"\\{(\w+)\\}", r"(?P<\1>[^/]+)", re.escape(self.path))
        object.__setattr__(self, "_pattern", re.compile(pattern))

    def match(self, path: str) -> dict[str, str] | None:
        """The parameters in a path; None if it is not a path of this route."""
        found = self._pattern.fullmatch(path)
        return None if found is None else found.groupdict()


@dataclass(frozen=True, slots=True)
class InferenceProtocol:
    """A protocol: its name, its routes, which paths have errors of its form, and the JSON of these errors."""

    name: str
    routes: tuple[Route, ...]
    owns: Callable[[str], bool]
    error: Callable[[int, str], dict[str, Any]]
    """Makes the JSON of an error from its status and its sentence."""

    def render_error(self, error: TableeError, language: Language) -> ErrorResponse:
        """The response to an error: the usual status and headers, with a body in the form of this protocol."""
        status, headers, _ = render_problem(error, language=language)
        body = orjson.dumps(self.error(status, error.said(in_language(language))), default=str)
        kept = [header for header in headers if header[0] not in (b"content-type", b"content-length")]
        described = [(b"content-type", b"application/json"), (b"content-length", str(len(body)).encode())]
        return status, [*described, *kept], body


def schema(**members: Any) -> dict[str, Any]:
    """The schema of a JSON object with these required members; `...` stands for any value."""
    properties = {name: {} if each is ... else each for name, each in members.items()}
    return {"type": "object", "properties": properties, "required": list(properties)}


def ignores_unknown(scope: Scope) -> bool:
    """Whether the query asks to leave out columns that the model does not know: `?unknown=ignore`. Other parameters
    are not looked at.

    :raises InvalidRequest: another value than `ignore` or `refuse`, or both.
    """
    query = scope.get("query_string", b"").decode("latin-1")
    given = {value for name, value in parse_qsl(query, keep_blank_values=True) if name == UNKNOWN}
    if len(given) > 1 or not given <= UNKNOWN_CHOICES:
        value = ", ".join(sorted(given - UNKNOWN_CHOICES or given))
        raise InvalidRequest("unknown_no_choice", value=shorten(value), choices=sorted(UNKNOWN_CHOICES))
    return "ignore" in given


def pick(repository: ModelRepository, params: Mapping[str, Any]) -> ServedModel:
    """The model that the path parameters name: `name` (the default model if absent) and, in some protocols, `version`.

    :raises ModelNotReady: it is not loaded yet.
    :raises ModelNotFound: it is not pinned, or with another version.
    """
    served = repository.get(params.get("name"))
    version = params.get("version")
    if version is not None and version != str(served.version):
        raise ModelNotFound(
            "other_version", hint="leave_version_out", model=served.name, served=served.version, version=version
        )
    return served
