"""Pictures lie with the account's server before a post shows them; direct messages carry none."""

import pytest
from aiohttp import web

from bot import errors, wire
from tests.connectors.bluesky.far import ROOT, Line, words
from tests.connectors.bluesky.xrpc import Xrpc, failed
from tests.connectors.far_side import spot

PICTURE = wire.Enclosure("a.png", "image/png", b"drawn", "all white", 60, 40)


@pytest.fixture(autouse=True)
def _root(api: Xrpc) -> None:
    api.records[ROOT] = {"$type": "app.bsky.feed.post", "text": "Bonjour", "createdAt": "2026-03-01T09:00:00.000Z"}


def images(api: Xrpc) -> list[dict[str, object]]:
    (put,) = api.calls("com.atproto.repo.putRecord")
    return list(put["record"]["embed"]["images"])


async def test_alt_and_shape(api: Xrpc, line: Line) -> None:
    """A post says what each picture shows and how it is shaped, so that room is kept for it; unknown shapes are left out."""
    unknown = wire.Enclosure("b.png", "image/png", b"also", "", 0, 0)
    await (await line()).send(words("Voici", files=(PICTURE, unknown)))
    first, second = images(api)

    assert (first["alt"], first["aspectRatio"]) == ("all white", {"width": 60, "height": 40})
    assert (second["alt"], "aspectRatio" in second) == ("", False)
    assert [(one["kind"], one["body"]) for one in api.calls("com.atproto.repo.uploadBlob")] == [
        ("image/png", b"drawn"),
        ("image/png", b"also"),
    ]


async def test_direct_messages_carry_none(api: Xrpc, line: Line) -> None:
    """In the chat nothing is offered, and what comes all the same is refused before it leaves."""
    connector = await line()
    with pytest.raises(errors.Refused):
        await connector.send(words("Voici", conversation_id="convo1", is_public=False, files=(PICTURE,)))

    assert connector.capabilities(spot(is_public=False)).files.most == 0
    assert connector.capabilities(spot(is_public=True)).files.most == 4
    assert api.calls("com.atproto.repo.uploadBlob") == []
    assert api.calls("chat.bsky.convo.sendMessage") == []


@pytest.mark.parametrize(
    ("answer", "remedy"),
    [
        (web.json_response({}), errors.TryLater),
        (web.json_response({"blob": "bafy"}), errors.TryLater),
        (web.Response(status=502, text="<html>"), errors.TryLater),
        (failed(400, "BlobTooLarge", "This file is too large"), errors.Refused),
        (failed(413, "PayloadTooLarge", "request entity too large"), errors.Refused),
    ],
)
async def test_not_laid(api: Xrpc, line: Line, answer: web.Response, remedy: type[errors.ComptoirError]) -> None:
    """A picture that the server has not surely taken is in no post: nothing is said."""
    connector = await line()
    api.instead_of["com.atproto.repo.uploadBlob"] = answer
    with pytest.raises(remedy) as raised:
        await connector.send(words("Voici", files=(PICTURE,)))

    assert type(raised.value) is remedy
    assert api.calls("com.atproto.repo.putRecord") == []
