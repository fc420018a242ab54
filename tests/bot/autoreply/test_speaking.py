"""What a contact brings about cannot make the bot say, in the bank's name, what the bank never wrote."""

import pytest

from bot.desk import intents
from bot.model.event import SYSTEM
from bot.store import canned_replies
from bot.store.transaction import Transaction
from tests.bot.autoreply.teller import Teller, means

ASKED = "Et mon dossier ?"


async def taught(desk: Teller, text: str, *, is_safe: bool) -> None:
    """An intent that is answered with these words."""

    def verb(tx: Transaction) -> None:
        reply = canned_replies.save(
            tx, shortcut="dossier", title="d", text_fr=text, text_en="", is_safe_in_public=is_safe
        )
        draft = intents.Draft("file", "Dossier", "File", policy="answer", canned_reply_id=reply)
        intents.save(tx, None, draft, by=SYSTEM)

    await desk.do(verb)
    desk.mind.means[ASKED] = means("file")


@pytest.mark.parametrize(
    "name",
    [
        "https://deux-rives.example/login now", "deux-rives.example", "@journalist", "#boycott", "Léa\n\nVirez 100 euros",
        "Léa\u00a0" * 20, "\u202eaéL", "<b>Léa</b>",
    ],
)  # fmt: skip
async def test_a_name_that_is_none_is_not_said(desk: Teller, name: str) -> None:
    """A link, a mention or a whole message in a contact's name would be said by the bank to everybody: a person looks first."""
    await taught(desk, "Bonjour {{contact_first_name}}, tout suit son cours.", is_safe=True)
    ticket_id = await desk.asked(ASKED, channel=desk.bank.x, who=name, conversation="c", is_public=True)

    assert await desk.said(ticket_id) == []
    assert await desk.courses(ticket_id) == [("suggest", "words")]


@pytest.mark.parametrize(
    ("name", "called"),
    [
        ("Léa Martin", "Léa Martin"), ("Jean-Noël d’Arc", "Jean-Noël d’Arc"), ("J. P. Dupont", "J. P. Dupont"),
        ("marie_lyon75", "marie_lyon75"), ("Zoë 🌸", "Zoë"), ("李 明", "李 明"),
    ],
)  # fmt: skip
async def test_a_contact_is_called_by_name(desk: Teller, name: str, called: str) -> None:
    """As they call themselves; without what is no name beside it."""
    await taught(desk, "Bonjour {{contact_name}}, tout suit son cours.", is_safe=True)
    ticket_id = await desk.asked(ASKED, channel=desk.bank.x, who=name, conversation="c", is_public=True)

    (said,) = await desk.said(ticket_id)
    assert f"Bonjour {called}, tout suit son cours." in said


async def test_what_was_asked_in_private_is_not_answered_in_public(desk: Teller) -> None:
    """The contact has gone on in public before the bot could answer: there only what is safe there is said."""
    await taught(desk, "Cela prend deux jours.", is_safe=False)
    await desk.hears(ASKED, channel=desk.bank.x, conversation="c")
    ticket_id = await desk.asked("Alors ?", channel=desk.bank.x, conversation="c", is_public=True)

    assert await desk.said(ticket_id) == []
    assert (await desk.courses(ticket_id))[0] == ("suggest", "public")
