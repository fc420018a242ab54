"""Which addresses an outgoing request may reach. Pure: an address as the operating system resolved it, in; a verdict, out.

Looking at names is not enough: a literal address never meets the resolver, 2130706433 and 0x7f.1 are names of this machine, and a
name may answer differently the second time. So the verdict is on the socket's address, at the moment of connecting.
"""

from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network

# The ports that the web lives on. Others are for those who may reach private networks: their servers stand anywhere.
WEB_PORTS = frozenset({80, 443, 8443})

_Address = IPv4Address | IPv6Address
_Network = IPv4Network | IPv6Network

# Private networks and this machine: refused unless the operator lets channels in.
_PRIVATE = tuple(
    ip_network(text)
    for text in ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10", "127.0.0.0/8", "fc00::/7", "::1/128")
)
# Whoever answers here hands out a cloud machine's own credentials. Nobody's helpdesk is there.
_METADATA = tuple(
    ip_network(text) for text in ("100.100.100.200/32", "168.63.129.16/32", "fd00:ec2::254/128", "fd20:ce::254/128")
)
# IPv6 addresses that are IPv4 addresses in disguise, with the bit at which the real one begins, counted from the right.
_WRAPPINGS = (
    (IPv6Network("::ffff:0:0/96"), 0),
    (IPv6Network("::ffff:0:0:0/96"), 0),
    (IPv6Network("64:ff9b::/96"), 0),
    (IPv6Network("2002::/16"), 80),
)
# Translation and tunnels whose inner address depends on somebody's configuration, and what was given up long ago.
_OPAQUE = tuple(ip_network(text) for text in ("64:ff9b:1::/48", "2001::/32", "::/96", "fec0::/10", "5f00::/16"))


def is_allowed(address: str, port: int, *, is_private_network_allowed: bool) -> bool:
    """Whether a request may go to this address, given in the form that a socket takes."""
    try:
        parsed = ip_address(address.partition("%")[0])
    except ValueError:
        return False
    real = _unwrapped(parsed)
    if _is_within(real, _METADATA):
        return False
    if _is_within(real, _PRIVATE):
        return is_private_network_allowed
    is_open = real.is_global and not (
        real.is_multicast or real.is_reserved or real.is_link_local or _is_within(real, _OPAQUE)
    )
    return is_open and (port in WEB_PORTS or is_private_network_allowed)


def _unwrapped(address: _Address) -> _Address:
    if isinstance(address, IPv6Address):
        for network, shift in _WRAPPINGS:
            if address in network:
                return IPv4Address((int(address) >> shift) & 0xFFFFFFFF)
    return address


def _is_within(address: _Address, networks: tuple[_Network, ...]) -> bool:
    return any(address.version == network.version and address in network for network in networks)
