"""The bot learns from agents' work what a person lets it: corrections, and questions that they solved and it did not know."""

import pytest

from bot import errors
from bot.autoreply import correcting, errand, proposing
from bot.autoreply.understanding import encoder
from bot.desk import ticketing
from bot.desk.intents import LANGUAGES
from bot.model.intent import Origin
from bot.store import intents, proposals
from bot.store.proposals import Proposal
from tests.bot.autoreply.teller import HOURS, Teller
from tests.world import actor

UNKNOWN = "Pouvez-vous certifier ma signature ?"


async def corrected(desk: Teller, text: str, meant: str) -> list[Proposal]:
    """A message whose meaning an agent corrects; what is proposed then."""
    ticket_id = await desk.asked(text)
    (one,) = await desk.decided(ticket_id)
    by = actor(desk.bank.amina)
    await desk.do(lambda tx: correcting.correct_intent(tx, ticket_id, one.message_id, meant, by=by))
    return await proposed(desk)


async def proposed(desk: Teller) -> list[Proposal]:
    return await desk.database.read(lambda tx: proposals.corrections(tx, LANGUAGES, 10))


async def test_a_correction_becomes_an_example_when_a_person_says_so(desk: Teller) -> None:
    """Not before; then it is one of the intent's, from that message, and is proposed no more."""
    (one,) = await corrected(desk, HOURS, "fees")
    assert (one.text, one.said, one.meant) == (HOURS, "hours", "fees")
    before = await desk.database.read(intents.book)
    assert HOURS not in {each.text for each in before.named("fees").examples}

    await desk.do(lambda tx: proposing.approve(tx, one.message_id, "fees", by=actor(desk.bank.sofia)))

    book = await desk.database.read(intents.book)
    (example,) = [each for each in book.named("fees").examples if each.text == HOURS]
    assert (example.origin, example.message_id, example.language) == (Origin.CORRECTION, one.message_id, "fr")
    assert book.edition > before.edition
    assert await proposed(desk) == []


async def test_what_is_refused_is_not_proposed_again(desk: Teller) -> None:
    """And nothing is learnt from it."""
    (one,) = await corrected(desk, HOURS, "fees")

    for _ in range(2):
        await desk.do(lambda tx: proposing.refuse(tx, [one.message_id], by=actor(desk.bank.sofia)))

    assert await proposed(desk) == []


async def test_about_nothing_known_is_no_example(desk: Teller) -> None:
    """An agent who says that it has no name teaches nothing."""
    assert await corrected(desk, HOURS, "") == []


async def test_what_has_gone_cannot_be_approved(desk: Teller) -> None:
    """The intent was removed meanwhile, or the message is none."""
    (one,) = await corrected(desk, HOURS, "fees")
    by = actor(desk.bank.sofia)

    with pytest.raises(errors.NotFound):
        await desk.do(lambda tx: proposing.approve(tx, one.message_id, "gone", by=by))
    with pytest.raises(errors.NotFound):
        await desk.do(lambda tx: proposing.approve(tx, 999, "fees", by=by))


async def test_what_people_solved_makes_an_intent(desk: Teller) -> None:
    """Only what the bot had not known, and only once the ticket is resolved; the new intent goes to a person."""
    known, *unknown = [
        await desk.asked(text, who=f"Contact {number}")
        for number, text in enumerate((HOURS, UNKNOWN, "une certification de signature svp", "Légaliser une signature"))
    ]
    assert await desk.database.read(proposing.unanswered) == []
    for ticket_id in (known, *unknown):
        await desk.do(lambda tx, ticket_id=ticket_id: ticketing.resolve(tx, ticket_id, by=actor(desk.bank.amina)))
    found = await desk.database.read(proposing.unanswered)
    assert {one.ticket_id for one in found} == set(unknown)

    ids = [one.message_id for one in found[:2]]
    titles = ("Signature", "Signature")
    by = actor(desk.bank.sofia)
    made = await desk.do(lambda tx: proposing.make_intent(tx, "signature", titles, ids, by=by))

    intent = await desk.database.read(lambda tx: intents.find(tx, made))
    assert intent.policy == "hand_over"
    assert {(one.origin, one.message_id) for one in intent.examples} == {(Origin.SOLVED, id_) for id_ in ids}
    assert [one.message_id for one in await desk.database.read(proposing.unanswered)] == [found[2].message_id]


@pytest.mark.slow
@pytest.mark.timeout(300)
async def test_questions_that_ask_the_same_are_grouped() -> None:
    """In other words and in the other language; what resembles nothing is in no group."""
    if not encoder.is_installed():
        pytest.skip("the encoder is not installed here")
    texts = (
        "comment commander un chéquier", "il me faut un nouveau chéquier", "le loup hurle à la lune",
        "je voudrais un carnet de chèques", "how do I order a new cheque book", "please send me a new chequebook",
    )  # fmt: skip

    groups = (await errand.grouped(texts)).groups

    (group,) = groups
    assert {3, 4, 5} <= set(group)
    assert 2 not in group
