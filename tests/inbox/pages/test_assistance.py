"""What the bot brings to a ticket's page: its mark, what it understood, what it suggests, and the way back to it."""

from datetime import timedelta
from typing import Any

import pytest

from bot.autoreply import following
from bot.autoreply.understanding.values import Danger, Decision, Understanding
from bot.store import canned_replies, channels, intents, suggestions, tickets, understandings
from bot.store.transaction import Transaction
from tests import world
from tests.bot.autoreply.teller import FEES, HOURS, means, plain, teach
from tests.inbox.conftest import House, Visitor
from tests.world import Bank


async def opened(house: House, text: str, meant: Understanding, **more: Any) -> tuple[Bank, int, int, Visitor]:
    """The bot has followed a message: the bank, its ticket, the message, and the supervisor's browser."""
    bank = await house.engine.database.write(world.open_bank)

    def begin(tx: Transaction) -> tuple[int, int]:
        teach(tx)
        channels.change(tx, bank.telegram, has_bot=True)
        ticket_id = bank.hear(tx, text, at=tx.now, **more)
        message_id = tickets.find(tx, ticket_id).last_message_id
        (heard,) = understandings.heard(tx, [message_id])
        following.follow(tx, heard, meant, following.House(intents.book(tx), lambda *_: None))
        return ticket_id, message_id

    ticket_id, message_id = await house.engine.database.write(begin)
    return bank, ticket_id, message_id, await house.signed_in(agent_id=bank.sofia)


async def page(visitor: Visitor, ticket_id: int) -> str:
    answer = await visitor.get(f"/views/all/tickets/{ticket_id}")
    assert answer.status == 200
    return plain(await answer.text())


async def test_the_bots_words_bear_its_mark(house: House) -> None:
    """Whoever reads the conversation sees which words are a machine's, and that it has the ticket."""
    _, ticket_id, _, sofia = await opened(house, HOURS, means("hours"))

    shown = await page(sofia, ticket_id)
    assert shown.count('class="chip chip-bot"') == 2
    assert "Écrit par le robot" in shown
    assert "Le robot répond" in shown
    assert "handback" not in shown


async def test_who_has_it_and_why_is_shown(house: House) -> None:
    """After the handing over: the reason, the summary, the dangers, and the button that gives it back."""
    meant = means("hours", dangers=(Danger.STOLEN_CARD,), mood="negative")
    _, ticket_id, _, sofia = await opened(house, "On m’a volé ma carte", meant)

    shown = await page(sofia, ticket_id)
    for words in (
        "Une personne répond",
        "Un signe de danger",
        "Le robot passe la main : un signe de danger.",
        "carte volée",
    ):
        assert words in shown
    assert f'action="/tickets/{ticket_id}/handback"' in shown


async def test_it_is_given_back_by_a_button(house: House) -> None:
    """The bot looks at once at what nobody answered; what it still does not know goes to a person, without another farewell."""
    _, ticket_id, _, sofia = await opened(house, "Autre chose", means())
    house.clock.advance(timedelta(seconds=1))
    answer = await sofia.post(f"/tickets/{ticket_id}/handback")

    turns = [
        kind for kind in await house.kinds() if kind in ("ticket.handed_over", "ticket.given_back", "reply.written")
    ]
    assert answer.status == 303
    assert turns == ["reply.written", "ticket.handed_over", "ticket.given_back", "ticket.handed_over"]


@pytest.mark.parametrize(
    ("sent", "fate"), [("Les frais sont dans la brochure.", "used"), ("Les frais sont dans notre brochure.", "edited")]
)
async def test_a_suggestion_that_was_sent_is_counted(house: House, sent: str, fate: str) -> None:
    """It is offered with why; sent as it is it was used, changed it was edited; then nothing is offered any more."""
    _, ticket_id, message_id, sofia = await opened(house, FEES, means("fees"))
    shown = await page(sofia, ticket_id)
    reply = await house.engine.database.read(lambda tx: canned_replies.by_shortcut(tx, "frais"))
    assert reply is not None
    assert f'data-canned="{reply.id}"' in shown
    assert "Frais · 99 %" in shown

    fields = {"text": sent, "key": "k1", "seen": str(message_id), "canned": str(reply.id)}
    answer = await sofia.post(f"/tickets/{ticket_id}/replies", fields)
    counted = await house.engine.database.read(suggestions.counts)
    assert answer.status == 303
    assert counted == {reply.id: {fate: 1}}
    index = plain(await (await sofia.get("/canned-replies")).text())
    assert f"{int(fate == 'used')} fois envoyée telle quelle, {int(fate == 'edited')} modifiée, 0 écartée" in index
    assert "data-suggestion" not in await page(sofia, ticket_id)


async def test_an_answer_of_ones_own_leaves_suggestions_uncounted(house: House) -> None:
    """They were offered, and nobody took them: none is used, and none is offered any more."""
    _, ticket_id, message_id, sofia = await opened(house, FEES, means("fees"))
    await sofia.post(f"/tickets/{ticket_id}/replies", {"text": "Bonjour.", "key": "k1", "seen": str(message_id)})

    assert [list(one) for one in (await house.engine.database.read(suggestions.counts)).values()] == [[""]]
    assert "data-suggestion" not in await page(sofia, ticket_id)


async def test_a_suggestion_is_put_away_once(house: House) -> None:
    """Dismissed it is gone and counted; again is a conflict; that of another ticket cannot be touched."""
    _, ticket_id, _, sofia = await opened(house, FEES, means("fees"))
    (one,) = await house.engine.database.read(lambda tx: suggestions.open_for(tx, ticket_id))
    path = f"/tickets/{ticket_id}/suggestions/{one.id}"
    answers = [(await sofia.post(path, method="DELETE")).status for _ in range(2)]

    assert answers == [303, 409]
    assert await house.engine.database.read(suggestions.counts) == {one.canned_reply_id: {"dismissed": 1}}


async def test_a_meaning_is_corrected_by_one_choice(house: House) -> None:
    """The subject and the mood are what a person says; what was understood stays beside it, for the training."""
    _, ticket_id, message_id, sofia = await opened(house, HOURS, means("hours", 0.6, Decision.SUGGEST))
    path = f"/tickets/{ticket_id}/messages/{message_id}"
    answers = [
        (await sofia.post(f"{path}/intent", {"intent": "fees"}, method="PUT")).status,
        (await sofia.post(f"{path}/mood", {"mood": "positive"}, method="PUT")).status,
        (await sofia.post(f"{path}/intent", {"intent": "no_such"}, method="PUT")).status,
        (await sofia.post(f"{path}/mood", {"mood": "hungry"}, method="PUT")).status,
        (
            await sofia.post(f"/tickets/{ticket_id}/messages/{message_id + 1}/mood", {"mood": "neutral"}, method="PUT")
        ).status,
    ]

    known = (await house.engine.database.read(lambda tx: understandings.of_messages(tx, [message_id])))[message_id]
    assert answers == [303, 303, 422, 422, 404]
    assert (known.intent, known.now_intent, known.mood, known.now_mood) == ("hours", "fees", "neutral", "positive")
    assert "corrigé à la main" in await page(sofia, ticket_id)


async def test_the_bot_is_let_in_and_silenced_by_an_admin(house: House) -> None:
    """On the channel's page; an agent may not."""
    bank = await house.engine.database.write(world.open_bank)
    hugo, amina = await house.signed_in(agent_id=bank.hugo), await house.signed_in(agent_id=bank.amina)
    path = f"/channels/{bank.telegram}/bot"
    said: list[tuple[int, bool]] = []
    for visitor, method in ((amina, "POST"), (hugo, "POST"), (hugo, "DELETE")):
        answer = await visitor.post(path, method=method)
        row = await house.engine.database.read(lambda tx: channels.find(tx, bank.telegram))
        said.append((answer.status, row.has_bot))

    assert [has_bot for _, has_bot in said] == [False, True, False]
    assert said[0][0] in (403, 404)
    assert [kind for kind in await house.kinds() if "bot" in kind] == ["channel.bot_let_in", "channel.bot_silenced"]
