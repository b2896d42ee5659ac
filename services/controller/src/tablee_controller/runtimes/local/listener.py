"""The API's listening socket, which outlives every API process and, where the system allows it, the controller too.

All API processes accept from this one socket, so that connections waiting in its queue are never lost when one process
takes over from another. A controller that comes back takes the very socket out of the API process that still has it.
Where that is forbidden (a hardened kernel) it binds a second one to the same port, on which nobody listens before the
next API process does; only connections that wait in the old queue at that moment are lost.
"""

from __future__ import annotations

import ctypes
import os
import socket

from tablee.errors import InvalidSettings
from tablee.telemetry import logger

PIDFD_GETFD = 438
"""Number of the system call, the same on every architecture of Linux."""

BACKLOG = 2048

log = logger(__name__)


class Listener:
    """A bound socket with the address it is bound to."""

    def __init__(self, bound: socket.socket) -> None:
        self._socket = bound
        self.fd = bound.fileno()
        self.host: str = bound.getsockname()[0]
        self.port: int = bound.getsockname()[1]

    @classmethod
    def open(cls, host: str, port: int) -> Listener:
        """Bind and listen: from now on clients wait for an API process instead of being refused.

        :raises InvalidSettings: the address is taken or is not ours.
        """
        with _bind(
            host, port, shared=False
        ) as probe:  # SO_REUSEPORT would share the port with anybody of the same user
            port = probe.getsockname()[1]
        bound = _bind(host, port, shared=True)
        bound.listen(BACKLOG)
        return cls(bound)

    @classmethod
    def take_over(cls, host: str, port: int, *, pid: int, fd: int) -> Listener:
        """The listening socket of a running API process, or a second one on the same port."""
        try:
            bound = _borrowed(pid, fd)
            if bound.getsockname()[1] == port and bound.getsockopt(socket.SOL_SOCKET, socket.SO_ACCEPTCONN):
                return cls(bound)
            bound.close()
            reason = "it is another one"
        except (OSError, AttributeError) as error:
            reason = str(error)
        log.warning("socket_not_taken_over", reason=reason, pid=pid)
        return cls(_bind(host, port, shared=True))

    def close(self) -> None:
        self._socket.close()


def _bind(host: str, port: int, *, shared: bool) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    bound = socket.socket(family, socket.SOCK_STREAM)
    bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    if shared:
        bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
    try:
        bound.bind((host, port))
    except OSError as error:
        bound.close()
        raise InvalidSettings(
            "port_unusable", hint="another_port", host=host, port=port, why=str(error.strerror)
        ) from None
    return bound


def _borrowed(pid: int, fd: int) -> socket.socket:
    libc = ctypes.CDLL(None, use_errno=True)
    process = os.pidfd_open(pid)
    try:
        copied: int = libc.syscall(PIDFD_GETFD, process, fd, 0)
    finally:
        os.close(process)
    if copied < 0:
        number = ctypes.get_errno()
        raise OSError(number, os.strerror(number))
    os.set_inheritable(copied, False)
    return socket.socket(fileno=copied)


def free_port(host: str = "127.0.0.1") -> int:
    """A port that nobody used a moment ago."""
    with socket.socket() as probe:
        probe.bind((host, 0))
        port: int = probe.getsockname()[1]
        return port
