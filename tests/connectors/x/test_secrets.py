"""The account's keys are in no log, no error and no picture of an object; nor are contacts' words."""

import json
import logging
import traceback
from dataclasses import replace

import pytest
from aiohttp import web

from bot import clock, errors
from bot.connectors import registry
from bot.connectors.base import Forgetful
from tests.connectors.far_side import hear, listening
from tests.connectors.x.far import CONSUMER_SECRET, Line, account, direct, request, words
from tests.connectors.x.x_api import ANN, BEARER, CLIENT_SECRET, FIRST_REFRESH, XApi, problem
from tests.connectors.x.x_api import line as told

SECRETS = (CLIENT_SECRET, FIRST_REFRESH, BEARER, CONSUMER_SECRET, "access-token-", "refresh-token-")
WORDS = ("my card is 4111", "your card is blocked")
DM = f"dm:{ANN['id']}"


async def test_logs(api: XApi, line: Line, caplog: pytest.LogCaptureFixture) -> None:
    """With every logger at its most talkative, in good and in bad moments, neither a secret nor a word is said."""
    caplog.set_level(logging.DEBUG)
    for name in (
        "aiohttp",
        "asyncio",
        "bot",
        "tweepy",
        "tweepy.client",
        "tweepy.asynchronous.client",
        "tweepy.asynchronous.streaming",
    ):
        caplog.set_level(logging.DEBUG, logger=name)
    logging.getLogger("tweepy").debug("tweepy is heard")
    vault = Forgetful()
    streamed, hooked = await line(vault=vault, mode="stream"), await line(vault=vault, mode="webhook")
    post = api.post(f"@LaBanque {WORDS[0]}")
    api.posts.clear()
    api.stream_lines.put_nowait(told(post))
    async with listening(streamed, None) as batches:
        await hear(batches, 1)
    hooked.accept(request(json.dumps(direct(WORDS[0])).encode()))
    await streamed.send(words(WORDS[1], DM))
    for status in (403, 429, 500):
        api.instead.append(lambda status=status: problem(status, WORDS[0]))  # type: ignore[misc]
        with pytest.raises(errors.ComptoirError):
            await streamed.send(words(WORDS[1], DM))
    await api.stop()
    with pytest.raises(errors.TryLater):
        await streamed.send(words(WORDS[1], DM))

    assert "tweepy is heard" in caplog.text
    assert [said for said in SECRETS + WORDS if said in caplog.text] == []


async def test_errors(api: XApi, line: Line) -> None:
    """An error's whole story, causes and context included, bears no secret."""
    connector = await line()
    stories = []
    for answer in (problem(403, "x"), problem(429, "x"), web.Response(text="<html>", status=502)):
        api.instead.append(lambda answer=answer: answer)  # type: ignore[misc]
        with pytest.raises(errors.ComptoirError) as raised:
            await connector.send(words("x", DM))
        stories.append("".join(traceback.format_exception(raised.value)))
    api.denied = 2
    with pytest.raises(errors.Reauthorize) as denied:
        await connector.send(words("x", DM))
    stories.append("".join(traceback.format_exception(denied.value)))

    assert [secret for secret in SECRETS if any(secret in story for story in stories)] == []


@pytest.mark.parametrize("mode", ["poll", "stream", "webhook"])
async def test_pictures(api: XApi, line: Line, mode: str) -> None:
    """Nothing inside an open connector shows a secret when it is printed."""
    connector = await line(mode=mode)
    inside = [connector, connector.account, *vars(connector).values()]

    assert [secret for secret in SECRETS if any(secret in f"{one!r} {one}" for one in inside)] == []


async def test_redirects_are_not_followed(api: XApi, line: Line) -> None:
    """Nobody can lead us, with the token, to another address."""
    connector = await line()
    asked = len(api.asked)
    api.instead.append(lambda: web.Response(status=302, headers={"Location": f"{api.url}/2/elsewhere"}))
    with pytest.raises(errors.ComptoirError):
        await connector.send(words("x", DM))

    assert len(api.asked) == asked + 1


async def test_private_networks(api: XApi) -> None:
    """An address inside our own network is called only where the operator has allowed it."""
    safe = replace(account(api), is_private_network_allowed=False, base_url=api.url.replace("http:", "https:"))
    connector = registry.connect(safe, clock.now)
    with pytest.raises(errors.Refused):
        await connector.open()

    assert (api.asked, api.renewals) == ([], [])


@pytest.mark.parametrize("address", ["http://x.example", "http://10.0.0.1:8080", "https://me@x.example", "x.example"])
@pytest.mark.parametrize("is_allowed", [True, False])
async def test_keys_do_not_travel_in_the_clear(api: XApi, address: str, is_allowed: bool) -> None:
    """X is spoken to over https, and over http on this machine only, where the operator allows it."""
    given = replace(account(api), base_url=address, is_private_network_allowed=is_allowed)
    with pytest.raises(errors.Invalid) as raised:
        registry.connect(given, clock.now)
    with pytest.raises(errors.Invalid):
        registry.connect(replace(account(api), is_private_network_allowed=False), clock.now)

    assert raised.value.field == "base_url"


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("mode", "carrier pigeon"),
        ("plan", "gold"),
        ("poll_seconds", "often"),
        ("poll_seconds", "-1"),
        ("monthly_cap", "nan"),
        ("monthly_cap", "inf"),
        ("longest_post", "long"),
    ],
)
async def test_unfit_settings(api: XApi, name: str, value: str) -> None:
    """A setting that is not fit is named, with what was given."""
    with pytest.raises(errors.Invalid) as raised:
        registry.connect(account(api, None, **{name: value}), clock.now)

    assert raised.value.field == name
    assert value in raised.value.message


@pytest.mark.parametrize(
    ("mode", "missing"), [("stream", "bearer_token"), ("webhook", "bearer_token"), ("webhook", "consumer_secret")]
)
async def test_missing_secrets(api: XApi, mode: str, missing: str) -> None:
    """What a way of hearing needs is missed before anything is asked."""
    plain = account(api, None, mode=mode)
    secrets = {name: value for name, value in plain.secrets.items() if name != missing}
    with pytest.raises(errors.Invalid) as raised:
        registry.connect(replace(plain, secrets=secrets), clock.now)

    assert raised.value.field == missing


async def test_secrets_stay_in_their_header(api: XApi) -> None:
    """A line end in a key would begin another header: such a key is none, and is not shown."""
    plain = account(api)
    with pytest.raises(errors.Invalid) as raised:
        registry.connect(replace(plain, secrets={**plain.secrets, "bearer_token": "a\r\nx-evil: 1"}), clock.now)

    assert "evil" not in raised.value.message
