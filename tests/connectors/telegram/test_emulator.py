"""Telegram's connector against an emulator that nobody here wrote."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

import aiohttp
import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from bot import clock, errors, wire
from bot.connectors import registry
from bot.connectors.base import Account, Connector, HookRequest
from tests.connectors.far_side import hear, listening, texts
from tests.peers import installing, telegram
from tests.peers.telegram import TOKEN, Emulator, mention

pytestmark = pytest.mark.slow

SECRET = "s3cret_of-the-hook"
GROUP = {"id": -1001234567890, "type": "supergroup", "title": "Clients"}


@pytest.fixture
async def emulator() -> AsyncIterator[Emulator]:
    try:
        async with telegram.running() as running:
            yield running
    except installing.NoPeer as why:
        pytest.skip(f"the Telegram emulator cannot be had here: {why}")


@asynccontextmanager
async def _line(emulator: Emulator, hook_url: str = "", **options: str) -> AsyncIterator[Connector]:
    account = Account(
        "telegram",
        "telegram",
        emulator.url,
        options,
        {"token": TOKEN, "hook_secret": SECRET},
        hook_url=hook_url,
        is_private_network_allowed=True,
    )
    connector = registry.connect(account, clock.now)
    await connector.open()
    try:
        yield connector
    finally:
        await connector.close()


async def test_private(emulator: Emulator) -> None:
    """A person writes in private; our answer arrives as an answer to it."""
    async with _line(emulator) as connector, listening(connector, None) as batches:
        await emulator.say("Au secours 😔")
        (batch,) = await hear(batches, 1)
        heard = batch.messages[0]
        receipt = await connector.send(_answer(heard, "Nous voilà"))
    (written,) = await emulator.written(1)

    assert (heard.text, heard.conversation_id, heard.is_public) == ("Au secours 😔", "7", False)
    assert (written["chat_id"], written["text"]) == ("7", "Nous voilà")
    assert f"7:{telegram.answered(written)}" == heard.external_id
    assert receipt.external_id == f"7:{written['message_id']}"
    assert receipt.sent_at
    assert receipt.sent_at.year >= 2026


async def test_group(emulator: Emulator) -> None:
    """In a group, who names the bot behind an emoji is heard and answered in his chain; who does not is not."""
    text = f"😔👨‍👩‍👧 @{telegram.BOT} ma carte"
    async with _line(emulator) as connector, listening(connector, None) as batches:
        await emulator.say("entre nous", GROUP)
        await emulator.say(text, GROUP, entities=[mention(text)])
        heard = await hear(batches, 1)
        message = heard[-1].messages[0]
        await connector.send(_answer(message, "En privé, s'il vous plaît"))
    (written,) = await emulator.written(1)

    assert texts(heard) == [text]
    assert message.is_public
    assert written["chat_id"] == str(GROUP["id"])
    assert "message_thread_id" not in written
    assert f"{GROUP['id']}:{telegram.answered(written)}" == message.external_id


async def test_topic(emulator: Emulator) -> None:
    """In a forum's topic, the answer goes into the topic."""
    text = f"@{telegram.BOT} ici ?"
    async with _line(emulator) as connector, listening(connector, None) as batches:
        await emulator.say(text, GROUP, message_thread_id=5, is_topic_message=True, entities=[mention(text)])
        message = (await hear(batches, 1))[0].messages[0]
        await connector.send(_answer(message, "Ici"))
    (written,) = await emulator.written(1)

    assert message.conversation_id == f"{GROUP['id']}:5"
    assert written["message_thread_id"] == "5"


async def test_webhook(emulator: Emulator) -> None:
    """By webhook the emulator bears our secret and is answered 200; whoever does not bear it is turned away with 403."""
    async with _door() as door, _line(emulator, door.url, mode="webhook") as connector:
        door.connector = connector
        await emulator.say("par webhook")
        delivered = await emulator.delivered(1)
        turned_away = [await door.knock(secret) for secret in (None, "", "wrong")]

    assert texts(door.heard) == ["par webhook"]
    assert (delivered, turned_away) == ([200], [403, 403, 403])


async def test_back_to_polling(emulator: Emulator) -> None:
    """A bot that was heard by webhook is heard by poll once its channel says so."""
    async with _door() as door, _line(emulator, door.url, mode="webhook"):
        pass
    async with _line(emulator) as polled, listening(polled, None) as batches:
        await emulator.say("par poll")
        heard = await hear(batches, 1)

    assert texts(heard) == ["par poll"]
    assert door.heard == []


def _answer(heard: wire.InboundMessage, text: str) -> wire.OutboundMessage:
    return wire.OutboundMessage("key", heard.conversation_id, text, heard.is_public, heard.external_id, heard.author)


@dataclass
class _Door:
    """A desk's door, as far as a webhook needs one."""

    url: str = ""
    connector: Connector | None = None
    heard: list[wire.Batch] = field(default_factory=list)

    async def answer(self, request: web.Request) -> web.Response:
        assert self.connector
        headers = {name.lower(): value for name, value in request.headers.items()}
        asked = HookRequest(request.method, headers, dict(request.query), await request.read(), clock.now())
        try:
            self.heard.append(self.connector.accept(asked).batch)
        except errors.NotAllowed:
            return web.Response(status=403)
        return web.Response()

    async def knock(self, secret: str | None) -> int:
        """A stranger's request, and what it is answered."""
        headers = {} if secret is None else {"X-Telegram-Bot-Api-Secret-Token": secret}
        async with (
            aiohttp.ClientSession() as session,
            session.post(self.url, json={"update_id": 99}, headers=headers) as answer,
        ):
            return answer.status


@asynccontextmanager
async def _door() -> AsyncIterator[_Door]:
    door = _Door()
    app = web.Application()
    app.router.add_post("/hooks/telegram", door.answer)
    async with TestServer(app) as server:
        door.url = str(server.make_url("/hooks/telegram"))
        yield door
