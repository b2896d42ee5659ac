"""Sources, and the connections that they may use."""

from __future__ import annotations

from typing import Literal

from tablee.datasets.privacy import Findings
from tablee.http.schemas.answer import Answer
from tablee.http.schemas.datasets import FilePreview
from tablee.jobs.source import SourceView


class Connection(Answer):
    """The name of a database or an object store that sources may use."""

    name: str
    kind: Literal["query", "prefix"]
    """The kind of source that can use it."""


class ConnectionList(Answer):
    """All connections, by name."""

    connections: list[Connection]


class SourceList(Answer):
    """All sources, by name."""

    sources: list[SourceView]


class SourcePreview(Answer):
    """The first rows that a source would fetch, and the personal data that they seem to hold."""

    sniffed: FilePreview
    findings: Findings
