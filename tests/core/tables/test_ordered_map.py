"""Results come in the order of the items, and few items are taken ahead."""

from __future__ import annotations

import threading
from collections.abc import Iterator

import pytest

from tablee.tables.ordered_map import ordered_map


def test_results_are_in_order_though_work_ends_in_another() -> None:
    second = threading.Event()

    def work(item: int) -> int:
        if item == 0:
            assert second.wait(30)
        if item == 1:
            second.set()
        return item * 10

    assert [(item, result()) for item, result in ordered_map(work, range(4), threads=2, ahead=2)] == [
        (at, at * 10) for at in range(4)
    ]


def test_few_items_are_taken_ahead() -> None:
    taken: list[int] = []

    def items() -> Iterator[int]:
        for at in range(10):
            taken.append(at)
            yield at

    results = ordered_map(lambda item: item, items(), threads=1, ahead=2)
    next(results)
    assert taken == [0, 1, 2]
    results.close()  # type: ignore[attr-defined]  # a generator
    assert taken == [0, 1, 2]


def test_an_error_is_raised_by_the_result_of_its_item() -> None:
    def work(item: int) -> int:
        return 1 // item

    found = list(ordered_map(work, [1, 0, 2], threads=1, ahead=5))
    assert (found[0][1](), found[2][1]()) == (1, 0)
    with pytest.raises(ZeroDivisionError):
        found[1][1]()
