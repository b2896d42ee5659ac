"""Sources: queries and folders that fill data sets."""

from __future__ import annotations

import builtins

from tablee.http.schemas.sources import Connection, ConnectionList, SourceList, SourcePreview
from tablee.jobs.source import SourceOrder, SourceView
from tablee_client.http import LONG_TIMEOUT_SECONDS, Service, parsed, segment


class Sources:
    """`/sources` and `/connections` of the controller."""

    def __init__(self, service: Service) -> None:
        self._service = service

    def connections(self) -> builtins.list[Connection]:
        """The databases and object stores that sources may name."""
        return self._service.get("/connections", ConnectionList).connections

    def list(self) -> builtins.list[SourceView]:
        """All sources, ordered by name."""
        return self._service.get("/sources", SourceList).sources

    def get(self, name: str) -> SourceView:
        return self._service.get(_path(name), SourceView)

    def preview(self, order: SourceOrder) -> SourcePreview:
        """The first rows that a source with this order would fetch. Nothing is stored."""
        body = order.model_dump(mode="json")
        return self._service.post(
            "/sources/preview", SourcePreview, body, repeatable=True, timeout=LONG_TIMEOUT_SECONDS
        )

    def save(self, name: str, order: SourceOrder) -> SourceView:
        """Store a source. It replaces a source of the same name."""
        body = order.model_dump(mode="json")
        return parsed(self._service.request("PUT", _path(name), json=body, repeatable=True), SourceView)

    def run(self, name: str, by: str | None = None) -> SourceView:
        """Ask a source to run now.

        :param by: name of the user who asks.
        """
        return self._service.post(f"{_path(name)}/run", SourceView, by=by)

    def cancel(self, name: str) -> SourceView:
        """Ask the run of a source to end."""
        return self._service.post(f"{_path(name)}/cancel", SourceView)

    def pause(self, name: str) -> SourceView:
        """Pause the schedule of a source until `resume`."""
        return self._service.post(f"{_path(name)}/pause", SourceView, repeatable=True)

    def resume(self, name: str) -> SourceView:
        """Resume the schedule of a source."""
        return self._service.post(f"{_path(name)}/resume", SourceView, repeatable=True)

    def delete(self, name: str) -> None:
        """Delete a source. Its data set is kept."""
        self._service.request("DELETE", _path(name))


def _path(name: str) -> str:
    return f"/sources/{segment(name)}"
