"""Canned replies are prepared in two languages and filled for one ticket."""

import pytest

from bot import errors
from bot.desk import canned
from bot.store import agents, canned_replies, events, tickets
from bot.store.database import Database
from tests.world import Bank, actor

GOOD = {
    "shortcut": "merci",
    "title": "Merci",
    "text_fr": "Merci {{contact_first_name}}, dossier {{ticket}} suivi par {{agent_first_name}} ({{branch}}).",
    "text_en": "Thank you {{contact_first_name}}. Ask for {{secret_number}}.",
    "is_safe_in_public": True,
}


async def save(database: Database, bank: Bank, id_: int | None = None, **changes: object) -> int:
    return await database.write(lambda tx: canned.save(tx, id_, **(GOOD | changes), by=actor(bank.sofia)))


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("fr", "Merci Léa, dossier 1 suivi par Amina (Nord)."),
        ("en", "Thank you Léa. Ask for {{secret_number}}."),
        ("", "Merci Léa, dossier 1 suivi par Amina (Nord)."),
    ],
)
async def test_blanks_are_filled_and_an_unknown_one_stays(
    database: Database, bank: Bank, language: str, words: str
) -> None:
    """Names and numbers come from the ticket, in its language unless another is asked for; nothing is guessed."""
    ticket_id = await database.write(bank.hear)
    id_ = await save(database, bank)

    filled = await database.read(
        lambda tx: canned.filled(
            canned_replies.find(tx, id_), tickets.find(tx, ticket_id), agents.find(tx, bank.amina), language
        )
    )

    assert filled == words


async def test_a_name_cannot_smuggle_in_a_blank(database: Database, bank: Bank) -> None:
    """What a customer calls themselves is put in as it is, never filled in turn."""
    ticket_id = await database.write(lambda tx: bank.hear(tx, who="{{agent_name}} {{ticket}}"))
    id_ = await save(database, bank, text_fr="Bonjour {{contact_name}}")

    filled = await database.read(
        lambda tx: canned.filled(canned_replies.find(tx, id_), tickets.find(tx, ticket_id), agents.find(tx, bank.amina))
    )

    assert filled == "Bonjour {{agent_name}} {{ticket}}"


async def test_the_version_there_is_stands_for_the_one_there_is_not(database: Database, bank: Bank) -> None:
    """A reply written in one language only is offered in it to everybody."""
    id_ = await save(database, bank, text_en="")

    reply = await database.read(lambda tx: canned_replies.find(tx, id_))

    assert reply.text("en") == reply.text("fr") == GOOD["text_fr"]


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"shortcut": "Dire Merci"}, "shortcut"),
        ({"shortcut": ""}, "shortcut"),
        ({"title": " "}, "title"),
        ({"text_fr": " ", "text_en": ""}, "text_fr"),
    ],
)
async def test_what_is_no_canned_reply_is_refused_by_its_field(
    database: Database, bank: Bank, change: dict[str, str], field: str
) -> None:
    """Each mistake names the field to change, and nothing is kept."""
    with pytest.raises(errors.Invalid) as refused:
        await save(database, bank, **change)

    assert refused.value.field == field
    assert await database.read(canned_replies.all) == ()


async def test_a_shortcut_belongs_to_one_reply(database: Database, bank: Bank) -> None:
    """A second reply cannot take it; the same reply keeps it when its words change; once removed it is free."""
    id_ = await save(database, bank)
    with pytest.raises(errors.Conflict, match="Merci"):
        await save(database, bank, title="Autre")

    assert await save(database, bank, id_, title="Grand merci") == id_
    await database.write(lambda tx: canned.remove(tx, id_, by=actor(bank.sofia)))
    assert await save(database, bank) != id_

    told = [one.kind for one in await database.read(lambda tx: events.after(tx, events.Position()))]
    assert told == ["canned_reply.saved", "canned_reply.saved", "canned_reply.removed", "canned_reply.saved"]
    with pytest.raises(errors.NotFound):
        await database.write(lambda tx: canned.remove(tx, id_, by=actor(bank.sofia)))


@pytest.mark.parametrize(
    ("text", "doubts"),
    [
        ("Bonjour {{contact_first_name}}, sous {{delai}}.", {}),
        ("Bonjour {{contact_fist_name}}", {"contact_fist_name": "contact_first_name"}),
        ("Bonjour {{ Contact Name }}", {"Contact Name": "contact_name"}),
        ("{{agent-name}} {{ticket}}", {"agent-name": "agent_name"}),
        ("Le {{Délai}}", {"Délai": ""}),
        ("{{}}", {"": ""}),
        ("{contact_name} { } 5 < 6", {}),
    ],
)
def test_misspelt_blanks(text: str, doubts: dict[str, str]) -> None:
    """A blank that resembles a known one is doubted, and one that is none; one of another name is left to the agent."""
    assert canned.misspelt(text) == doubts


async def test_every_known_blank_is_filled(database: Database, bank: Bank) -> None:
    """What is offered as a blank is what is put for one."""
    ticket_id = await database.write(bank.hear)
    ticket, agent = await database.read(lambda tx: (tickets.find(tx, ticket_id), agents.find(tx, bank.amina)))

    assert set(canned.values(ticket, agent)) == set(canned.KNOWN)
