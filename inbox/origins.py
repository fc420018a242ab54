"""Where a request comes from: through which proxies, for which host, from which site. Pure: headers in, judgement out."""

import ipaddress
from collections.abc import Mapping
from dataclasses import dataclass
from hmac import compare_digest
from urllib.parse import urlsplit

from aiohttp import web

from bot.errors import NotAllowed

LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})


@dataclass(frozen=True, slots=True)
class Sender:
    """Who asked, as far as the trusted proxies can be believed."""

    scheme: str
    host: str
    address: str


# Set by the middleware on every request but those that go straight through.
SENDER: web.RequestKey[Sender] = web.RequestKey("sender", Sender)


def behind(proxies: int, headers: Mapping[str, str], direct: Sender) -> Sender:
    """The sender as the outermost of our own proxies saw it. With no trusted proxy, what headers claim is ignored."""
    if proxies == 0:
        return direct
    scheme = _told(proxies, headers.get("X-Forwarded-Proto", ""))
    host = _told(proxies, headers.get("X-Forwarded-Host", ""))
    address = _told(proxies, headers.get("X-Forwarded-For", ""))
    return Sender(
        scheme if scheme in {"http", "https"} else direct.scheme,
        host or direct.host,
        address if _is_address(address) else direct.address,
    )


def name_of(host: str) -> str:
    """A Host header's name, without its port, in small letters. Empty when it is malformed."""
    try:
        return (urlsplit(f"//{host}").hostname or "").rstrip(".")
    except ValueError:
        return ""


def is_ours(host: str, names: frozenset[str]) -> bool:
    """Whether a Host header may be used here. An address of digits cannot be rebound to another machine."""
    name = name_of(host)
    return name in names or name in LOOPBACK or _is_address(name)


def check_site(method_is_safe: bool, headers: Mapping[str, str], sender: Sender, *, has_cookie: bool) -> None:
    """Raise NotAllowed when another site makes a browser change something here.

    Sec-Fetch-Site is the browser's own word and decides; else Origin must be our host; a browser's session with neither
    does not exist, so a cookie without them is refused.
    """
    if method_is_safe:
        return
    site = headers.get("Sec-Fetch-Site")
    if site is not None:
        if site in {"same-origin", "none"}:
            return
        raise NotAllowed("This request comes from another site.")
    origin = headers.get("Origin")
    if origin is not None:
        if _is_same(origin, sender):
            return
        raise NotAllowed("This request comes from another site.")
    if has_cookie:
        raise NotAllowed("This request does not say which site it comes from.")


def is_right_token(given: str, expected: str) -> bool:
    """Whether a form carries the session's own token."""
    return compare_digest(given.encode(errors="surrogatepass"), expected.encode())


def _is_same(origin: str, sender: Sender) -> bool:
    try:
        parts = urlsplit(origin)
    except ValueError:
        return False
    return parts.netloc.lower() == sender.host.lower() and parts.scheme == sender.scheme


def _told(proxies: int, header: str) -> str:
    """The value that the outermost trusted proxy wrote: each appends what it saw."""
    values = [value.strip() for value in header.split(",") if value.strip()]
    return values[-min(proxies, len(values))] if values else ""


def _is_address(text: str) -> bool:
    try:
        ipaddress.ip_address(text)
    except ValueError:
        return False
    return True
