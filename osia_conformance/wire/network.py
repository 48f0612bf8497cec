"""TCP connections to a host, within a deadline."""

from __future__ import annotations

import ipaddress
import queue
import socket
import threading
from dataclasses import dataclass
from typing import Any

from osia_conformance.wire.limits import Deadline


@dataclass(frozen=True, slots=True)
class Endpoint:
    """Host (a name or a literal address, IPv6 without brackets) and TCP port."""

    host: str
    port: int

    def __str__(self) -> str:
        return self.authority(0)

    def authority(self, default_port: int) -> str:
        """Return host and port as in a URL or a Host header, without the port where it is the default."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return host if self.port == default_port else f"{host}:{self.port}"


def connect(endpoint: Endpoint, deadline: Deadline) -> socket.socket:
    """Return a TCP connection without Nagle's delay; raise OSError (TimeoutError at the deadline).

    Every address of the host is tried; each gets an equal share of the time that is left.
    """
    addresses = _resolve(endpoint, deadline)
    failure: OSError = OSError("the host has no address")
    for number, (family, address) in enumerate(addresses):
        channel = socket.socket(family, socket.SOCK_STREAM)
        try:
            channel.settimeout(deadline.left() / (len(addresses) - number))
            channel.connect(address)
            channel.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        except OSError as error:
            channel.close()
            failure = error
        else:
            return channel
    raise failure


def _resolve(endpoint: Endpoint, deadline: Deadline) -> list[tuple[int, Any]]:
    if _is_address(endpoint.host):
        return _look_up(endpoint)
    # The system's resolver knows no deadline: it runs in a thread that may be left behind.
    results: queue.SimpleQueue[list[tuple[int, Any]] | OSError] = queue.SimpleQueue()

    def look_up() -> None:
        try:
            results.put(_look_up(endpoint))
        except OSError as error:
            results.put(error)
        except UnicodeError:
            results.put(socket.gaierror(socket.EAI_NONAME, "not a host name"))

    threading.Thread(target=look_up, name="resolver", daemon=True).start()
    try:
        result = results.get(timeout=deadline.left())
    except queue.Empty:
        raise TimeoutError from None
    if isinstance(result, OSError):
        raise result
    return result


def _look_up(endpoint: Endpoint) -> list[tuple[int, Any]]:
    found = socket.getaddrinfo(endpoint.host, endpoint.port, type=socket.SOCK_STREAM)
    return [(int(family), address) for family, _, _, _, address in found]


def _is_address(host: str) -> bool:
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True
