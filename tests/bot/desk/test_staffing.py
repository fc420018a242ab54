"""Who works here, and who may not leave."""

import pytest

from bot.desk import signing_in, staffing
from bot.desk.signing_in import Limits, Visit
from bot.desk.staffing import Post, Wishes
from bot.errors import Conflict, Invalid, NotFound
from bot.model.event import SYSTEM
from bot.store import agents, events, sessions, teams
from bot.store.database import Database


async def hired(database: Database, email: str, role: str = "agent") -> int:
    post = Post(email=email, name="Somebody", role=role)
    return await database.write(lambda tx: staffing.hire(tx, post, by=SYSTEM))


@pytest.mark.parametrize(
    ("post", "field"),
    [
        (Post(email="nadia", name="Nadia"), "email"),
        (Post(email="a b@bank.example", name="Nadia"), "email"),
        (Post(email="n@bank.example", name="  "), "name"),
        (Post(email="n@bank.example", name="Nadia", role="owner"), "role"),
        (Post(email="n@bank.example", name="Nadia", languages=()), "languages"),
        (Post(email="n@bank.example", name="Nadia", languages=("de",)), "languages"),
        (Post(email="n@bank.example", name="Nadia", capacity=0), "capacity"),
        (Post(email="n@bank.example", name="Nadia", team_ids=(99,)), "team_ids"),
        (Post(email="TAKEN@bank.example", name="Nadia"), "email"),
    ],
)
async def test_a_wrong_post_is_refused_by_its_field(database: Database, post: Post, field: str) -> None:
    """Nothing is written, and the field that is wrong is named."""
    await hired(database, "taken@bank.example")
    with pytest.raises(Invalid) as refused:
        await database.write(lambda tx: staffing.hire(tx, post, by=SYSTEM))
    assert refused.value.field == field
    assert await database.read(agents.count) == 1


async def test_a_change_writes_what_was_and_what_is(database: Database) -> None:
    """The event names each changed field with its old and new value, and only those."""
    team = await database.write(
        lambda tx: staffing.found_team(tx, name="Nord", branch="Lille", agent_ids=(), by=SYSTEM)
    )
    id_ = await hired(database, "nadia@bank.example")
    post = Post(email="nadia@bank.example", name="Somebody", capacity=12, team_ids=(team,))
    await database.write(lambda tx: staffing.change(tx, id_, post, by=SYSTEM))
    last = (await database.read(lambda tx: events.after(tx, events.Position())))[-1]
    assert last.kind == "agent.changed"
    assert last.body["changed"] == {"capacity": [30, 12], "team_ids": [[], [team]]}


async def test_a_new_role_ends_the_sessions_under_the_old_one(database: Database) -> None:
    """What was opened as an agent cannot be used as a supervisor, nor the other way round."""
    id_ = await hired(database, "nadia@bank.example")
    opened = await database.write(lambda tx: signing_in.admit(tx, id_, Visit(), Limits(), tries=[]))
    post = Post(email="nadia@bank.example", name="Somebody", role="supervisor")
    await database.write(lambda tx: staffing.change(tx, id_, post, by=SYSTEM))
    assert await database.read(lambda tx: sessions.numbered(tx, opened.session_id)) is None


@pytest.mark.parametrize("change", [{"email": "other@bank.example"}, {"role": "supervisor"}])
async def test_a_link_that_was_sent_to_the_old_post_dies(database: Database, change: dict[str, str]) -> None:
    """Whoever reads the former address, or was invited as something else, comes in by no old link."""
    id_ = await hired(database, "nadia@bank.example")
    link = await database.write(lambda tx: signing_in.invite(tx, id_, by=SYSTEM))
    post = Post(**{"email": "nadia@bank.example", "name": "Somebody", **change})
    await database.write(lambda tx: staffing.change(tx, id_, post, by=SYSTEM))
    with pytest.raises(NotFound):
        await database.read(lambda tx: signing_in.invited(tx, link))


async def test_the_last_admin_stays(database: Database) -> None:
    """The desk is never left without somebody who can manage it."""
    first = await hired(database, "ada@bank.example", "admin")
    demoted = Post(email="ada@bank.example", name="Ada", role="agent")
    with pytest.raises(Conflict):
        await database.write(lambda tx: staffing.disable(tx, first, by=SYSTEM))
    with pytest.raises(Conflict):
        await database.write(lambda tx: staffing.change(tx, first, demoted, by=SYSTEM))
    await hired(database, "bo@bank.example", "admin")
    await database.write(lambda tx: staffing.disable(tx, first, by=SYSTEM))
    assert (await database.read(lambda tx: agents.find(tx, first))).is_disabled


async def test_agents_choose_how_their_window_looks(database: Database) -> None:
    """Language, theme and shortcuts are the agent's own; anything else is refused."""
    id_ = await hired(database, "nadia@bank.example")
    await database.write(
        lambda tx: staffing.wish(tx, id_, Wishes("Nadia", "en", "dark", has_shortcuts=False), by=SYSTEM)
    )
    agent = await database.read(lambda tx: agents.find(tx, id_))
    assert (agent.name, agent.locale, agent.theme, agent.has_shortcuts) == ("Nadia", "en", "dark", False)
    with pytest.raises(Invalid):
        await database.write(
            lambda tx: staffing.wish(tx, id_, Wishes("Nadia", "de", "dark", has_shortcuts=True), by=SYSTEM)
        )


async def test_a_team_is_renamed_moved_and_filled(database: Database) -> None:
    """A team has its branch and exactly the members it was given; two teams never share a name."""
    nadia, leo = await hired(database, "nadia@bank.example"), await hired(database, "leo@bank.example")
    id_ = await database.write(
        lambda tx: staffing.found_team(tx, name="Nord", branch="Lille", agent_ids=(nadia,), by=SYSTEM)
    )
    await database.write(
        lambda tx: staffing.change_team(tx, id_, name="Nord-Est", branch="Reims", agent_ids=(leo,), by=SYSTEM)
    )
    team = await database.read(lambda tx: teams.find(tx, id_))
    assert (team.name, team.branch) == ("Nord-Est", "Reims")
    assert [agent.id for agent in await database.read(lambda tx: agents.of_team(tx, id_))] == [leo]
    with pytest.raises(Invalid):
        await database.write(lambda tx: staffing.found_team(tx, name="Nord-Est", branch="", agent_ids=(), by=SYSTEM))
