"""Files that contacts send to the bot: asked for by their id, because their address holds the token."""

import pytest
from aiohttp import web

from bot import errors, wire
from bot.connectors.base import Fetches
from tests.connectors.telegram.bot_api import TOKEN, BotApi, failed
from tests.connectors.telegram.far import Line

PHOTO = wire.Attachment("AgAC-1", "photo")


async def _opened(line: Line) -> Fetches:
    connector = await line()
    assert isinstance(connector, Fetches)
    return connector


async def test_a_photo_is_had_by_its_id(api: BotApi, line: Line) -> None:
    """Two questions: where it is, and then for it."""
    api.files["AgAC-1"] = b"a photo"
    assert await (await _opened(line)).fetch(PHOTO) == b"a photo"
    assert api.calls("getFile") == [{"file_id": "AgAC-1"}]


@pytest.mark.parametrize("kind", ["venue", "location", "contact", "poll", "dice", "story", "game"])
async def test_what_is_no_file_is_not_asked_for(api: BotApi, line: Line, kind: str) -> None:
    """A place or a question was said as well as sent."""
    with pytest.raises(errors.NotFound):
        await (await _opened(line)).fetch(wire.Attachment("x", kind))
    assert api.calls("getFile") == []


async def test_what_telegram_no_longer_has_is_refused(api: BotApi, line: Line) -> None:
    """Final, and without the token in its sentence."""
    with pytest.raises(errors.Refused) as refused:
        await (await _opened(line)).fetch(PHOTO)
    assert TOKEN not in refused.value.message


async def test_a_busy_telegram_is_asked_later(api: BotApi, line: Line) -> None:
    """429 with its pause, and a failure of its own, are for later."""
    connector = await _opened(line)
    for answer in (failed(429, "Too Many Requests: retry after 7", retry_after=7), web.Response(status=502)):
        api.answer_next(answer)
        with pytest.raises(errors.TryLater):
            await connector.fetch(PHOTO)
