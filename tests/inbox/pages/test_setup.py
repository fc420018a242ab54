"""The first set-up and links that work once, over HTTP."""

from bot.desk import signing_in
from bot.model.event import SYSTEM
from bot.store import agents
from tests.inbox.conftest import PASSWORD, House

FIELDS = {"name": "Ada", "email": "ada@bank.example", "locale": "en", "password": PASSWORD}


async def test_there_is_no_account_by_default(house: House) -> None:
    """A new desk knows nobody: no name and password that anybody could guess, and no set-up without its token."""
    assert await house.engine.database.read(agents.count) == 0
    for path in ("/setup", "/setup?token=", "/setup?token=guess"):
        assert (await house.stranger().get(path)).status == 404
    assert (await house.stranger().post("/setup", {"token": "guess", **FIELDS})).status == 404


async def test_the_printed_link_makes_the_first_admin_once(house: House) -> None:
    """The link shows a form, the form makes an admin who can sign in, and the link is dead."""
    token = await house.engine.database.write(signing_in.offer_set_up)
    stranger = house.stranger()
    assert (await stranger.get(f"/setup?token={token}")).status == 200
    made = await stranger.post("/setup", {"token": str(token), **FIELDS})
    assert made.headers["Location"] == "/sign-in?done=set_up"
    assert (await stranger.get(f"/setup?token={token}")).status == 404
    assert (await stranger.post("/setup", {"token": str(token), **FIELDS, "email": "eve@bank.example"})).status == 404
    entered = await stranger.post("/sign-in", {"email": FIELDS["email"], "password": PASSWORD, "next": "/agents"})
    assert entered.headers["Location"] == "/agents"


async def test_a_weak_password_does_not_use_the_link_up(house: House) -> None:
    """The form comes back with what was typed, the password's fault beside its field, and the link still works."""
    token = await house.engine.database.write(signing_in.offer_set_up)
    answer = await house.stranger().post("/setup", {"token": str(token), **FIELDS, "password": "Comptoir2026!"})
    text = await answer.text()
    assert answer.status == 422
    assert 'id="error-password"' in text
    assert 'value="ada@bank.example"' in text
    assert "Comptoir2026!" not in text
    assert (await house.stranger().post("/setup", {"token": str(token), **FIELDS})).status == 303


async def test_an_invited_agent_chooses_a_password_once(house: House) -> None:
    """The link names its agent, takes a good password, signs nobody in by itself, and dies."""
    id_ = await house.hire(email="leo@bank.example", name="Léo")
    was_in = await house.signed_in(agent_id=id_)
    link = await house.engine.database.write(lambda tx: signing_in.invite(tx, id_, by=SYSTEM))
    stranger = house.stranger()
    assert "Léo" in await (await stranger.get(f"/invitations?token={link}")).text()
    assert (await stranger.post("/invitations", {"token": link, "password": "leoleoleoleo"})).status == 422
    chosen = await stranger.post("/invitations", {"token": link, "password": "quatre mots bien à moi"})
    assert chosen.headers["Location"] == "/sign-in?done=password_chosen"
    assert "Set-Cookie" not in chosen.headers
    assert (await was_in.get("/profile")).status == 303
    assert (await stranger.get(f"/invitations?token={link}")).status == 404
    assert (await stranger.post("/invitations", {"token": link, "password": "encore quatre mots"})).status == 404
