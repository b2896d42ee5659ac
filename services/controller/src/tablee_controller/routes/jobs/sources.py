"""Sources: keep an order, list, show, run, cancel, pause, remove; and the names of what they may reach."""

from __future__ import annotations

from typing import Annotated

import anyio
from fastapi import APIRouter, Query, Response

from tablee.http.schemas.sources import ConnectionList, SourceList, SourcePreview
from tablee.jobs.source import SourceOrder, SourceView
from tablee_controller.loop import ControlLoop
from tablee_controller.routes.path_parameters import Id
from tablee_controller.services import SourceServices

By = Annotated[str | None, Query(max_length=200, description="Who asks for it.")]


def router(services: SourceServices, loop: ControlLoop, samples: anyio.CapacityLimiter) -> APIRouter:
    """
    :param samples: lets one request at a time read a sample of a table.
    """
    requests, connections = services.requests, services.connections
    routes = APIRouter(tags=["sources"])

    @routes.get("/connections")
    def reachable() -> ConnectionList:
        """The names of the databases and object stores that the administrator lets sources reach."""
        return ConnectionList(connections=connections.all())

    @routes.put(
        "/sources/{name}",
        status_code=201,
        responses={200: {"model": SourceView, "description": "The order took the place of another one"}},
    )
    def put(name: str, order: SourceOrder, response: Response) -> SourceView:
        """Keep an order: a query or a prefix, the data set that it fills, when, and what is taken out of the rows."""
        view, new = requests.put(name, order)
        response.status_code = 201 if new else 200
        loop.wake()
        return view

    @routes.post("/sources/preview")
    async def preview(order: SourceOrder) -> SourcePreview:
        """How the first 1,000 rows of a query, or one of the files, would be read, and the columns that seem to hold
        personal data, with an action proposed for each. Nothing is stored."""
        sniffed, findings = await anyio.to_thread.run_sync(lambda: requests.look(order), limiter=samples)
        return SourcePreview(sniffed=sniffed, findings=findings)

    @routes.get("/sources")
    def list_all() -> SourceList:
        """All of them, each with its last run and its next time."""
        return SourceList(sources=requests.all())

    @routes.get("/sources/{name}")
    def show(name: Id) -> SourceView:
        """The order, the run under way or the last one, the next time, and the files that were refused."""
        return requests.get(name)

    @routes.post("/sources/{name}/run", status_code=202)
    def run(name: Id, by: By = None) -> SourceView:
        """Run it as soon as no other one does."""
        view = requests.ask(name, by)
        loop.wake()
        return view

    @routes.post("/sources/{name}/cancel", status_code=202)
    def cancel(name: Id) -> SourceView:
        """Take it out of the line, or end its run; versions that were made stay."""
        return requests.cancel(name)

    @routes.post("/sources/{name}/pause")
    def pause(name: Id) -> SourceView:
        """Let its times pass, until it is resumed."""
        return requests.pause(name, True)

    @routes.post("/sources/{name}/resume")
    def resume(name: Id) -> SourceView:
        """Have it run at its times again; one that has passed meanwhile is made up for at once."""
        view = requests.pause(name, False)
        loop.wake()
        return view

    @routes.delete("/sources/{name}", status_code=204)
    def remove(name: Id) -> None:
        """Forget it; the data set and its versions stay."""
        requests.remove(name)

    return routes
