"""The bot's token and the webhook's secret are in no log, no error and no picture of an object; nor are customers' words."""

import asyncio
import logging
import traceback
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace

import pytest
from aiohttp import web

from bot import clock, errors
from bot.connectors import registry
from tests.connectors.far_side import hear, listening
from tests.connectors.telegram import far
from tests.connectors.telegram.bot_api import TOKEN, BotApi, failed
from tests.connectors.telegram.far import Line, connect, message, words

SECRETS = (TOKEN, TOKEN.partition(":")[2], far.HOOK_SECRET)
WORDS = ("my card is 4111", "your card is blocked")


async def test_logs(api: BotApi, line: Line, caplog: pytest.LogCaptureFixture) -> None:
    """With every logger at its most talkative, in good and in bad moments, neither a secret nor a word is said."""
    caplog.set_level(logging.DEBUG)
    for name in ("aiohttp", "asyncio", "bot", "httpcore", "httpx", "telegram"):
        caplog.set_level(logging.DEBUG, logger=name)
        logging.getLogger(name).debug("%s is heard", name)
    polled, hooked = await line(), await line(mode="webhook")
    api.webhook = {}
    await api.emit("message", message(1, WORDS[0]))
    async with listening(polled, None) as batches:
        await hear(batches, 1)
    await hooked.send(words(WORDS[1], "7"))
    for answer in (failed(401, "Unauthorized"), failed(400, "Bad Request: x"), web.Response(text=WORDS[0], status=502)):
        api.answer_next(answer)
        with pytest.raises(errors.ComptoirError):
            await polled.send(words(WORDS[1], "7"))
    await api.stop()
    with pytest.raises(errors.TryLater):
        await polled.send(words(WORDS[1], "7"))

    assert "telegram is heard" in caplog.text
    assert [said for said in SECRETS + WORDS if said in caplog.text] == []


async def test_errors(api: BotApi, line: Line) -> None:
    """An error's whole story, causes and context included, bears no secret."""
    connector = await line()
    stories = []
    for answer in (failed(401, "Unauthorized"), web.Response(text="x", status=502)):
        api.answer_next(answer)
        with pytest.raises(errors.ComptoirError) as raised:
            await connector.send(words("x", "7"))
        stories.append("".join(traceback.format_exception(raised.value)))
    await api.stop()
    with pytest.raises(errors.TryLater) as raised:
        await connector.send(words("x", "7"))
    stories.append("".join(traceback.format_exception(raised.value)))
    async with _no_http(api.port):
        with pytest.raises(errors.Uncertain) as lost:
            await connector.send(words("x", "7"))
    stories.append("".join(traceback.format_exception(lost.value)))

    assert [secret for secret in SECRETS if any(secret in story for story in stories)] == []


@asynccontextmanager
async def _no_http(port: int) -> AsyncIterator[None]:
    """A server that takes what comes and answers in no language of the web."""

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(b"SMTP ready\r\n\r\n")
        await writer.drain()
        writer.close()

    server = await asyncio.start_server(answer, "127.0.0.1", port)
    async with server:
        yield


async def test_pictures(api: BotApi, line: Line) -> None:
    """Nothing inside an open connector shows a secret when it is printed."""
    connector = await line(mode="webhook")
    inside = [connector, connector.account, *vars(connector).values()]

    assert [secret for secret in SECRETS if any(secret in f"{one!r} {one}" for one in inside)] == []


async def test_the_token_arrives(api: BotApi, line: Line) -> None:
    """The token is withheld from all but Telegram, which would refuse us without it."""
    await line()

    assert [name for name, _ in api.asked] == ["getMe", "getWebhookInfo"]


async def test_redirects_are_not_followed(api: BotApi) -> None:
    """Nobody can lead us, with the token, to another address."""
    connector = connect(api)
    api.answer_next(web.Response(status=302, headers={"Location": f"{api.url}/bot{TOKEN}/getMe"}))
    with pytest.raises(errors.TryLater):
        await connector.open()
    await connector.close()

    assert len(api.asked) == 1


async def test_private_networks(api: BotApi) -> None:
    """An address inside our own network is called only where the operator has allowed it."""
    account = replace(far.account(api), is_private_network_allowed=False, base_url=api.url.replace("http:", "https:"))
    connector = registry.connect(account, clock.now)
    with pytest.raises(errors.Refused):
        await connector.open()

    assert api.asked == []


@pytest.mark.parametrize("address", ["http://t.example", "http://10.0.0.1:8081", "https://me@t.example", "t.example"])
@pytest.mark.parametrize("is_allowed", [True, False])
def test_the_token_does_not_travel_in_the_clear(api: BotApi, address: str, is_allowed: bool) -> None:
    """Telegram is spoken to over https, and over http on this machine only, where the operator allows it."""
    with pytest.raises(errors.Invalid) as raised:
        registry.connect(replace(far.account(api), base_url=address, is_private_network_allowed=is_allowed), clock.now)

    assert raised.value.field == "base_url"
