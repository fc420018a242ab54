"""No test reaches beyond this machine: an audit hook, which no library can go around by keeping its own reference."""

import ipaddress
import sys

_LOCAL_NAMES = {None, "", "localhost", b"localhost"}


class NetworkForbidden(RuntimeError):
    """A test tried to leave this machine. Not an OSError, so that no code takes it for a network that is down."""


def forbid() -> None:
    """From now on, only loopback addresses and Unix sockets can be connected to in this process."""
    sys.addaudithook(_watch)


def _watch(event: str, arguments: tuple[object, ...]) -> None:
    if event in {"socket.connect", "socket.sendto", "socket.sendmsg"}:
        address = arguments[1]
        if isinstance(address, tuple) and not _is_local(address[0]):
            raise NetworkForbidden(f"a test tried to reach {address[0]!r}, which is not on this machine")
    elif event == "socket.getaddrinfo" and not _is_local(arguments[0]) and not _is_address(arguments[0]):
        raise NetworkForbidden(f"a test tried to look up {arguments[0]!r}")


def _is_local(host: object) -> bool:
    if host in _LOCAL_NAMES:
        return True
    address = _parsed(host)
    return address is not None and (address.is_loopback or address.is_unspecified)


def _is_address(host: object) -> bool:
    return _parsed(host) is not None


def _parsed(host: object) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    text = host.decode("ascii", "replace") if isinstance(host, bytes) else str(host)
    try:
        return ipaddress.ip_address(text.partition("%")[0])
    except ValueError:
        return None
