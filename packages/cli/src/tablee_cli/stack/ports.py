"""Chooses free ports: the usual one if it is free, else the next free one."""

from __future__ import annotations

import errno
import socket
from collections.abc import Callable

from tablee.errors import StartFailed
from tablee.i18n.message import Message

HOST = "127.0.0.1"
TRIES = 100


def is_free(port: int) -> bool:
    """Whether this process can listen on a port and no other process answers there. Both are checked, because on some
    systems a port can be bound although another process listens on it."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
            probe.listen(1)
        except OSError:
            return False
    with socket.socket() as probe:
        probe.settimeout(0.5)
        return probe.connect_ex((HOST, port)) in (errno.ECONNREFUSED, errno.EAGAIN, errno.ETIMEDOUT)


class Ports:
    """Chooses ports, each of them once.

    :param anywhere: take a port that the system proposes in the place of the usual one.
    :param notice: called with a message when the usual port is taken.
    """

    def __init__(self, *, anywhere: bool, notice: Callable[[Message], None]) -> None:
        self._anywhere, self._notice = anywhere, notice
        self._given: set[int] = set()

    def reserve(self, port: int, width: int = 1) -> None:
        """Exclude ports that a running component of this stack uses."""
        self._given.update(range(port, port + width))

    def take(self, name: str, usual: int, *, width: int = 1, before: int | None = None) -> int:
        """Choose the first of `width` consecutive free ports. If the port `before` is free again, it is taken.

        :raises StartFailed: no port is free.
        """
        if before is not None and self._free(before, width):
            return self._reserved(before, width)
        if self._anywhere:
            return self._reserved(self._proposed(width), width)
        for port in range(usual, min(usual + TRIES, 65536 - width)):
            if self._free(port, width):
                if port != usual:
                    self._notice(Message("stack.port_taken", {"usual": usual, "name": name, "port": port}))
                return self._reserved(port, width)
        port = self._reserved(self._proposed(width), width)
        facts = {"usual": usual, "last": usual + TRIES - 1, "name": name, "port": port}
        self._notice(Message("stack.ports_taken", facts))
        return port

    def _proposed(self, width: int) -> int:
        for _ in range(TRIES):
            with socket.socket() as probe:
                probe.bind((HOST, 0))
                port: int = probe.getsockname()[1]
            if port + width < 65536 and self._free(port, width):
                return port
        raise StartFailed("no_free_port")

    def _free(self, port: int, width: int) -> bool:
        wanted = range(port, port + width)
        return self._given.isdisjoint(wanted) and all(is_free(each) for each in wanted)

    def _reserved(self, port: int, width: int) -> int:
        self.reserve(port, width)
        return port
