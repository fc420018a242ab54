"""What WhatsApp is told, and until when it may be told anything."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from aiohttp import web

from bot import errors, wire
from bot.connectors import registry
from bot.connectors.base import Fetches
from tests.connectors.far_side import opened
from tests.connectors.meta.graph_api import failed
from tests.connectors.whatsapp.far import ANN, WhatsApp

HEARD = datetime(2026, 3, 2, 9, tzinfo=UTC)


def spot(after: timedelta, message_id: str = "wamid.1") -> wire.Spot:
    return wire.Spot(ANN, is_public=False, at=HEARD + after, message_id=message_id, heard_at=HEARD)


def test_window(far: WhatsApp) -> None:
    """A contact may be answered for 24 hours, and the agent sees until when; then no more, with the reason in both languages."""
    connector = far.connect()
    last, late = (connector.capabilities(spot(timedelta(hours=24, seconds=seconds))) for seconds in (-1, 0))

    assert (last.can_reply, last.until) == (True, HEARD + timedelta(hours=24))
    assert (late.can_reply, late.why_not) == (False, "window_closed")
    assert set(registry.networks()["whatsapp"].sentences[late.why_not]) == {"fr", "en"}
    assert [each.acts["like"].is_allowed for each in (last, late)] == [True, False]


def test_who_never_wrote(far: WhatsApp) -> None:
    """Nobody is written to who has not written."""
    there = wire.Spot(ANN, is_public=False, at=HEARD)

    assert not far.connect().capabilities(there).can_reply


async def test_too_late_all_the_same(far: WhatsApp) -> None:
    """When WhatsApp finds the window closed, the words are refused and not tried again."""
    far.api.answer_next(failed(131047, "Re-engagement message"))
    async with opened(far) as connector:
        with pytest.raises(errors.Refused, match="too long ago"):
            await connector.send(far.outbound("hello"))

    assert far.sent == []


async def test_like(far: WhatsApp) -> None:
    """A thumb goes under the message, and is taken away again; WhatsApp knows nothing else that could be done."""
    async with opened(far) as connector:
        for act in ("like", "unlike"):
            await connector.act(wire.Deed(act, "wamid.1", ANN))
        with pytest.raises(errors.Refused):
            await connector.act(wire.Deed("hide", "wamid.1", ANN))

    assert [body["reaction"]["emoji"] for body in far.sent] == ["\N{THUMBS UP SIGN}", ""]


async def test_half_a_character(far: WhatsApp) -> None:
    """Half an emoji is refused before it leaves."""
    async with opened(far) as connector:
        with pytest.raises(errors.Refused):
            await connector.send(far.outbound("\ud83d"))

    assert far.api.asked == []


async def test_an_answer_without_an_id(far: WhatsApp) -> None:
    """Taken, but under no name: nobody can say that it has arrived."""
    far.api.play = lambda *_: {"messages": []}
    async with opened(far) as connector:
        with pytest.raises(errors.Uncertain):
            await connector.send(far.outbound("hello"))


async def test_files(far: WhatsApp) -> None:
    """A file is asked for by its id, and then at the address that is told, with our token; what is gone or none is refused."""
    there, gone = wire.Attachment("1003", "image"), wire.Attachment("1004", "image")
    pieces: dict[str, Any] = {
        "1003": {"url": f"{far.api.url}/v23.0/lookaside?appsecret_proof={far.api.proof}"},
        "lookaside": web.Response(body=b"\x89PNG"),
        "1004": {"id": "1004"},
    }
    far.api.play = lambda method, path, query, body: pieces[path]
    async with opened(far) as connector:
        assert isinstance(connector, Fetches)
        content = await connector.fetch(there)
        for file in (gone, wire.Attachment("location", "location")):
            with pytest.raises(errors.Refused):
                await connector.fetch(file)

    assert content == b"\x89PNG"
