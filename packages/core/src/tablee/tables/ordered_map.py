"""A function mapped over items by several threads: results in the order of the items, in bounded memory."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from typing import TypeVar

_T = TypeVar("_T")
_U = TypeVar("_U")


def ordered_map(
    work: Callable[[_T], _U], items: Iterable[_T], *, threads: int, ahead: int
) -> Iterator[tuple[_T, Callable[[], _U]]]:
    """Each item, in order, with a function that waits for the result of `work` and returns it, or raises its error.

    :param ahead: how many items are taken beyond the one that is yielded; bounds the memory.
    """
    waiting: deque[tuple[_T, Future[_U]]] = deque()
    with ThreadPoolExecutor(threads, thread_name_prefix="ordered-map") as pool:
        try:
            for item in items:
                waiting.append((item, pool.submit(work, item)))
                if len(waiting) > ahead:
                    first, future = waiting.popleft()
                    yield first, future.result
            while waiting:
                first, future = waiting.popleft()
                yield first, future.result
        finally:
            for _, future in waiting:
                future.cancel()
