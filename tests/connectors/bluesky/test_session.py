"""Sessions: kept before they are used, shared by processes, renewed when spent, and never asked for too often."""

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from bot import clock, errors, wire
from bot.clock import HeldClock
from bot.connectors import registry
from bot.connectors.base import Forgetful
from tests.connectors.bluesky.far import Line, connect
from tests.connectors.bluesky.xrpc import PASSWORD, Xrpc

NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)


class Watched(Forgetful):
    """A vault that notes which token the server would have taken when each was written."""

    def __init__(self, api: Xrpc) -> None:
        super().__init__()
        self._api = api
        self.asked_when_written: list[int] = []

    async def write(self, name: str, value: str) -> None:
        await super().write(name, value)
        self.asked_when_written.append(len(self._api.asked))


async def test_kept_before_use(api: Xrpc, line: Line) -> None:
    """A renewed session is in the vault before anything is asked with it."""
    vault = Watched(api)
    connector = await line(vault=vault)
    api.access = "something else"
    await connector.probe()
    methods = [method.rpartition(".")[2] for method, _ in api.asked]

    assert methods == ["createSession", "getSession", "refreshSession", "getSession"]
    assert vault.asked_when_written == [1, 3]
    assert json.loads(await vault.read("session"))["refresh"] == api.refresh


async def test_restart(api: Xrpc, line: Line) -> None:
    """A restart signs in no second time, and a vault that holds nonsense is no obstacle."""
    vault = Forgetful()
    await line(vault=vault)
    again = await line(vault=vault)
    health = await again.probe()
    await vault.write("session", "{")
    await line(vault=vault)

    assert health.state is wire.Health.CONNECTED
    assert len(api.calls("com.atproto.server.createSession")) == 2


async def test_two_processes(api: Xrpc, line: Line) -> None:
    """What one process has renewed, another takes from the vault, although its own refresh token is spent."""
    vault = Forgetful()
    listener, worker = await line(vault=vault), await line(vault=vault)
    api.access = "something else"
    await listener.probe()
    health = await worker.probe()

    assert health.state is wire.Health.CONNECTED
    assert len(api.calls("com.atproto.server.refreshSession")) == 1
    assert len(api.calls("com.atproto.server.createSession")) == 1


async def test_refresh_token_spent(api: Xrpc, line: Line) -> None:
    """When the refresh token has had its day, too, the password signs in again."""
    connector = await line()
    api.access = api.refresh = "something else"
    health = await connector.probe()

    assert health.state is wire.Health.CONNECTED
    assert len(api.calls("com.atproto.server.createSession")) == 2


async def test_other_account(api: Xrpc, line: Line) -> None:
    """A session of another account than the one that is configured is not used."""
    vault = Forgetful()
    await line(vault=vault)
    await line(vault=vault, identifier="agence.test")

    assert [known["identifier"] for known in api.calls("com.atproto.server.createSession")] == [
        "banque.test",
        "agence.test",
    ]


async def test_another_password(api: Xrpc, line: Line) -> None:
    """A new password is tried, although the old one's session is still good; and is not shown where the session is kept."""
    vault = Forgetful()
    await line(vault=vault)
    account = connect(api, vault=vault).account
    changed = registry.connect(replace(account, secrets={"password": "a typing error"}), clock.now)
    with pytest.raises(errors.Reauthorize):
        await changed.open()
    await changed.close()

    assert [known["password"] for known in api.calls("com.atproto.server.createSession")] == [
        PASSWORD,
        "a typing error",
    ]
    assert PASSWORD not in await vault.read("session")


async def test_another_address(api: Xrpc, line: Line) -> None:
    """A new address is where we sign in, although the session of the old one is still good."""
    vault = Forgetful()
    await line(vault=vault)
    asked = len(api.asked)
    other = Xrpc()
    await other.start()
    connector = connect(other, vault=vault)
    await connector.open()
    health = await connector.probe()
    await connector.close()
    await other.stop()

    assert health.state is wire.Health.CONNECTED
    assert len(other.calls("com.atproto.server.createSession")) == 1
    assert len(api.asked) == asked


async def test_wrong_password_is_spared(api: Xrpc) -> None:
    """The network counts signings-in: a password that was refused is not tried at each turn, but after a while."""
    api.is_password_right = False
    held = HeldClock(NOW)
    connector = connect(api, held)
    for _ in range(50):
        with pytest.raises(errors.Reauthorize) as raised:
            await connector.open()
        held.advance(timedelta(seconds=10))
    api.is_password_right = True
    held.advance(timedelta(minutes=10))
    await connector.open()
    await connector.close()

    assert PASSWORD not in str(raised.value)
    assert len(api.calls("com.atproto.server.createSession")) == 2


@pytest.mark.parametrize(
    "home", ["ftp://elsewhere.example", "http://elsewhere.example", "https://me@elsewhere.example", "x"]
)
async def test_a_home_that_is_none(api: Xrpc, line: Line, home: str) -> None:
    """An address of the account's server that may not be called is not called; the one that is configured is."""
    api.home = home
    connector = await line()
    health = await connector.probe()

    assert health.state is wire.Health.CONNECTED


@pytest.mark.parametrize("identifier", ["", "banque", "a b.example", "did:", "@"])
def test_identifier(api: Xrpc, identifier: str) -> None:
    """What is neither a handle nor a DID is refused by its name."""
    with pytest.raises(errors.Invalid) as raised:
        connect(api, identifier=identifier)

    assert raised.value.message


async def test_closed_account(api: Xrpc, line: Line) -> None:
    """An account that was taken down asks for a person, whatever else is well."""
    connector = await line()
    api.is_locked = True
    health = await connector.probe()

    assert health.state is wire.Health.BAD_CREDENTIALS
