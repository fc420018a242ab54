"""The account's token is in no log, no error and no picture of an object, and goes nowhere but to the instance."""

import logging
import traceback

import pytest
from aiohttp import web

from bot import errors
from bot.connectors import registry
from bot.connectors.base import Account
from bot.connectors.mastodon import home
from tests.connectors.far_side import hear, listening
from tests.connectors.mastodon.far import Line, account, words
from tests.connectors.mastodon.instance import TOKEN, Instance, refused

HEARD, SAID = "my card is 4111", "your card is blocked"


async def test_logs_and_errors(instance: Instance, line: Line, caplog: pytest.LogCaptureFixture) -> None:
    """With every logger at its most talkative, in good and in bad moments, neither the token nor a word is said."""
    caplog.set_level(logging.DEBUG)
    connector = await line()
    instance.say(HEARD)
    async with listening(connector, None) as batches:
        await hear(batches, 1)
    await connector.send(words(SAID, key="1"))
    stories = []
    for answer in (refused(401, "x"), refused(422, "x"), web.Response(text=HEARD, status=502)):
        instance.instead.append(answer)
        with pytest.raises(errors.ComptoirError) as raised:
            await connector.send(words(SAID, key="2"))
        stories.append("".join(traceback.format_exception(raised.value)))
    shown = " ".join([caplog.text, *stories, repr(connector), repr(connector.account)])

    assert [said for said in (TOKEN, HEARD, SAID) if said in shown] == []


@pytest.mark.parametrize(
    ("announced", "base", "used"),
    [
        ("wss://streaming.bank.example", "https://bank.example", "https://streaming.bank.example"),
        ("wss://bank.example:8443/x/", "https://bank.example", "https://bank.example:8443/x"),
        ("https://streaming.bank.example/", "https://bank.example", "https://streaming.bank.example"),
        ("ws://127.0.0.1:4000", "http://127.0.0.1:3000", "http://127.0.0.1:4000"),
        ("ws://streaming.bank.example", "https://bank.example", "https://bank.example"),
        ("", "https://bank.example", "https://bank.example"),
        ("wss://", "https://bank.example", "https://bank.example"),
        ("wss://[::1", "https://bank.example", "https://bank.example"),
        ("javascript:alert(1)", "https://bank.example", "https://bank.example"),
    ],
)
def test_where_the_stream_is(announced: str, base: str, used: str) -> None:
    """The stream is where the instance says, and the token never goes there less safely than to the instance itself."""
    told = {"configuration": {"urls": {"streaming": announced}}}

    assert home.read(told, base).streaming_url == used


async def test_stream_behind_the_guard(instance: Instance, line: Line, monkeypatch: pytest.MonkeyPatch) -> None:
    """An instance cannot lead us to an address that is no plain one: it is asked now and then instead."""
    monkeypatch.setattr("bot.connectors.mastodon.receive.POLL_SECONDS", 0.05)
    instance.about = {"configuration": {"urls": {"streaming": "http://user:password@127.0.0.1:1"}}}
    instance.say("hello")
    async with listening(await line(), None) as batches:
        await hear(batches, 1)
        instance.say("again")
        await hear(batches, 1)

    assert instance.calls("GET", "v1/streaming/user") == 0


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"base_url": ""}, "base_url"),
        ({"base_url": "bank.example"}, "base_url"),
        ({"base_url": "ftp://bank.example"}, "base_url"),
        ({"base_url": "https://[::1"}, "base_url"),
        ({"base_url": "http://bank.example"}, "base_url"),
        ({"base_url": "http://bank.example", "is_private_network_allowed": True}, "base_url"),
        ({"base_url": "http://127.0.0.1:3000"}, "base_url"),
        ({"base_url": "https://me@bank.example"}, "base_url"),
        ({"options": {"replies": "loud"}}, "replies"),
        ({"options": {"requests": "reject"}}, "requests"),
        ({"secrets": {"token": "two words"}}, "token"),
        ({"secrets": {"token": "a\r\nx: y"}}, "token"),
        ({"secrets": {"token": "é"}}, "token"),
    ],
)
def test_settings(instance: Instance, change: dict[str, object], field: str) -> None:
    """A setting that is not fit is refused by its name, before anything is asked; a secret's value is not shown."""
    plain = account(instance)
    given = {"base_url": "https://bank.example", "options": plain.options, "secrets": plain.secrets} | change
    with pytest.raises(errors.Invalid) as raised:
        registry.connect(Account(name="x", network="mastodon", **given), lambda: None)  # type: ignore[arg-type, return-value]

    assert raised.value.field == field
    assert "two words" not in raised.value.message


async def test_private_network(instance: Instance) -> None:
    """Without the operator's word, an instance on a private network is not reached."""
    plain = account(instance)
    connector = registry.connect(
        Account(
            name="x",
            network="mastodon",
            base_url=plain.base_url.replace("http:", "https:"),
            options={},
            secrets=plain.secrets,
        ),
        lambda: None,  # type: ignore[arg-type, return-value]
    )
    with pytest.raises(errors.Refused):
        await connector.open()

    assert instance.asked == []
