"""Agents, teams and one's own profile, kept over HTTP."""

import re

import pytest

from bot.store import agents, events, teams
from tests.inbox.conftest import PASSWORD, House

NEW = {"name": "Léo", "email": "leo@bank.example", "role": "agent", "speaks_fr": "1", "speaks_en": "1", "first_language": "en",
       "capacity": "12"}  # fmt: skip


async def test_an_admin_adds_an_agent_and_nobody_knows_the_password(house: House) -> None:
    """The page shows a link once; the agent has no password, the languages in order, and the journal says who added them."""
    admin = await house.signed_in("admin")
    answer = await admin.post("/agents", NEW)
    text = await answer.text()
    found = re.search(r"/invitations\?token=([\w-]{43})", text)
    made = await house.engine.database.read(lambda tx: agents.by_email(tx, "leo@bank.example"))
    assert found is not None
    assert made is not None
    assert (made.password_hash, made.languages, made.capacity) == ("", "en,fr", 12)
    assert (await house.stranger().get(f"/invitations?token={found[1]}")).status == 200
    added = [
        one
        for one in await house.engine.database.read(lambda tx: events.after(tx, events.Position()))
        if one.kind == "agent.added"
    ]
    assert added[-1].by.id == admin.agent_id


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("email", "admin@bank.example"),
        ("email", "leo"),
        ("name", ""),
        ("role", "owner"),
        ("capacity", "-1"),
        ("capacity", "x"),
    ],
)
async def test_a_wrong_agent_comes_back_with_what_was_typed(house: House, field: str, value: str) -> None:
    """422, nobody added, what was typed still there."""
    admin = await house.signed_in("admin")
    answer = await admin.post("/agents", {**NEW, field: value})
    assert answer.status == 422
    assert await house.engine.database.read(agents.count) == 1
    assert field == "name" or 'value="Léo"' in await answer.text()


async def test_a_disabled_agent_is_out_and_can_be_let_in_again(house: House) -> None:
    """One form shuts out at once, its counterpart lets in; the last admin cannot shut themselves out."""
    admin, agent = await house.signed_in("admin"), await house.signed_in()
    assert (await admin.post(f"/agents/{agent.agent_id}/disablement")).status == 303
    assert (await agent.get("/profile")).status == 303
    refused = await house.stranger().post(
        "/sign-in", {"email": "agent@bank.example", "password": PASSWORD, "next": "/"}
    )
    assert refused.status == 401
    assert (await admin.post(f"/agents/{agent.agent_id}/disablement", method="DELETE")).status == 303
    entered = await house.stranger().post(
        "/sign-in", {"email": "agent@bank.example", "password": PASSWORD, "next": "/"}
    )
    assert entered.status == 303
    last = await admin.post(f"/agents/{admin.agent_id}/disablement")
    assert last.status == 422
    assert "dernier administrateur" in await last.text()


async def test_a_team_is_made_and_filled(house: House) -> None:
    """A team with its branch and members; another of the same name is refused beside its field."""
    admin = await house.signed_in("admin")
    agent = await house.hire()
    fields = {"name": "Nord", "branch": "Lille", "agent_ids": str(agent)}
    assert (await admin.post("/teams", fields)).status == 303
    twice = await admin.post("/teams", fields)
    assert twice.status == 422
    assert 'id="error-name"' in await twice.text()
    team = (await house.engine.database.read(teams.all))[0]
    assert (await admin.post(f"/teams/{team.id}", {"name": "Nord", "branch": "Arras"}, method="PUT")).status == 303
    team = (await house.engine.database.read(teams.all))[0]
    assert (team.branch, team.members) == ("Arras", 0)


async def test_a_profile_changes_the_next_page(house: House) -> None:
    """Language and theme hold from the next page on."""
    agent = await house.signed_in()
    fields = {"name": "Nadia", "locale": "en", "theme": "dark"}
    assert (await agent.post("/profile", fields, method="PUT")).status == 303
    text = await (await agent.get("/profile")).text()
    assert '<html lang="en" data-theme="dark"' in text
    assert 'data-shortcuts="off"' in text


async def test_away_and_back(house: House) -> None:
    """Both are facts in the journal, once each."""
    agent = await house.signed_in()
    for method in ("POST", "POST", "DELETE", "DELETE"):
        assert (await agent.post("/profile/absence", method=method)).status == 303
    assert (await house.kinds())[-2:] == ["agent.went_away", "agent.came_back"]


async def test_a_new_password_needs_the_old_one(house: House) -> None:
    """Without the present password nothing changes; with it every session ends and only the new one opens."""
    agent = await house.signed_in()
    new = "quatre mots bien à moi "
    wrong = await agent.post("/profile/password", {"current": "wrong wrong wrong", "password": new}, method="PUT")
    assert wrong.status == 422
    assert 'id="error-current"' in await wrong.text()
    weak = await agent.post("/profile/password", {"current": PASSWORD, "password": "short"}, method="PUT")
    assert 'id="error-password"' in await weak.text()
    assert (await agent.post("/profile/password", {"current": PASSWORD, "password": new}, method="PUT")).status == 303
    assert (await agent.get("/profile")).status == 303
    for password, status in ((PASSWORD, 401), (new.strip(), 401), (new, 303)):
        answer = await house.stranger().post(
            "/sign-in", {"email": "agent@bank.example", "password": password, "next": "/"}
        )
        assert answer.status == status


MARKER = """<img src=x onerror=alert(1)>'"&{{7*7}}{% raw %}`${1}"""


async def test_names_are_text_wherever_they_are_shown(house: House) -> None:
    """A name of every special character is shown as it was typed on each page, and is nowhere markup or an expression."""
    admin = await house.signed_in("admin")
    assert (await admin.post("/agents", {**NEW, "name": MARKER})).status == 200
    assert (await admin.post("/teams", {"name": MARKER, "branch": MARKER})).status == 303
    prepared = {
        "shortcut": "x",
        "title": MARKER,
        "text_fr": MARKER,
        "means": "1",
    }  # its braces are no blank, and meant so
    assert (await admin.post("/canned-replies", prepared)).status == 303
    fields = {
        "network": "signed",
        "name": "site",
        "title": MARKER,
        "branch": MARKER,
        "language": "fr",
        "secret_secret": "COMPTOIR_SECRET_X",
    }
    assert (await admin.post("/channels", fields)).status == 303
    for path in ("/agents", "/agents/2", "/teams", "/teams/1", "/teams/new", "/canned-replies", "/canned-replies/1", "/channels",
                 "/channels/1", "/audit", "/views/open"):  # fmt: skip
        text = await (await admin.get(path)).text()
        assert "<img src=x" not in text, path
        assert path == "/views/open" or "&lt;img src=x onerror=alert(1)&gt;" in text, path
        assert "{{7*7}}" in text or path in ("/audit", "/views/open"), path
