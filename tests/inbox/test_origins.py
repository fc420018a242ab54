"""Where a request comes from, judged by headers alone."""

import pytest

from bot.errors import NotAllowed
from inbox import origins
from inbox.origins import Sender

DIRECT = Sender("http", "127.0.0.1:8700", "10.0.0.9")
TOLD = {
    "X-Forwarded-For": "6.6.6.6, 203.0.113.5, 10.0.0.1",
    "X-Forwarded-Proto": "https",
    "X-Forwarded-Host": "desk.example",
}


def test_without_a_trusted_proxy_headers_are_not_believed() -> None:
    """Anybody can write X-Forwarded-For; with no proxy configured it changes nothing."""
    assert origins.behind(0, TOLD, DIRECT) == DIRECT


@pytest.mark.parametrize(("proxies", "address"), [(1, "10.0.0.1"), (2, "203.0.113.5"), (3, "6.6.6.6"), (5, "6.6.6.6")])
def test_only_the_configured_hops_are_believed(proxies: int, address: str) -> None:
    """Each proxy appends what it saw: counted from the right, what is further left was written by strangers."""
    assert origins.behind(proxies, TOLD, DIRECT) == Sender("https", "desk.example", address)


def test_rubbish_from_a_proxy_falls_back_to_the_connection() -> None:
    """A forwarded address that is none, or a scheme that is none, is passed over."""
    told = {"X-Forwarded-For": "unknown", "X-Forwarded-Proto": "gopher"}
    assert origins.behind(1, told, DIRECT) == DIRECT


@pytest.mark.parametrize(
    ("host", "is_ours"),
    [
        ("desk.example", True), ("DESK.example:8443", True), ("desk.example.", True), ("localhost:1", True),
        ("127.0.0.1:8700", True), ("[::1]:8700", True), ("192.168.1.7", True), ("evil.example", False),
        ("desk.example.evil.example", False), ("", False), ("[::1", False), ("desk.example@evil.example", False),
    ],
)  # fmt: skip
def test_only_our_hosts_are_answered(host: str, is_ours: bool) -> None:
    """A name that is not ours is refused: a page of another site cannot point its own name at this machine."""
    assert origins.is_ours(host, frozenset({"desk.example"})) is is_ours


SENDER = Sender("https", "desk.example", "203.0.113.5")
GOOD = [
    {"Sec-Fetch-Site": "same-origin"},
    {"Sec-Fetch-Site": "none"},
    {"Origin": "https://desk.example"},
    {"Sec-Fetch-Site": "same-origin", "Origin": "null"},
]
BAD = [
    {"Sec-Fetch-Site": "cross-site"},
    {"Sec-Fetch-Site": "same-site"},
    {"Sec-Fetch-Site": "cross-site", "Origin": "https://desk.example"},
    {"Origin": "https://evil.example"},
    {"Origin": "https://sub.desk.example"},
    {"Origin": "http://desk.example"},
    {"Origin": "https://desk.example:8443"},
    {"Origin": "null"},
    {},
]


@pytest.mark.parametrize("headers", GOOD)
def test_our_own_pages_may_change_things(headers: dict[str, str]) -> None:
    """The browser says that the request comes from this desk, or was typed by hand."""
    assert origins.check_site(method_is_safe=False, headers=headers, sender=SENDER, has_cookie=True) is None


@pytest.mark.parametrize("headers", BAD)
def test_other_sites_may_not(headers: dict[str, str]) -> None:
    """Another site, another port, another scheme, a subdomain, or a browser's cookie without a word of where from: refused."""
    with pytest.raises(NotAllowed):
        origins.check_site(method_is_safe=False, headers=headers, sender=SENDER, has_cookie=True)


def test_looking_is_free_and_programs_without_a_cookie_are_not_browsers() -> None:
    """A safe method passes from anywhere; without a cookie there is nothing that another site could misuse."""
    cross = {"Sec-Fetch-Site": "cross-site"}
    assert origins.check_site(method_is_safe=True, headers=cross, sender=SENDER, has_cookie=True) is None
    assert origins.check_site(method_is_safe=False, headers={}, sender=SENDER, has_cookie=False) is None
