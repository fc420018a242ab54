"""Asking X: all that was missed, in order and once; what cannot be had any more is said."""

from datetime import timedelta

import pytest
from aiohttp import web

from bot import errors, wire
from tests.connectors.far_side import hear, listening, texts
from tests.connectors.x.far import Line, words
from tests.connectors.x.x_api import ANN, US, XApi, stamp


async def test_back_fill(api: XApi, line: Line) -> None:
    """After ten minutes away, many pages of mentions and of direct messages come in order: none lost, none twice."""
    connector = await line()
    api.post("@LaBanque first")
    api.dm("first")
    async with listening(connector, None) as batches:
        heard = await hear(batches, 2)
    expected = [[f"{kind} {number}" for number in range(250)] for kind in ("@LaBanque", "dm")]
    for public, private in zip(*expected, strict=True):
        api.post(public)
        api.dm(private)
    async with listening(connector, heard[-1].cursor) as batches:
        found = await hear(batches, 500)
        api.post("@LaBanque last")
        last = await hear(batches, 1)

    assert [text for text in texts(found) if text.startswith("@")] == expected[0]
    assert [text for text in texts(found) if not text.startswith("@")] == expected[1]
    assert texts(last) == ["@LaBanque last"]
    assert "may be missing" not in (await connector.probe()).reason


async def test_gap(api: XApi, line: Line) -> None:
    """When more was said than X shows, that is told; it is not passed over in silence."""
    connector = await line()
    api.post("@LaBanque first")
    async with listening(connector, None) as batches:
        heard = await hear(batches, 1)
    for number in range(850):
        api.post(f"@LaBanque {number}")
    async with listening(connector, heard[-1].cursor) as batches:
        found = await hear(batches, 800)
    health = await connector.probe()

    assert len(texts(found)) == 800
    assert health.state is wire.Health.CONNECTED
    assert "older ones of the time we were away may be missing" in health.reason


async def test_first_look(api: XApi, line: Line) -> None:
    """A new channel hears the last day, not years."""
    old = stamp(api.now() - timedelta(days=3))
    api.post("@LaBanque long ago", created_at=old)
    api.dm("long ago", created_at=old)
    api.post("@LaBanque today")
    api.dm("today")
    connector = await line()
    async with listening(connector, None) as batches:
        heard = await hear(batches, 2)

    assert sorted(texts(heard)) == ["@LaBanque today", "today"]


async def test_nothing_new_moves_nothing(api: XApi, line: Line) -> None:
    """The cursor never passes what was not handed over, even when a page breaks off in the middle of a back-fill."""
    connector = await line()
    api.page = 10
    for number in range(25):
        api.post(f"@LaBanque {number}")
    asked = len(api.asked)
    async with listening(connector, None) as batches:
        api.instead.append(lambda: _page_of(api))
        with pytest.raises(errors.TryLater):
            await anext(batches)
    async with listening(connector, None) as batches:
        heard = await hear(batches, 25)

    assert len(api.asked) > asked
    assert texts(heard) == [f"@LaBanque {number}" for number in range(25)]


@pytest.mark.parametrize("cursor", ["", "5", "{", "[]", '{"posts": 5}', "not ours"])
async def test_strange_cursors(api: XApi, line: Line, cursor: str) -> None:
    """A cursor that is none of ours is none at all: what is new is heard all the same."""
    api.post("@LaBanque heard")
    connector = await line()
    async with listening(connector, cursor) as batches:
        assert texts(await hear(batches, 1)) == ["@LaBanque heard"]


async def test_own_words(api: XApi, line: Line) -> None:
    """What we sent by direct message is seen again as our own, under the number of its receipt."""
    connector = await line()
    receipt = await connector.send(words("Nous regardons.", f"dm:{ANN['id']}"))
    async with listening(connector, None) as batches:
        (message,) = (await hear(batches, 1))[0].messages

    assert (message.external_id, message.is_own) == (receipt.external_id, True)
    assert message.author.external_id == US["id"]


async def test_found_again(api: XApi, line: Line) -> None:
    """A reply whose answer was lost is found by its words and what it answers, and only when we had tried to send it."""
    connector = await line()
    said = api.post("@LaBanque ?")
    reply = words("Voici <&>", f"{said['id']}~{ANN['id']}", is_public=True, in_reply_to=said["id"])
    api.answers_lost = 1
    with pytest.raises(errors.Uncertain):
        await connector.send(reply)
    found = await connector.find(reply)

    assert found is not None
    assert found.external_id == api.own[0]["id"]
    with pytest.raises(errors.Uncertain):
        await connector.find(
            words("Voici <&>", reply.conversation_id, is_public=True, in_reply_to=said["id"], key="k2")
        )


async def test_the_same_words_twice(api: XApi, line: Line) -> None:
    """Words that have their receipt are not taken for others that were lost."""
    connector = await line()
    first = await connector.send(words("Bonjour", f"dm:{ANN['id']}", key="one"))
    api.instead.append(lambda: _broken(api))
    with pytest.raises(errors.Uncertain):
        await connector.send(words("Bonjour", f"dm:{ANN['id']}", key="two"))
    with pytest.raises(errors.Uncertain):
        await connector.find(words("Bonjour", f"dm:{ANN['id']}", key="two"))

    assert first.external_id == f"dm:{api.written[0]['id']}"


def _page_of(api: XApi) -> web.Response:
    """A first page whose next one is never shown."""
    api.instead.append(lambda: _broken(api))
    told = {"data": api.posts[:-11:-1], "meta": {"result_count": 10, "next_token": "10"}}
    return web.json_response(told)


def _broken(api: XApi) -> web.Response:
    return web.Response(status=503, text="<html>")
