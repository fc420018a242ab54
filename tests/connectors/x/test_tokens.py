"""Tokens that rotate: each refresh token is used once, and its successor is durable before anything is done with it."""

import asyncio
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from aiohttp import web

from bot import clock, errors
from bot.connectors import registry
from bot.connectors.base import Forgetful
from tests.connectors.x.far import Line, account, words
from tests.connectors.x.x_api import ANN, FIRST_REFRESH, XApi

DM = f"dm:{ANN['id']}"


class Jammed(Forgetful):
    """A vault that cannot keep anything for so many times."""

    def __init__(self, times: int) -> None:
        super().__init__()
        self.times = times

    async def write(self, name: str, value: str) -> None:
        if self.times:
            self.times -= 1
            raise errors.TryLater("The database is busy.")
        await super().write(name, value)


async def test_rotation(api: XApi, line: Line) -> None:
    """A restart goes on with the newest token; the configured one is used once."""
    vault = Forgetful()
    for _ in range(3):
        connector = await line(vault=vault)
        api.access_token = "none any more"
        await connector.send(words("x", DM))

    assert [one["refresh_token"] for one in api.renewals] == [
        FIRST_REFRESH,
        *(f"refresh-token-{n}" for n in range(1, 4)),
    ]
    assert "refresh-token-4" in await vault.read("tokens")


async def test_durable_before_use(api: XApi, line: Line) -> None:
    """While the new tokens cannot be kept, nothing is asked with them."""
    with pytest.raises(errors.TryLater):
        await line(vault=Jammed(1))

    assert len(api.renewals) == 1
    assert api.asked == []


async def test_fetched_once_while_not_kept(api: XApi) -> None:
    """The only copy of a token is not thrown away because the database was busy."""
    vault = Jammed(2)
    connector = registry.connect(account(api, vault), clock.now)
    for _ in range(2):
        with pytest.raises(errors.TryLater):
            await connector.open()
    await connector.open()
    await connector.send(words("x", DM))
    await connector.close()

    assert len(api.renewals) == 1
    assert api.refresh_token in await vault.read("tokens")


async def test_side_by_side(api: XApi, line: Line) -> None:
    """Ten requests that find the token ended renew it once."""
    connector = await line()
    api.access_token = "none any more"
    await asyncio.gather(*(connector.send(words("x", DM, key=str(number))) for number in range(10)))

    assert len(api.renewals) == 2
    assert len(api.written) == 10


async def test_two_processes(api: XApi, line: Line) -> None:
    """Where another process has renewed the token, its token is taken; the old one is not tried again."""
    vault = Forgetful()
    one, other = await line(vault=vault), await line(vault=vault)
    api.access_token = "none any more"
    await one.send(words("x", DM))
    await other.send(words("y", DM))

    assert len(api.renewals) == 2
    assert [sent["text"] for sent in api.written] == ["x", "y"]


async def test_before_its_end(api: XApi, line: Line) -> None:
    """A token that is about to end is renewed before X refuses it."""
    moment = clock.now()

    def at() -> datetime:
        return moment

    connector = await line(at)
    moment += timedelta(minutes=119)
    await connector.send(words("x", DM))

    assert len(api.renewals) == 2
    assert api.renewals[1]["refresh_token"] == "refresh-token-1"


async def test_connected_anew(api: XApi, line: Line) -> None:
    """A new refresh token in the settings begins a new line, whatever is kept of the old one."""
    vault = Forgetful()
    await vault.write("tokens", '{"access":"a","refresh":"r","expires_at":"2100-01-01T00:00:00Z","seed":"of another"}')
    await line(vault=vault)

    assert [one["refresh_token"] for one in api.renewals] == [FIRST_REFRESH]


@pytest.mark.parametrize("kept", ["", "{", "[]", '{"access": 3}', "\x00"])
async def test_spoilt_vault(api: XApi, line: Line, kept: str) -> None:
    """What is not ours in the vault is as nothing."""
    vault = Forgetful()
    await vault.write("tokens", kept)
    await line(vault=vault)

    assert len(api.renewals) == 1


async def test_denied(api: XApi, line: Line) -> None:
    """When X renews nothing more, a person must: that is said, and X is not asked without end."""
    connector = await line()
    api.access_token, api.refresh_token = "none any more", "none any more"
    with pytest.raises(errors.Reauthorize):
        await connector.send(words("x", DM))

    assert len(api.renewals) == 2
    assert api.written == []


@pytest.mark.parametrize(
    "answer",
    [
        lambda: web.Response(status=503, text="<html>"),
        lambda: web.Response(status=200, text="<html>"),
        lambda: web.json_response({"access_token": 3}),
        lambda: web.json_response({}, status=429),
    ],
)
async def test_no_answer(api: XApi, line: Line, answer: Callable[[], web.Response]) -> None:
    """While X has a difficulty of its own, the account is not taken for lost, and nothing was sent."""
    connector = await line()
    api.access_token = "none any more"
    api.token_answers.append(answer())
    with pytest.raises(errors.TryLater):
        await connector.send(words("x", DM))
    await connector.send(words("x", DM))

    assert [sent["text"] for sent in api.written] == ["x"]


async def test_a_client_without_secret(api: XApi) -> None:
    """A public client names itself by its id alone."""
    plain = account(api)
    secrets = {name: value for name, value in plain.secrets.items() if name != "client_secret"}
    connector = registry.connect(replace(plain, secrets=secrets), clock.now)
    await connector.open()
    await connector.close()

    assert api.renewals[0]["client_id"] == plain.options["client_id"]
