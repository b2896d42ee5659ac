"""The API's listening socket. It outlives each API process and, if the system allows it, the controller, too.

All API processes accept connections from this socket. Therefore no connection in its queue is lost when a new process
replaces another one. A restarted controller copies the socket from the API process that still holds it. Where the
kernel forbids this, the controller binds a second socket to the same port, on which the next API process listens. Then
the connections in the queue of the first socket are lost at the next replacement.
"""

from __future__ import annotations

import ctypes
import os
import socket

from tablee.errors import InvalidSettings
from tablee.errors.causes import system_cause
from tablee.telemetry import logger

PIDFD_GETFD = 438
"""Number of the system call, the same on every architecture of Linux."""

BACKLOG = 2048
"""Most connections that wait for an API process."""

log = logger(__name__)


class Listener:
    """A listening socket and its address."""

    def __init__(self, bound: socket.socket) -> None:
        self._socket = bound
        self.fd = bound.fileno()
        self.host: str = bound.getsockname()[0]
        self.port: int = bound.getsockname()[1]

    @classmethod
    def open(cls, host: str, port: int) -> Listener:
        """Bind a socket and listen. From now on, connections wait for an API process and are not refused.

        :raises InvalidSettings: the address is in use, or is not an address of this machine.
        """
        # A socket without SO_REUSEPORT cannot be bound if another process of the same user has the port.
        with _bind(host, port, shared=False) as probe:
            port = probe.getsockname()[1]
        bound = _bind(host, port, shared=True)
        bound.listen(BACKLOG)
        return cls(bound)

    @classmethod
    def take_over(cls, host: str, port: int, *, pid: int, fd: int) -> Listener:
        """Copy the listening socket of a running API process. If that fails, bind a second socket to the same port.

        :param pid: the API process.
        :param fd: file descriptor of the socket in that process.
        """
        try:
            bound = _copied(pid, fd)
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
            "port_unusable", hint="another_port", host=host, port=port, why=system_cause(error)
        ) from None
    return bound


def _copied(pid: int, fd: int) -> socket.socket:
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
    """A free port. Another process may take it before it is used."""
    with socket.socket() as probe:
        probe.bind((host, 0))
        port: int = probe.getsockname()[1]
        return port
