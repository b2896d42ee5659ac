"""Causes of errors that other programs describe in English, as messages of the catalogue.

What the platform can name is said in its own words: the errors of the system, of the network, and texts that are no
JSON. The words of all other programs are quoted, with the name of the program: `quoted("MLflow", error)`.
"""

from __future__ import annotations

import errno
import json
import signal
from typing import Any, Final

from tablee.i18n.message import Message, english

LONGEST = 500
"""Characters of the words of another program that an error shows."""

_JSON: Final = {
    "zero-length": "empty",
    "unexpected end of data": "ends_early",
    "expected a JSON value": "value",
    "Expecting value": "value",
    "expected value": "value",
    "EOF while parsing": "ends_early",
    "key must be a string": "key",
    "expected `:`": "colon",
    "expected `,`": "comma",
    "trailing characters": "more",
    "expected a string key": "key",
    "Expecting property name": "key",
    "expected ':'": "colon",
    "Expecting ':'": "colon",
    "expected ','": "comma",
    "Expecting ','": "comma",
    "railing comma": "trailing_comma",
    "escape": "escape",
    "ontrol character": "control",
    "content after document": "more",
    "Extra data": "more",
    "not valid UTF-8": "utf_8",
    "surrogate": "surrogate",
    "leading zero": "zero",
    "depth limit": "deep",
    "Unterminated": "unterminated",
}
"""Parts of the messages of orjson, `json` and pydantic, with the names of our texts; the first that fits counts."""


_FILE: Final = {
    "not a zip file": "no_zip",
    "Bad magic number": "no_zip",
    "nvalid Zip": "no_zip",
    "detect file format": "no_workbook",
    "magic bytes": "ends_early",
    "ended before": "ends_early",
    "Unexpected end": "ends_early",
    "unexpected end": "ends_early",
    "nexpected EOF": "ends_early",
    "failed to fill": "ends_early",
    "nvalid EOF": "ends_early",
    "truncated": "ends_early",
    "smaller than": "ends_early",
    "CRC": "checksum",
    "Error -3": "damaged",
    "Error -5": "ends_early",
    "corrupt": "damaged",
    "thrift": "damaged",
    "ecompress": "damaged",
    "not well-formed": "xml",
    "xml": "xml",
    "with BOM": "no_mark",
}
"""In the same way, parts of the messages of Python, calamine and Arrow about broken files."""


def file_fault(program: str, words: Any) -> Message:
    """What is wrong with a broken file, by the words of the program that reads it; quoted if they are not known."""
    name = next((name for part, name in _FILE.items() if part in str(words)), None)
    return quoted(program, words) if name is None else Message(f"file_fault.{name}")


def json_fault(words: str) -> Message:
    """What makes a text no JSON, by the words of the parser."""
    return Message(f"json_fault.{next((name for part, name in _JSON.items() if part in words), 'other')}")


def json_fault_at(error: BaseException) -> Message:
    """As `json_fault`, with line and column where the error of the parser tells them."""
    if not isinstance(error, json.JSONDecodeError):
        return json_fault("depth limit" if isinstance(error, RecursionError) else str(error))
    facts = {"fault": json_fault(error.msg), "line": error.lineno, "column": error.colno}
    return Message("json_fault.at", facts)


def json_type(value: Any) -> Message:
    """What a value of JSON is."""
    kind = type(value).__name__
    return Message(f"json_type.{kind if kind in ('str', 'bool', 'list', 'dict', 'NoneType') else 'number'}")


def system_cause(error: OSError) -> Message:
    """Why the system refused something."""
    if error.errno is None:
        return Message("system.unknown")
    code = errno.errorcode.get(error.errno, str(error.errno))
    return Message(f"system.{code}") if f"system.{code}" in english() else Message("system.code", {"code": code})


def ending(code: int | None) -> Message:
    """How a process ended, as the second part of a sentence.

    :param code: its exit code; minus the number of the signal that ended it; None if it is unknown.
    """
    if code is None:
        return Message("ending.gone")
    if code < 0:
        return Message("ending.killed", {"signal": signal.Signals(-code).name})
    return Message("ending.exited", {"code": code})


def network_cause(error: Exception) -> Message:
    """Why a service could not be asked: an error of httpx, which is known here by the names of its classes."""
    words, kinds = str(error).lower(), {cls.__name__ for cls in type(error).__mro__}
    if "PoolTimeout" in kinds:
        return Message("network.busy")
    if "TimeoutException" in kinds:
        return Message("network.too_slow")
    if "ProxyError" in kinds:
        return Message("network.proxy")
    if kinds & {"RemoteProtocolError", "ReadError", "WriteError", "CloseError"}:
        return Message("network.no_http" if "illegal" in words else "network.cut")
    if "ConnectError" in kinds:
        if "certificate" in words or "ssl" in words:
            return Message("network.certificate")
        if "name or service" in words or "getaddrinfo" in words or "name resolution" in words:
            return Message("network.unknown_host")
        if "refused" in words or "all connection attempts" in words:
            return Message("network.refused")
    return Message("network.kind", {"kind": type(error).__name__})


def cause(error: Exception, program: str) -> Message:
    """Why something outside failed: what the system says, else the words of a program."""
    if isinstance(error, OSError) and error.errno is not None:
        return system_cause(error)
    return quoted(program, error)


def quoted(program: str, words: Any) -> Message:
    """The words of another program, which are in its language, in a sentence that says so."""
    text = " ".join(str(words).split())[:LONGEST]
    return Message("quote.of", {"who": program, "words": text}) if text else Message("quote.silent", {"who": program})
