"""Files of Bluesky's: pictures are fetched, and nothing else that a stranger points at is visited."""

import pytest
from aiohttp import web

from bot import errors, wire
from bot.connectors.base import Fetches
from bot.connectors.bluesky import attachments
from tests.connectors.bluesky.far import Line
from tests.connectors.bluesky.xrpc import Xrpc, failed


@pytest.fixture
def home(api: Xrpc, monkeypatch: pytest.MonkeyPatch) -> str:
    """Where pictures are: on loopback."""
    monkeypatch.setattr(attachments, "PICTURES", f"{api.url}/img")
    return f"{api.url}/img"


async def fetched(line: Line, url: str) -> bytes:
    connector = await line()
    assert isinstance(connector, Fetches)
    return await connector.fetch(wire.Attachment("cid", "photo", url=url))


async def test_picture(api: Xrpc, line: Line, home: str) -> None:
    """A picture comes, and its keeper is not told who we are."""
    body = await fetched(line, f"{home}/did:plc:ann/there@jpeg")
    (headers,) = api.calls("picture")

    assert body == b"picture"
    assert "Authorization" not in headers


@pytest.mark.parametrize("place", ["/img", "/xrpc/x", "", "https://evil.example/img/x"])
async def test_elsewhere(api: Xrpc, line: Line, home: str, place: str) -> None:
    """A link, another post, a film without an address: none is asked for."""
    assert home
    with pytest.raises(errors.NotFound):
        await fetched(line, f"{api.url}{place}" if place.startswith("/") else place)

    assert api.calls("picture") == []


@pytest.mark.parametrize(
    ("answer", "remedy"),
    [
        (None, errors.Refused),
        (web.Response(status=502), errors.TryLater),
        (failed(429, "RateLimitExceeded"), errors.TryLater),
    ],
)
async def test_not_there(
    api: Xrpc, line: Line, home: str, answer: web.Response | None, remedy: type[errors.ComptoirError]
) -> None:
    """A picture that is gone is given up; one that cannot be had now is asked for later."""
    if answer is not None:
        api.instead_of["picture"] = answer
    with pytest.raises(remedy):
        await fetched(line, f"{home}/did:plc:ann/gone@jpeg")

    assert len(api.calls("picture")) == 1
