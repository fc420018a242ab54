"""Who works here."""

from bot.store import agents, channels, teams
from bot.store.database import Database
from bot.wire import ChannelHealth, Health
from tests.world import Bank


async def test_an_agent_comes_with_their_teams_and_languages(database: Database, bank: Bank) -> None:
    """One question tells the teams and the languages; the address is found however it is typed."""
    carol = await database.read(lambda tx: agents.by_email(tx, " Carol@Deux-Rives.example "))

    assert carol is not None
    assert (carol.id, carol.team_ids, carol.spoken, carol.sees_all) == (
        bank.carol,
        (bank.nord, bank.midi),
        ("en",),
        False,
    )
    assert await database.read(lambda tx: agents.by_email(tx, "nobody@deux-rives.example")) is None
    assert (await database.read(lambda tx: agents.find(tx, bank.sofia))).sees_all


async def test_a_password_never_shows(database: Database, bank: Bank) -> None:
    """An agent's row, printed into a log or an error, does not tell the hash of the password."""
    await database.write(lambda tx: agents.change(tx, bank.amina, password_hash="$argon2id$heron"))

    amina = await database.read(lambda tx: agents.find(tx, bank.amina))

    assert amina.password_hash.endswith("heron")
    assert "heron" not in repr(amina)


async def test_a_teams_members_are_set_from_either_side(database: Database, bank: Bank) -> None:
    """Membership is one truth, whether the team or the agent was edited."""
    await database.write(lambda tx: teams.set_members(tx, bank.midi, (bank.amina, bank.denis, bank.amina)))
    await database.write(lambda tx: agents.set_teams(tx, bank.denis, []))

    assert [one.name for one in await database.read(lambda tx: agents.of_team(tx, bank.midi))] == ["Amina Diallo"]
    assert [(team.name, team.members) for team in await database.read(teams.all)] == [("Midi", 1), ("Nord", 3)]
    assert (await database.read(lambda tx: teams.by_name(tx, "Midi"))).id == bank.midi


async def test_saving_a_channel_again_changes_it(database: Database, bank: Bank) -> None:
    """The name is the channel: saving it twice gives the same number and keeps what was not given."""
    again = await database.write(
        lambda tx: channels.save(tx, name="x-midi", title="X du Midi", network="x", options={"mode": "poll"})
    )

    row = await database.read(lambda tx: channels.find(tx, again))
    assert (row.id, row.title, row.team_id, row.options) == (bank.x, "X du Midi", bank.midi, {"mode": "poll"})


async def test_a_channels_health_is_news_once(database: Database, bank: Bank) -> None:
    """The same state with the same reason again is no news, so nobody is told twice."""
    trouble = ChannelHealth(Health.INTERRUPTED, "The network does not answer.")

    told = [await database.write(lambda tx: channels.note_health(tx, bank.x, trouble)) for _ in range(2)]

    assert told == [True, False]
    row = await database.read(lambda tx: channels.find(tx, bank.x))
    assert (row.health, row.health_reason) == ("interrupted", "The network does not answer.")
