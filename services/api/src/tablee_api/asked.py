"""What a prediction request asks for besides its rows: the form of its body, of the answer, and explanations."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import parse_qsl

from tablee.edge import Scope
from tablee.errors import InvalidRequest, UnsupportedMediaType, shorten

JSON, CSV = "application/json", "text/csv"
_FLAGS = {"true": True, "1": True, "false": False, "0": False}


@dataclass(frozen=True, slots=True)
class Asked:
    csv_in: bool
    csv_out: bool
    explain: bool


_PLAIN = Asked(csv_in=False, csv_out=False, explain=False)


def read(scope: Scope) -> Asked:
    """
    :raises UnsupportedMediaType: the body is neither JSON nor CSV, is compressed, or not in UTF-8.
    :raises InvalidRequest: an unknown query parameter, or a flag that is none.
    """
    content_type, accept, encoding = b"application/json", b"*/*", b""
    for name, value in scope["headers"]:
        if name == b"content-type":
            content_type = value
        elif name == b"accept":
            accept = value
        elif name == b"content-encoding":
            encoding = value
    query = scope.get("query_string", b"")
    if content_type == b"application/json" and accept == b"*/*" and not encoding and not query:
        return _PLAIN  # nearly every request
    if encoding.strip().lower() not in (b"", b"identity"):
        raise UnsupportedMediaType(f"the body is encoded as {shorten(_text(encoding))}", hint="Send it unencoded.")
    csv_in = _is_csv(_text(content_type))
    return Asked(csv_in, _wants_csv(_text(accept), csv_in), _explain(_text(query)))


def _text(value: bytes) -> str:
    return value.decode("latin-1")


def _is_csv(content_type: str) -> bool:
    kind, *parameters = (part.strip() for part in content_type.lower().split(";"))
    for parameter in parameters:
        name, _, value = parameter.partition("=")
        if name.strip() == "charset" and value.strip(' "') not in ("utf-8", "utf8", "us-ascii"):
            raise UnsupportedMediaType(f"the body is in {shorten(value)}", hint="Send it in UTF-8.")
    if kind == CSV:
        return True
    if kind in ("", JSON) or (kind.startswith("application/") and kind.endswith("+json")):
        return False
    raise UnsupportedMediaType(f"a body of type {shorten(kind)} is not understood")


def _wants_csv(accept: str, csv_in: bool) -> bool:
    """The form liked better; the body's own if both are liked alike, or neither is."""
    as_csv, as_json = _quality(accept, CSV), _quality(accept, JSON)
    return csv_in if as_csv == as_json else as_csv > as_json


def _quality(accept: str, kind: str) -> float:
    """How much a media type is liked (RFC 9110, 12.5.1): the most specific range that it falls under decides."""
    ranges = {kind: 3, kind.split("/")[0] + "/*": 2, "*/*": 1}
    best, quality = 0, 0.0
    for entry in accept.lower().split(","):
        name, *parameters = (part.strip() for part in entry.split(";"))
        rank = ranges.get(name, 0)
        if rank > best:
            best, quality = rank, _weight(parameters)
    return quality


def _weight(parameters: list[str]) -> float:
    for parameter in parameters:
        if parameter.startswith("q="):
            try:
                return float(parameter[2:])
            except ValueError:
                return 0.0
    return 1.0


def _explain(query: str) -> bool:
    flags = parse_qsl(query, keep_blank_values=True, encoding="utf-8", errors="replace")
    unknown = [name for name, _ in flags if name != "explain"]
    if unknown:
        raise InvalidRequest(f"unknown query parameter {shorten(unknown[0])}, expected explain=true or explain=false")
    values = {_FLAGS.get(value.lower()) for _, value in flags}
    if None in values or len(values) > 1:
        raise InvalidRequest(f"explain is {shorten(flags[-1][1])}, expected true or false")
    return values == {True}
