"""Supervisors teach the bot on two pages: a list that is searched, and a form that tells what is said twice."""

import re

import pytest

from bot.desk import intents as teaching
from bot.desk import starting
from bot.desk.intents import Draft
from bot.model.event import SYSTEM
from bot.store import intents
from tests.inbox.conftest import House, Visitor

LOST = {
    "name": "card_lost", "title_fr": "Carte perdue", "title_en": "Card lost", "policy": "hand_over",
    "examples_fr": "j'ai perdu ma carte\r\n\r\nma carte a disparu", "examples_en": "i lost my card",
}  # fmt: skip


async def taught(house: House, name: str = "card_lost", text: str = "j'ai perdu ma carte") -> int:
    draft = Draft(name, f"Titre {name}", f"Title {name}", policy="hand_over", examples={"fr": (text,)})
    return await house.engine.database.write(lambda tx: teaching.save(tx, None, draft, by=SYSTEM))


async def test_an_intent_is_written_and_changed(house: House) -> None:
    """One example in a line; empty lines are none; what is deleted from the list is gone."""
    sofia = await house.signed_in("supervisor")

    made = await sofia.post("/intents", LOST)
    assert (made.status, made.headers["Location"]) == (303, "/intents?done=intent_saved")
    (one,) = (await house.engine.database.read(intents.book)).intents
    page = await (await sofia.get(f"/intents/{one.id}")).text()
    assert "j&#39;ai perdu ma carte\nma carte a disparu</textarea>" in page
    changed = LOST | {"examples_fr": "ma carte a disparu", "policy": "hand_over", "during": "calm"}
    await sofia.post(f"/intents/{one.id}", changed, method="PUT")

    found = await house.engine.database.read(lambda tx: intents.find(tx, one.id))
    assert [(each.language, each.text) for each in found.examples] == [
        ("fr", "ma carte a disparu"),
        ("en", "i lost my card"),
    ]
    assert found.during == "calm"
    await sofia.post(f"/intents/{one.id}", method="DELETE")
    assert (await house.engine.database.read(intents.book)).intents == ()


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"name": "Carte Perdue"}, "Un nom est fait de minuscules"),
        ({"policy": "answer"}, "il faut une réponse type"),
        ({"policy": "answer", "canned_reply_id": "77"}, "Cette réponse type n’existe pas"),
        ({"name": "other"}, "est celui d’une autre intention"),
        ({"examples_fr": "BONJOUR !!"}, "est déjà un exemple de"),
    ],
)
async def test_the_form_comes_back_with_what_is_wrong(house: House, change: dict[str, str], said: str) -> None:
    """In French, beside its field, with everything that was typed."""
    await taught(house, "other", "bonjour")
    sofia = await house.signed_in("supervisor")

    refused = await sofia.post("/intents", LOST | change)

    page = await refused.text()
    assert refused.status == 422
    assert said in page
    assert "i lost my card" in page


async def test_what_is_said_twice_is_told_while_typing(house: House) -> None:
    """The same words of another intent, nearly the same, and twice in this list; an intent's own examples are none of it."""
    await taught(house, "other", "j'ai perdu ma carte bancaire hier")
    own = await taught(house, "own", "ma carte a disparu ce matin")
    sofia = await house.signed_in("supervisor")
    lines = "J'AI PERDU ma carte bancaire hier\nj'ai perdu ma carte bancaires hier !\nma carte a disparu ce matin\nautre chose"

    told = await sofia.post(
        "/intents/comparison", {"intent": own, "examples_fr": f"{lines}\nautre  chose"}, X_Pieces="1"
    )

    text = re.sub(r"<[^>]+>|\s+", " ", await told.text())
    assert "3 lignes ressemblent" in text
    assert text.count("Titre other") == 2
    assert "est déjà" in text
    assert "ressemble à" in text
    assert "dans cette liste" in text
    assert "disparu" not in text


async def test_the_list_is_searched(house: House) -> None:
    """By title, name and example; by conduct."""
    await taught(house)
    await taught(house, "hours", "quels horaires")
    sofia = await house.signed_in("supervisor")

    async def shown(query: str) -> list[str]:
        page = await (await sofia.get(f"/intents{query}")).text()
        return re.findall(r'<small class="mono">(\w+)</small>', page)

    assert await shown("") == ["card_lost", "hours"]
    assert await shown("?q=Perdu") == ["card_lost"]
    assert await shown("?q=titre hou") == ["hours"]
    assert await shown("?policy=answer") == []


async def test_the_starter_set_is_a_button(house: House) -> None:
    """An empty book offers it; pressed twice it adds nothing."""
    sofia = await house.signed_in("supervisor")
    assert "ne connaît encore rien" in await (await sofia.get("/intents")).text()

    for _ in range(2):
        assert (await sofia.post("/intents/starter-set")).status == 303

    assert len((await house.engine.database.read(intents.book)).intents) == len(starting.read())


@pytest.mark.parametrize(("method", "path"), [("GET", "/intents"), ("POST", "/intents/starter-set")])
async def test_agents_do_not_teach(house: House, method: str, path: str) -> None:
    """What the bot says for the bank is a supervisor's to decide."""
    amina: Visitor = await house.signed_in("agent")

    answer = await (amina.get(path) if method == "GET" else amina.post(path))

    assert answer.status == 403
