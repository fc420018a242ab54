"""Files to WhatsApp: carried up first, then said by their number; and what is carried down, from Meta's own places alone."""

from typing import Any

import msgspec
import pytest
from aiohttp import web

from bot import errors, wire
from bot.connectors.base import Fetches
from bot.connectors.meta import graph
from tests.connectors.far_side import TakenFile, opened
from tests.connectors.meta.graph_api import failed
from tests.connectors.whatsapp.far import WhatsApp

PICTURE = wire.Enclosure("photo.jpg", "image/jpeg", b"\xff\xd8\xff picture")
LETTER = wire.Enclosure("Relevé.pdf", "application/pdf", b"%PDF-1.7")
VOICE = wire.Enclosure("voice.ogg", "audio/ogg", b"OggS")


def enclosed(far: WhatsApp, text: str, *files: wire.Enclosure, in_reply_to: str = "") -> wire.OutboundMessage:
    return msgspec.structs.replace(far.outbound(text), files=files, in_reply_to=in_reply_to)


async def test_words_stand_under_a_picture(far: WhatsApp) -> None:
    """A picture and its words are one message, which answers what it answers."""
    async with opened(far) as connector:
        receipt = await connector.send(enclosed(far, "Voici", PICTURE, in_reply_to="wamid.1"))

    (taken,) = far.taken()
    assert (taken.external_id, taken.text, taken.in_reply_to) == (receipt.external_id, "Voici", "wamid.1")
    assert [one["image"] for one in far.sent] == [{"id": "900", "caption": "Voici"}]


async def test_several_files(far: WhatsApp) -> None:
    """Each further file is a message of its own, a document with its name; words that fit under none go before."""
    async with opened(far) as connector:
        receipt = await connector.send(enclosed(far, "x" * 1025, PICTURE, LETTER))
        await connector.send(enclosed(far, "Écoutez", VOICE))
        await connector.send(enclosed(far, "", LETTER))

    assert receipt.external_id == "wamid.out1"
    assert [one["type"] for one in far.sent] == ["text", "image", "document", "text", "audio", "document"]
    assert [one["document"] for one in far.sent if "document" in one] == [
        {"id": "901", "filename": "Relevé.pdf"}, {"id": "903", "filename": "Relevé.pdf"},
    ]  # fmt: skip
    assert far.files["901"] == ("Releve.pdf", TakenFile("application/pdf", LETTER.body))


@pytest.mark.parametrize("trouble", ["lost", "refused"])
async def test_what_cannot_be_carried_up_leaves_nothing_said(far: WhatsApp, trouble: str) -> None:
    """A file that does not arrive whole leaves nothing said: it is carried up again, or the words are refused."""
    if trouble == "lost":
        far.api.answers_lost = 1
    else:
        far.api.answer_next(failed(100, "Unsupported file"))
    expected = errors.TryLater if trouble == "lost" else errors.Refused
    async with opened(far) as connector:
        with pytest.raises(expected):
            await connector.send(enclosed(far, "Voici", PICTURE))

    assert far.sent == []


async def test_a_part_has_left(far: WhatsApp) -> None:
    """Where words have left and their file has not, nobody sends the words again by himself."""

    def no_voices(method: str, path: str, query: dict[str, str], body: dict[str, Any]) -> Any:
        return failed(130429, "Too fast") if body.get("type") == "audio" else far.play(method, path, query, body)

    far.api.play = no_voices
    async with opened(far) as connector:
        with pytest.raises(errors.Uncertain, match="Only a part"):
            await connector.send(enclosed(far, "Écoutez", VOICE))

    assert [one["type"] for one in far.sent] == ["text"]


@pytest.mark.parametrize(
    "file",
    [
        wire.Enclosure("a.svg", "image/svg+xml", b"<svg/>"),
        wire.Enclosure("a.gif", "image/gif", b"GIF8"),
        wire.Enclosure("a.png", "image/png", b"\x89PNG" + bytes(5_000_000)),
    ],
)
async def test_what_it_does_not_take(far: WhatsApp, file: wire.Enclosure) -> None:
    """A kind that it does not know, and what is too large, is refused before anything is asked."""
    async with opened(far) as connector:
        with pytest.raises(errors.Refused):
            await connector.send(enclosed(far, "Voici", file))

    assert far.api.asked == []


@pytest.mark.parametrize(
    "url",
    [
        "https://lookaside.fbsbx.com.evil.example/a",
        "https://evilfbsbx.com/a",
        "http://lookaside.fbsbx.com/a",
        "https://lookaside.fbsbx.com:8443/a",
        "https://[broken",
        "http://127.0.0.1:1/a",
    ],
)
async def test_the_token_goes_to_meta_alone(far: WhatsApp, url: str) -> None:
    """An address that is not Meta's is not asked, whoever told it: it would be shown our token."""
    far.api.play = lambda *_: {"url": url}
    async with opened(far) as connector:
        assert isinstance(connector, Fetches)
        with pytest.raises(errors.Refused, match=graph.ELSEWHERE):
            await connector.fetch(wire.Attachment("1003", "image"))

    assert [path for _, path, _, _ in far.api.asked] == ["1003"]


async def test_its_address_lives_for_minutes(far: WhatsApp) -> None:
    """It is asked for anew each time a file is fetched, and used at once: no address is kept that has died meanwhile."""
    asked: list[str] = []

    def play(method: str, path: str, query: dict[str, str], body: dict[str, Any]) -> Any:
        asked.append(path)
        if path == "1003":
            return {"url": f"{far.api.url}/v23.0/file{len(asked)}?appsecret_proof={far.api.proof}"}
        return failed(1, "Gone", status=404) if path == "file1" else web.Response(body=b"%PDF-1.7")

    far.api.play = play
    async with opened(far) as connector:
        assert isinstance(connector, Fetches)
        with pytest.raises(errors.Refused, match=graph.GONE):
            await connector.fetch(wire.Attachment("1003", "image", url="https://lookaside.fbsbx.com/old"))
        content = await connector.fetch(wire.Attachment("1003", "image"))

    assert (asked, content) == (["1003", "file1", "1003", "file3"], b"%PDF-1.7")
