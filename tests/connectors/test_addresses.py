"""Which addresses an outgoing request may reach."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.connectors.addresses import is_allowed

PUBLIC = ["93.184.216.34", "1.1.1.1", "2606:4700::1111", "::ffff:93.184.216.34", "64:ff9b::5db8:d822", "172.32.0.1"]
PRIVATE = [
    "127.0.0.1",
    "127.8.9.10",
    "10.0.0.1",
    "172.16.0.1",
    "172.31.255.255",
    "192.168.1.1",
    "100.64.0.1",
    "::1",
    "fd12:3456::1",
    "::ffff:127.0.0.1",
    "::ffff:7f00:1",
    "::ffff:10.1.2.3",
    "::ffff:0:127.0.0.1",
    "64:ff9b::7f00:1",
    "64:ff9b::a00:1",
    "2002:7f00:1::",
    "2002:c0a8:101::1",
]
NEVER = [
    "169.254.169.254",
    "::ffff:169.254.169.254",
    "64:ff9b::a9fe:a9fe",
    "2002:a9fe:a9fe::",
    "100.100.100.200",
    "168.63.129.16",
    "fd00:ec2::254",
    "fe80::1",
    "fe80::1%eth0",
    "fec0::1",
    "0.0.0.0",
    "0.1.2.3",
    "::",
    "::7f00:1",
    "224.0.0.1",
    "239.255.255.250",
    "ff02::1",
    "240.0.0.1",
    "255.255.255.255",
    "192.0.0.1",
    "192.0.2.1",
    "198.18.0.1",
    "198.51.100.7",
    "203.0.113.7",
    "2001::1",
    "2001:db8::1",
    "64:ff9b:1::7f00:1",
    "",
    "localhost",
    "127.1",
    "0x7f000001",
    "2130706433",
]


@pytest.mark.parametrize("address", PUBLIC)
def test_public(address: str) -> None:
    """The public internet can be reached on the web's ports, and on others only by who may reach more."""
    assert is_allowed(address, 443, is_private_network_allowed=False)
    assert not is_allowed(address, 6379, is_private_network_allowed=False)
    assert is_allowed(address, 6379, is_private_network_allowed=True)


@pytest.mark.parametrize("address", PRIVATE)
def test_private(address: str) -> None:
    """Private networks and this machine, however they are spelled, are for those whom the operator lets in."""
    assert not is_allowed(address, 443, is_private_network_allowed=False)
    assert is_allowed(address, 8080, is_private_network_allowed=True)


@pytest.mark.parametrize("address", NEVER)
def test_never(address: str) -> None:
    """What is nobody's server, or hands out a cloud machine's credentials, is reached by nobody."""
    assert not is_allowed(address, 443, is_private_network_allowed=False)
    assert not is_allowed(address, 443, is_private_network_allowed=True)


@given(st.ip_addresses(v=4, network="127.0.0.0/8") | st.ip_addresses(v=4, network="169.254.0.0/16"))
def test_every_disguise(address: object) -> None:
    """No address of this machine or its links is let through by wrapping it into IPv6."""
    wrapped = [f"::ffff:{address}", f"64:ff9b::{address}", f"::{address}", f"::ffff:0:{address}"]

    assert not any(is_allowed(disguise, 443, is_private_network_allowed=False) for disguise in wrapped)
