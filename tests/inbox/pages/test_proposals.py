"""What agents corrected is read by a supervisor, who keeps it or dismisses it; similar questions become an intent."""

import pytest

from bot.model.understanding import Subject
from bot.store import intents, proposals, understandings
from tests import world
from tests.inbox import taught
from tests.inbox.conftest import House

TEXT = "on m'a pris <b>ma carte</b>"


@pytest.fixture
async def message_id(house: House) -> int:
    """An agent has said that it was about a lost card."""
    database = house.engine.database
    bank = await database.write(world.open_bank)
    await database.write(taught.teach)
    ticket_id = await database.write(lambda tx: bank.hear(tx, TEXT))
    (heard,) = await database.read(
        lambda tx: [one for one in understandings.unread(tx, 100).heard if one.ticket_id == ticket_id]
    )
    await database.write(
        lambda tx: understandings.correct(tx, heard.id, Subject.INTENT, said="hours", meant="card_lost", agent_id=None)
    )
    assert heard.language == "fr"
    return heard.id


async def test_a_correction_is_kept(house: House, message_id: int) -> None:
    """It stands there escaped, with what was understood and what was meant; kept, it is an example."""
    sofia = await house.signed_in("supervisor")

    page = await (await sofia.get("/training/proposals")).text()
    assert "on m&#39;a pris &lt;b&gt;ma carte&lt;/b&gt;" in page
    assert "Horaires" in page
    kept = await sofia.post("/training/examples", {"message": message_id, "intent": "card_lost"})

    assert kept.headers["Location"] == "/training/proposals?done=example_kept"
    book = await house.engine.database.read(intents.book)
    known = book.named("card_lost")
    assert known is not None
    assert TEXT in {one.text for one in known.examples}
    assert "Aucune correction à relire" in await (await sofia.get("/training/proposals")).text()


async def test_a_correction_is_dismissed(house: House, message_id: int) -> None:
    """It is not proposed again, and the journal says who did not want it."""
    sofia = await house.signed_in("supervisor")

    await sofia.post("/training/refusals", {"message": message_id})

    assert await house.engine.database.read(lambda tx: proposals.corrections(tx, ("fr",), 10)) == []
    assert (await house.kinds())[-1] == "intent.refused"


async def test_a_topic_becomes_an_intent(house: House, message_id: int) -> None:
    """Its page opens, so that it gets its answer; a name that is taken is told, and nothing is made."""
    sofia = await house.signed_in("supervisor")
    topic = {"name": "card_gone", "title_fr": "Carte prise", "title_en": "Card gone", "message": message_id}

    refused = await sofia.post("/training/topics", topic | {"name": "hours"})
    assert refused.status == 422
    assert "est celui d’une autre intention" in await refused.text()
    made = await sofia.post("/training/topics", topic)

    book = await house.engine.database.read(intents.book)
    known = book.named("card_gone")
    assert known is not None
    assert made.headers["Location"] == f"/intents/{known.id}?done=intent_saved"
    assert [(one.text, one.origin) for one in known.examples] == [(TEXT, "solved")]


async def test_no_topics_are_said(house: House) -> None:
    """Nothing unknown was solved."""
    sofia = await house.signed_in("supervisor")

    assert "Aucun sujet nouveau" in await (await sofia.get("/training/topics")).text()
