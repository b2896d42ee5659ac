"""The HTTP headers about media types."""

from __future__ import annotations

from dataclasses import dataclass

from tablee.errors import UnsupportedMediaType
from tablee.errors.cells import shorten
from tablee.http.middleware import Scope

JSON, CSV = "application/json", "text/csv"


@dataclass(frozen=True, slots=True)
class Headers:
    """The media types of the body and of the wanted response, in lower case."""

    kind: str
    """The media type of the body; empty if the header is missing."""
    accept: str

    @classmethod
    def of(cls, scope: Scope) -> Headers:
        """
        :raises UnsupportedMediaType: the body is compressed, or not in UTF-8.
        """
        headers: dict[bytes, bytes] = dict(scope["headers"])
        encoding = _text(headers.get(b"content-encoding", b""))
        if encoding.strip() not in ("", "identity"):
            raise UnsupportedMediaType("compressed", hint="send_unencoded", encoding=shorten(encoding))
        return cls(_kind(_text(headers.get(b"content-type", b""))), _text(headers.get(b"accept", b"*/*")))

    def preferred(self, kinds: tuple[str, ...], own: str) -> str:
        """The media type that the client prefers; `own` if it prefers several equally."""
        return max(kinds, key=lambda kind: (self._quality(kind), kind == own))

    def _quality(self, kind: str) -> float:
        """The quality of a media type (RFC 9110, 12.5.1), which the most specific matching range decides."""
        ranges = {kind: 3, kind.split("/")[0] + "/*": 2, "*/*": 1}
        best, quality = 0, 0.0
        for entry in self.accept.split(","):
            name, *parameters = (part.strip() for part in entry.split(";"))
            rank = ranges.get(name, 0)
            if rank > best:
                best, quality = rank, _weight(parameters)
        return quality


def is_json(kind: str) -> bool:
    """Whether a media type is JSON; also if the header is missing."""
    return kind in ("", JSON) or (kind.startswith("application/") and kind.endswith("+json"))


def _text(value: bytes) -> str:
    return value.decode("latin-1").lower()


def _kind(content_type: str) -> str:
    kind, *parameters = (part.strip() for part in content_type.split(";"))
    for parameter in parameters:
        name, _, value = parameter.partition("=")
        if name.strip() == "charset" and value.strip(' "') not in ("utf-8", "utf8", "us-ascii"):
            raise UnsupportedMediaType("charset", hint="send_utf8", charset=shorten(value))
    return kind


def _weight(parameters: list[str]) -> float:
    for parameter in parameters:
        if parameter.startswith("q="):
            try:
                return float(parameter[2:])
            except ValueError:
                return 0.0
    return 1.0
