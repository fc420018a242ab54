"""What a request tells of its sender: the cookie's name, the language, where it comes from."""

from aiohttp import hdrs, web

from bot.desk.signing_in import Visit
from bot.store.sessions import Known
from inbox import i18n
from inbox.keys import REQUEST_ID, VIEWER
from inbox.origins import SENDER, Sender


def cookie_name(sender: Sender) -> str:
    """`__Host-` pins a cookie to this host over https; browsers refuse that name over plain http, which loopback has."""
    return "__Host-comptoir" if sender.scheme == "https" else "comptoir"


def device_name(sender: Sender) -> str:
    """The cookie by which a browser is known from which somebody has signed in before. It outlives sessions, and opens none."""
    return f"{cookie_name(sender)}-device"


def visit(request: web.Request) -> Visit:
    """Where a request comes from, for the desk's journal."""
    return Visit(request[SENDER].address, device(request.headers.get(hdrs.USER_AGENT, "")), request[REQUEST_ID])


def locale_of(request: web.Request, default: str) -> str:
    """The agent's language; before anyone has signed in, the browser's, or the desk's own."""
    viewer: Known | None = request.get(VIEWER)
    if viewer:
        return viewer.locale
    wishes = request.headers.get(hdrs.ACCEPT_LANGUAGE, "")
    return i18n.preferred(wishes) if wishes else default


def device(user_agent: str) -> str:
    """A browser and a system, as its owner would name them. Only for reading: nothing is decided by it."""
    browser = next((name for sign, name in _BROWSERS if sign in user_agent), "")
    system = next((name for sign, name in _SYSTEMS if sign in user_agent), "")
    return " · ".join(part for part in (browser, system) if part) or "?"


_BROWSERS = (
    ("Edg/", "Edge"), ("OPR/", "Opera"), ("Firefox/", "Firefox"), ("Chrome/", "Chrome"), ("Safari/", "Safari"), ("curl/", "curl"),
)  # fmt: skip
_SYSTEMS = (
    ("Android", "Android"), ("iPhone", "iPhone"), ("iPad", "iPad"), ("Windows", "Windows"),
    ("Mac OS X", "macOS"), ("Linux", "Linux"),
)  # fmt: skip
