"""The bot's flow: what follows a message, from its understanding to the words that leave."""

import pytest

from bot.autoreply import circumstances
from bot.autoreply.understanding.values import Danger, Decision
from bot.desk import intents
from bot.model.event import SYSTEM
from bot.store import canned_replies, suggestions, understandings
from bot.store.transaction import Transaction
from tests.bot.autoreply.teller import FEES, HOURS, HOURS_EN, HOURS_FR, MISSING, Teller, means


async def test_a_certain_question_is_answered_at_once(desk: Teller) -> None:
    """In the contact's language, naming itself and how a person is reached; nobody else is bothered."""
    ticket_id = await desk.asked(HOURS)

    (said,) = await desk.said(ticket_id)
    assert said == (
        f"Ici Comptoir, l’assistant automatique. {HOURS_FR}\n\nPour parler à une personne, écrivez « conseiller »."
    )
    ticket = await desk.ticket(ticket_id)
    assert (ticket.state, ticket.assignee_id, ticket.first_response_at) == ("waiting", None, None)
    assert await desk.courses(ticket_id) == [("answer", "sure")]


async def test_the_answer_is_in_the_language_of_the_question(desk: Teller) -> None:
    """English is answered in English."""
    desk.mind.means["When do you open?"] = means("hours", language="en")
    ticket_id = await desk.asked("When do you open?")

    (said,) = await desk.said(ticket_id)
    assert said == (f"This is Comptoir, the automatic assistant. {HOURS_EN}\n\nTo talk to a person, write “adviser”.")


async def test_who_is_not_understood_gets_a_person(desk: Teller) -> None:
    """The bot says so, and how long it takes; the ticket goes to an agent, with a note of all that is known."""
    await desk.do(lambda tx: desk.bank.arrive(tx, desk.bank.amina))
    ticket_id = await desk.asked("Mon chat a mangé mon relevé de compte")

    (said,) = await desk.said(ticket_id)
    assert "Une personne vous répondra mieux que moi" in said
    assert "dès que possible" in said
    ticket = await desk.ticket(ticket_id)
    assert (ticket.assignee_id, ticket.state, ticket.unanswered_count) == (desk.bank.amina, "open", 1)
    assert ticket.waiting_since == ticket.first_message_at
    (note,) = await desk.notes(ticket_id)
    assert "il ne connaît pas la réponse" in note
    assert "« Mon chat a mangé mon relevé de compte »" in note
    assert "Langue : français." in note
    assert "Humeur : neutre." in note


async def test_the_note_tells_what_was_answered(desk: Teller) -> None:
    """Whoever takes over reads what the bot has answered before."""
    await desk.asked(HOURS)
    ticket_id = await desk.asked("Et le dimanche de Pâques à Lille ?")

    (note,) = await desk.notes(ticket_id)
    assert "Répondu par le robot : Horaires." in note


async def test_it_names_itself_once(desk: Teller) -> None:
    """What it says later comes without its name."""
    await desk.asked(HOURS)
    ticket_id = await desk.asked("Rien de tout cela")

    first, second = await desk.said(ticket_id)
    assert first.startswith("Ici Comptoir")
    assert "Comptoir" not in second


async def test_who_asks_again_gets_a_person(desk: Teller) -> None:
    """The same answer is not given twice: it was not enough."""
    await desk.asked(HOURS)
    ticket_id = await desk.asked(HOURS)

    assert await desk.courses(ticket_id) == [("answer", "sure"), ("hand_over", "repeated")]
    assert sum(HOURS_FR in said for said in await desk.said(ticket_id)) == 1


async def test_a_danger_goes_to_a_person_first(desk: Teller) -> None:
    """Whatever the intent: the ticket is urgent, and the bot answers nothing but that a person comes."""
    desk.mind.means["On m’a volé ma carte, vos horaires ?"] = means("hours", dangers=(Danger.STOLEN_CARD,))
    ticket_id = await desk.asked("On m’a volé ma carte, vos horaires ?")

    (said,) = await desk.said(ticket_id)
    assert "Je transmets tout de suite" in said
    assert (await desk.ticket(ticket_id)).priority == "urgent"
    assert "Alerte : carte volée." in (await desk.notes(ticket_id))[0]


@pytest.mark.parametrize("words", ["conseiller", "Je veux parler à une vraie personne", "can I talk to a human please"])
async def test_who_asks_for_a_person_gets_one(desk: Teller, words: str) -> None:
    """In either language, and whatever else is understood."""
    desk.mind.means[words] = means("hours")
    ticket_id = await desk.asked(words)

    assert await desk.courses(ticket_id) == [("hand_over", "asked")]


async def test_what_is_unsure_is_suggested(desk: Teller) -> None:
    """No words leave; the agent finds the likeliest replies, best first, with why."""
    await desk.do(lambda tx: desk.bank.arrive(tx, desk.bank.amina))
    desk.mind.means["Une question"] = means("hours", 0.6, Decision.SUGGEST, others=[("fees", 0.25), ("missing", 0.02)])
    ticket_id = await desk.asked("Une question")

    assert await desk.said(ticket_id) == []
    assert (await desk.ticket(ticket_id)).assignee_id == desk.bank.amina
    offered = await desk.do(lambda tx: suggestions.open_for(tx, ticket_id))
    assert [(one.intent, one.why["percent"]) for one in offered] == [("hours", 60), ("fees", 25)]


async def test_the_operators_policy_is_kept(desk: Teller) -> None:
    """What is to be suggested is not answered, however sure; what goes to a person goes there with a word."""
    fees, complaint = await desk.asked(FEES), await desk.asked("Réclamation !", who="Paul Durand")

    assert await desk.said(fees) == []
    assert await desk.courses(fees) == [("suggest", "policy")]
    assert await desk.courses(complaint) == [("hand_over", "policy")]
    assert "Je transmets votre message à une personne." in (await desk.said(complaint))[0]


async def test_in_public_only_what_is_safe_there(desk: Teller) -> None:
    """An answer that is not marked as safe in public is suggested there, and given in private."""
    desk.mind.means["Frais ?"] = means("missing")
    public = await desk.asked("Frais ?", channel=desk.bank.x, is_public=True)
    safe = await desk.asked(HOURS, channel=desk.bank.x, is_public=True, who="Paul Durand")

    assert await desk.courses(public) == [("suggest", "public")]
    assert await desk.said(public) == []
    assert await desk.courses(safe) == [("answer", "sure")]


async def test_where_the_bot_is_off_it_says_nothing(desk: Teller) -> None:
    """What is understood is kept all the same, and offered to whoever answers there; nothing is routed later for it."""
    await desk.do(lambda tx: desk.bank.arrive(tx, desk.bank.carol))
    ticket_id = await desk.hears(HOURS, channel=desk.bank.mastodon)
    await desk.works()
    assert (await desk.ticket(ticket_id)).assignee_id is not None
    await desk.thinks()

    assert await desk.said(ticket_id) == []
    assert await desk.courses(ticket_id) == [("suggest", "off")]
    asked = (await desk.ticket(ticket_id)).last_message_id
    row = (await desk.do(lambda tx: understandings.of_messages(tx, [asked])))[asked]
    assert (row.intent, row.mood, row.version) == ("hours", "neutral", "test-1")


async def test_it_asks_one_thing_and_checks_it(desk: Teller) -> None:
    """Asked about a transfer it wants to know the day; given one it answers, given none it calls a person."""
    told, untold = await desk.asked(MISSING), await desk.asked(MISSING, who="Paul Durand")
    assert (await desk.said(told))[0].count("De quand date-t-il ?") == 1
    await desk.asked("lundi dernier")
    await desk.asked("aucune idée", who="Paul Durand")

    assert (await desk.said(told))[1] == "Un virement met deux jours."
    assert await desk.courses(told) == [("ask", "question"), ("answer", "checked")]
    assert await desk.courses(untold) == [("ask", "question"), ("hand_over", "unchecked")]


async def test_it_talks_to_no_machine(desk: Teller) -> None:
    """A name that says so, the same words again and again, too many in a row: a person looks, and nothing is said."""
    bot = await desk.asked(HOURS, who="weatherbot")
    for _ in range(3):
        again = await desk.asked("Je suis absent du bureau.", who="Paul Durand")

    assert await desk.courses(bot) == [("hand_over", "machine")]
    assert await desk.said(bot) == []
    assert len(await desk.said(again)) == 1


async def test_it_does_not_go_on_for_ever(desk: Teller) -> None:
    """After five words within two minutes it stops, and a person looks."""
    for number in range(7):
        await desk.do(lambda tx, number=number: teach_topic(tx, f"topic_{number}"))
        desk.mind.means[f"Question {number}"] = means(f"topic_{number}")
        ticket_id = await desk.asked(f"Question {number}")

    assert (await desk.courses(ticket_id))[5:] == [("hand_over", "storm"), ("suggest", "person")]
    assert len(await desk.said(ticket_id)) == circumstances.OFTEN


def teach_topic(tx: Transaction, name: str) -> None:
    """One more thing that is always answered."""
    reply = canned_replies.save(tx, shortcut=name.replace("_", "-"), title=name, text_fr=f"Réponse {name}.")
    intents.save(tx, None, intents.Draft(name, name, name, policy="answer", canned_reply_id=reply), by=SYSTEM)
