"""Token, app secret and verify token are in no log, no error and no picture of an object; nor are contacts' words."""

import logging
import traceback
from collections.abc import AsyncIterator
from dataclasses import replace

import pytest
from aiohttp import web

from bot import errors, wire
from bot.clock import now
from bot.connectors import registry
from tests.connectors.far_side import hear, listening
from tests.connectors.messenger.far import Messenger
from tests.connectors.meta.graph_api import failed

WORDS = ("my card is 4111", "your card is blocked")


@pytest.fixture
async def far() -> AsyncIterator[Messenger]:
    side = Messenger()
    await side.api.start()
    yield side
    await side.api.stop()


async def test_logs_and_errors(far: Messenger, caplog: pytest.LogCaptureFixture) -> None:
    """With every logger at its most talkative, in good and in bad moments, neither a secret nor a word is said."""
    caplog.set_level(logging.DEBUG)
    for name in ("aiohttp", "asyncio", "bot"):
        caplog.set_level(logging.DEBUG, logger=name)
        logging.getLogger(name).debug("%s is heard", name)
    connector = far.connect()
    await connector.open()
    await far.say(WORDS[0])
    async with listening(connector, None) as batches:
        await hear(batches, 1)
    stories = [repr(connector), *(f"{one!r} {one}" for one in vars(connector).values())]
    for answer in (failed(190, "Expired", status=401), failed(100, "Bad"), web.Response(text=WORDS[0], status=502)):
        far.api.answer_next(answer)
        with pytest.raises(errors.ComptoirError) as raised:
            await connector.send(far.outbound(WORDS[1]))
        stories.append("".join(traceback.format_exception(raised.value)))
    await far.api.stop()
    with pytest.raises(errors.TryLater) as lost:
        await connector.send(far.outbound(WORDS[1]))
    stories.append("".join(traceback.format_exception(lost.value)))
    await connector.close()

    told = caplog.text + "\n".join(stories)
    assert "bot is heard" in told
    assert [said for said in (*far.secrets, *WORDS) if said in told] == []


async def test_redirects_are_not_followed(far: Messenger) -> None:
    """Nobody can lead us, with the token, to another address."""
    connector = far.connect()
    await connector.open()
    far.api.answer_next(web.Response(status=302, headers={"Location": f"{far.api.url}/v23.0/elsewhere"}))
    health = await connector.probe()
    await connector.close()

    assert health.reason
    assert [path for _, path, _, _ in far.api.asked] == [far.us]


@pytest.mark.parametrize(("external_id", "asked"), [("..", []), ("1_1/../me", ["1_1/../me/comments"])])
async def test_ids_stay_in_their_place(far: Messenger, external_id: str, asked: list[str]) -> None:
    """An id comes from outside, and cannot climb out of its place in the path."""
    seen = []

    def play(method: str, path: str, query: dict[str, str], body: dict[str, object]) -> web.Response:
        seen.append(path)
        return failed(100, "Unknown")

    far.api.play = play
    connector = registry.connect(replace(far.account(), network="facebook"), now)
    await connector.open()
    with pytest.raises(errors.Refused):
        await connector.send(wire.OutboundMessage("k", external_id, "x", is_public=True))
    await connector.close()

    assert seen == asked
