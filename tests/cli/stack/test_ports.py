"""Choice of free ports: the previous one, the usual one, or the next free one, with a notice."""

from __future__ import annotations

import socket
from collections.abc import Iterator

import pytest

from tablee.i18n import Message
from tablee_cli.stack.ports import HOST, Ports, is_free
from tablee_cli.texts import texts_in


@pytest.fixture
def taken() -> Iterator[int]:
    """A port on which a socket listens."""
    with socket.socket() as listener:
        listener.bind((HOST, 0))
        listener.listen()
        yield listener.getsockname()[1]


def test_a_port_in_use_is_not_free(taken: int) -> None:
    assert not is_free(taken)


def test_the_next_free_port_is_chosen_and_reported(taken: int) -> None:
    said: list[Message] = []
    port = Ports(anywhere=False, notice=said.append).take("mlflow", taken)
    assert port > taken
    assert is_free(port)
    assert [texts_in("en")(each.key, **each.facts) for each in said] == [
        f"port {taken} is taken, so mlflow gets {port}"
    ]


def test_no_port_is_chosen_twice(taken: int) -> None:
    ports = Ports(anywhere=False, notice=lambda _said: None)
    first, second = ports.take("h2o", taken, width=2), ports.take("ui", taken)
    assert second not in range(first, first + 2)


def test_the_previous_port_is_preferred(taken: int) -> None:
    ports = Ports(anywhere=True, notice=pytest.fail)
    free = ports.take("x", 1)
    again = Ports(anywhere=False, notice=lambda _said: None)
    assert again.take("x", 1, before=free) == free
    assert again.take("y", taken + 1, before=taken) != taken


def test_a_proposed_port_is_not_reported() -> None:
    ports = Ports(anywhere=True, notice=pytest.fail)
    given = [ports.take(name, 5000, width=2) for name in "abcdef"]
    assert len({port + more for port in given for more in (0, 1)}) == 12
