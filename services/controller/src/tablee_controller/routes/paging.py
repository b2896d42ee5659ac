"""Lists in pages, and the last lines of logs.

A page is asked for by `?limit=` and `?cursor=`; a `Link` header (RFC 8288) leads to the next one.
"""

from __future__ import annotations

from typing import Annotated, Any
from urllib.parse import urlencode

from fastapi import Query, Response

from tablee.storage.documents import Page

Tail = Annotated[int, Query(ge=1, le=10_000, description="Most lines of the answer: the last ones of the log.")]
Limit = Annotated[int, Query(ge=1, le=1000, description="Most entries of the answer.")]
Cursor = Annotated[
    str | None,
    Query(max_length=64, pattern=r"^[A-Za-z0-9][A-Za-z0-9_-]*$", description="As the `Link` header gives it."),
]


def link_next(response: Response, page: Page[Any], limit: int) -> None:
    """Name the next page in the answer's `Link` header, relative to the request's own URL; none on the last page."""
    if page.next is not None:
        response.headers["link"] = f'<?{urlencode({"limit": limit, "cursor": page.next})}>; rel="next"'
