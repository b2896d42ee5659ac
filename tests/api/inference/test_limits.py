"""A request above a limit is refused immediately; the end of a request makes room for another one."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable
from typing import Any

import pytest

from tablee.errors import Overloaded
from tablee_api.inference.limits import Admission
from tablee_api.inference.pool import Pool


def run(scenario: Callable[[], Any]) -> None:
    asyncio.run(scenario())


def test_requests_in_flight_are_bounded() -> None:
    admission = Admission(requests=2, bytes_held=10)
    with admission.admitted(), admission.admitted(), pytest.raises(Overloaded), admission.admitted():
        pass
    with admission.admitted():
        pass


def test_a_body_is_read_whole_and_given_back() -> None:
    admission = Admission(requests=2, bytes_held=10)

    def receiver(*messages: dict[str, Any]) -> Any:
        left = iter(messages)

        async def receive() -> dict[str, Any]:
            return next(left)

        return receive

    def part(body: bytes, more: bool = True) -> dict[str, Any]:
        return {"type": "http.request", "body": body, "more_body": more}

    async def scenario() -> None:
        with admission.admitted() as body:
            assert await body.read(receiver(part(b"1234"), part(b""), part(b"567", more=False))) == b"1234567"
            with admission.admitted() as other, pytest.raises(Overloaded):
                await other.read(receiver(part(b"12"), part(b"34", more=False)))
        with admission.admitted() as body:
            assert await body.read(receiver(part(b"1234567890", more=False))) == b"1234567890"
        with admission.admitted() as body:
            assert await body.read(receiver(part(b"12"), {"type": "http.disconnect"})) is None

    run(scenario)


def test_streams_share_what_the_disk_may_hold() -> None:
    admission = Admission(requests=2, bytes_held=10)
    kept: list[bytes] = []

    async def scenario() -> None:
        messages = iter([b"1234", b"56", b"789"])

        async def receive() -> dict[str, Any]:
            body = next(messages)
            if body == b"56":  # another request arrives meanwhile; the limit is reached
                with admission.admitted() as other, pytest.raises(Overloaded):
                    await other.copy(too_much, kept.append)
            return {"type": "http.request", "body": body, "more_body": body != b"789"}

        async def too_much() -> dict[str, Any]:
            return {"type": "http.request", "body": b"1234567", "more_body": False}

        async def leaving() -> dict[str, Any]:
            return {"type": "http.disconnect"}

        with admission.admitted() as body:
            assert await body.copy(receive, kept.append)
        assert kept == [b"1234", b"56", b"789"]
        with admission.admitted() as body:
            assert await body.copy(too_much, kept.append)
        with admission.admitted() as body:
            assert not await body.copy(leaving, kept.append)

    run(scenario)


def test_the_pool_queues_a_few_and_refuses_the_rest() -> None:
    gate = threading.Event()

    async def scenario() -> None:
        pool = Pool(threads=1, queue=1, wait_seconds=30)
        working = asyncio.create_task(pool.run(lambda: gate.wait(30)))
        waiting = asyncio.create_task(pool.run(lambda: "done"))
        patient = asyncio.create_task(pool.run(lambda: "a part", patient=True))
        await asyncio.sleep(0)
        with pytest.raises(Overloaded, match="queue"):
            await pool.run(lambda: "too much")
        gate.set()
        assert await working
        assert await waiting == "done"
        assert await patient == "a part"
        assert await pool.run(lambda: "again") == "again"
        pool.close()

    run(scenario)


def test_the_pool_refuses_a_call_that_waited_too_long() -> None:
    gate = threading.Event()

    async def scenario() -> None:
        pool = Pool(threads=1, queue=5, wait_seconds=0.01)
        working = asyncio.create_task(pool.run(lambda: gate.wait(30)))
        await asyncio.sleep(0)
        with pytest.raises(Overloaded, match="no thread became free"):
            await pool.run(lambda: "late")
        gate.set()
        await working
        assert await pool.run(lambda: "again") == "again"
        pool.close()

    run(scenario)


def test_a_fault_in_a_thread_comes_back() -> None:
    def fail() -> None:
        raise ValueError("there")

    async def scenario() -> None:
        pool = Pool(threads=1, queue=0, wait_seconds=1)
        with pytest.raises(ValueError, match="there"):
            await pool.run(fail)
        assert await pool.run(lambda: "again") == "again"
        pool.close()

    run(scenario)
