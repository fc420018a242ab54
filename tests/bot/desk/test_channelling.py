"""Channels are connected by hand without a secret ever being typed."""

import dataclasses

import pytest

from bot.desk import channelling
from bot.desk.channelling import Connection
from bot.errors import Invalid
from bot.model.event import SYSTEM
from bot.store import channels, events
from bot.store.database import Database

GOOD = Connection(
    name="telegram-nord",
    title="Telegram Nord",
    network="telegram",
    branch="Nord",
    options={"mode": "poll", "proxy": ""},
    secrets={"token": "COMPTOIR_SECRET_TELEGRAM_NORD"},
)


async def test_a_channel_keeps_names_of_variables_and_no_secret(database: Database) -> None:
    """What is stored is what was typed: plain options, and where the secret will be found."""
    id_ = await database.write(lambda tx: channelling.connect(tx, GOOD, required=("token",), by=SYSTEM))
    row = await database.read(lambda tx: channels.find(tx, id_))
    assert row.secrets == {"token": "COMPTOIR_SECRET_TELEGRAM_NORD"}
    assert row.options == {"mode": "poll"}


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"name": "Telegram Nord"}, "name"),
        ({"name": "../etc"}, "name"),
        ({"title": " "}, "title"),
        ({"language": "de"}, "language"),
        ({"team_id": 7}, "team_id"),
        ({"base_url": "ftp://example.org"}, "base_url"),
        ({"base_url": "https://user:word@example.org"}, "base_url"),
        ({"base_url": "https://[broken"}, "base_url"),
        ({"secrets": {"token": "123456:AAF-a-real-token"}}, "token"),
        ({"secrets": {"token": "PATH"}}, "token"),
        ({"secrets": {"token": "COMPTOIR_DATABASE_URL"}}, "token"),
        ({"secrets": {}}, "token"),
    ],
)
async def test_a_wrong_channel_is_refused_by_its_field(
    database: Database, change: dict[str, object], field: str
) -> None:
    """A pasted token, another program's variable, a strange address: refused, the field named, nothing written."""
    wanted = dataclasses.replace(GOOD, **change)
    with pytest.raises(Invalid) as refused:
        await database.write(lambda tx: channelling.connect(tx, wanted, required=("token",), by=SYSTEM))
    assert refused.value.field == field
    assert await database.read(channels.all) == ()


async def test_a_change_keeps_name_and_network_and_is_written_down(database: Database) -> None:
    """Addresses and conversations hang on the name; the event says what else changed."""
    id_ = await database.write(lambda tx: channelling.connect(tx, GOOD, required=("token",), by=SYSTEM))
    wanted = dataclasses.replace(GOOD, name="other", network="signed", title="Telegram Lille")
    await database.write(lambda tx: channelling.change(tx, id_, wanted, required=("token",), by=SYSTEM))
    row = await database.read(lambda tx: channels.find(tx, id_))
    assert (row.name, row.network, row.title) == ("telegram-nord", "telegram", "Telegram Lille")
    last = (await database.read(lambda tx: events.after(tx, events.Position())))[-1]
    assert (last.kind, last.body["changed"]) == ("channel.changed", {"title": ["Telegram Nord", "Telegram Lille"]})


async def test_pausing_twice_is_one_fact(database: Database) -> None:
    """Each verb does harm neither twice nor alone: one event for each real change."""
    id_ = await database.write(lambda tx: channelling.connect(tx, GOOD, required=("token",), by=SYSTEM))
    for verb in (channelling.pause, channelling.pause, channelling.resume, channelling.resume):
        await database.write(lambda tx, verb=verb: verb(tx, id_, by=SYSTEM))
    kinds = [event.kind for event in await database.read(lambda tx: events.after(tx, events.Position()))]
    assert kinds == ["channel.added", "channel.paused", "channel.resumed"]
    assert not (await database.read(lambda tx: channels.find(tx, id_))).is_paused
