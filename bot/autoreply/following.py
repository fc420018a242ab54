"""What follows a message that was understood: decided, answered, suggested or handed over, in the transaction that keeps it."""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass, replace

from bot.autoreply import circumstances, handing, suggesting
from bot.autoreply.decide import Situation, Verdict, decide
from bot.autoreply.handing import Story
from bot.autoreply.speaking import CannotSay, Occasion, reply, say
from bot.autoreply.understanding.values import Danger, Decision, Understanding, Urgency
from bot.autoreply.voice import MeasureBy, Voice, the_bot
from bot.desk import changing, routing
from bot.model.engagement import Course, Hand
from bot.model.event import SYSTEM
from bot.store import engagements, tickets, understandings
from bot.store.engagements import DecisionRow, EngagementRow
from bot.store.intents import Book
from bot.store.rows import TicketRow
from bot.store.transaction import Transaction
from bot.store.understandings import Heard, UnderstandingRow


@dataclass(frozen=True, slots=True)
class House:
    """What holds for all messages: the operator's book, how words are measured, the language in which colleagues are told.

    `brand` is what the bot is called until somebody calls it otherwise.
    """

    book: Book
    measure: MeasureBy
    locale: str = "fr"
    brand: str = "Comptoir"


def follow_all(tx: Transaction, said: Sequence[tuple[Heard, Understanding]], house: House) -> None:
    """Follow messages in their order. Where no bot is and nothing can be suggested, what was understood is kept, and that is all.

    Their tickets are held in the order of numbers before the first is touched, so that nobody waits in a ring.
    """
    is_quiet = [not heard.has_bot and meant.decision is Decision.HAND_OVER for heard, meant in said]
    rows = [_row(tx, heard, meant) for (heard, meant), quiet in zip(said, is_quiet, strict=True) if quiet]
    understandings.keep(tx, rows)
    spoken = [one for one, quiet in zip(said, is_quiet, strict=True) if not quiet]
    tickets.held_all(tx, sorted({heard.ticket_id for heard, _ in spoken if heard.ticket_id is not None}))
    for heard, meant in spoken:
        follow(tx, heard, meant, house)


def follow(tx: Transaction, heard: Heard, meant: Understanding, house: House) -> Verdict | None:
    """Keep what was understood of a message, decide, and do it. None when that was done before, or the message is gone.

    Harmless twice: who comes second finds the decision.
    """
    if engagements.decided(tx, heard.id) is not None:
        return None
    known = _row(tx, heard, meant)
    understandings.keep(tx, [known])
    if heard.ticket_id is None or heard.deleted_at is not None:
        return None
    return _decided(tx, heard, known, meant, house, f"bot-{heard.id}")


def reconsider(tx: Transaction, ticket_id: int, house: House) -> Verdict | None:
    """A person has given the ticket back: what its contact said last, and nobody answered, is decided anew."""
    message_id = understandings.last_asked(tx, ticket_id)
    known = understandings.of_messages(tx, [message_id]).get(message_id) if message_id else None
    if message_id is None or known is None or not tickets.held(tx, ticket_id).unanswered_count:
        return None
    (heard,) = understandings.heard(tx, [message_id])
    # What a person has said that it means is certain.
    sureness = Decision.ANSWER if known.meant_intent else Decision(known.sureness)
    meant = Understanding(
        known.language, known.now_intent, known.probability, sureness, known.now_mood,
        known.mood_probability, Urgency(known.urgency), tuple(Danger(one) for one in known.dangers), known.version,
    )  # fmt: skip
    return _decided(
        tx, replace(heard, ticket_id=ticket_id), known, meant, house, f"bot-{heard.id}-{secrets.token_hex(8)}"
    )


def abandon(tx: Transaction, heard: Heard) -> None:
    """What could not be understood goes to a person, as if there were no bot."""
    if heard.ticket_id is None:
        return
    engagements.decide(tx, DecisionRow(heard.id, heard.ticket_id, Course.HAND_OVER, "failed", "", None, tx.now))
    if heard.has_bot:
        engagements.save(
            tx, heard.ticket_id, hand=Hand.PERSON, handed_over_at=tx.now, reason="failed", asks="", parting_id=None
        )
        routing.route(tx, heard.ticket_id)


@dataclass(frozen=True, slots=True)
class Case:
    """A message about which something is to be decided, and all that counts for it."""

    heard: Heard
    known: UnderstandingRow
    ticket: TicketRow
    held: EngagementRow | None
    at: Situation
    key: str

    @property
    def tongue(self) -> str:
        """The language in which something can be said at all."""
        return self.at.language or self.heard.channel_language


def _decided(
    tx: Transaction, heard: Heard, known: UnderstandingRow, meant: Understanding, house: House, key: str
) -> Verdict:
    """What is said under `key` is said once."""
    assert heard.ticket_id is not None
    ticket = tickets.held(tx, heard.ticket_id)
    held = engagements.find(tx, ticket.id)
    case = Case(heard, known, ticket, held, circumstances.of(tx, heard, known, ticket, held), key)
    asked = house.book.named(case.at.asks) if case.at.asks else None
    verdict, outbox_id = _done(
        tx, case, decide(heard.text, meant, house.book.named(meant.intent), asked, case.at), house
    )
    row = DecisionRow(heard.id, ticket.id, verdict.course, verdict.reason, verdict.intent, outbox_id, tx.now)
    engagements.decide(tx, row)
    return verdict


def _done(tx: Transaction, case: Case, verdict: Verdict, house: House) -> tuple[Verdict, int | None]:
    """Do what was decided. Words that cannot be said become a suggestion. The verdict as it was done, and the words' number."""
    is_to_route = case.at.is_late and case.at.has_bot and not case.at.is_with_person
    if verdict.course is Course.SILENT:
        if is_to_route:
            _to_person(tx, case, verdict.reason)
        return verdict, None
    voice = Voice(the_bot(tx, house.brand), house.measure)
    if not case.at.has_bot or case.at.is_with_person:
        _suggest(tx, case, verdict, house, voice)
        return verdict, None
    held = case.held or engagements.save(tx, case.ticket.id, hand=Hand.BOT)
    occasion = Occasion(case.ticket, held, case.tongue, voice, case.key)
    if verdict.course in (Course.ANSWER, Course.ASK):
        try:
            return verdict, _speak(tx, occasion, verdict, house)
        except CannotSay as error:
            verdict = Verdict(Course.SUGGEST, error.reason, verdict.intent)
    _suggest(tx, case, verdict, house, voice)
    if verdict.course is Course.HAND_OVER:
        story = Story(case.heard, case.known, house.book, verdict.reason, house.locale)
        return verdict, handing.hand_over(tx, occasion, story)
    _to_person(tx, case, verdict.reason)
    return verdict, None


def _suggest(tx: Transaction, case: Case, verdict: Verdict, house: House, voice: Voice) -> None:
    """To a person who will read the message. The verdict's intent first, when it is known what is meant."""
    first = verdict.intent if verdict.course is Course.SUGGEST else ""
    offered = suggesting.offers(case.known, house.book, case.tongue, first)
    suggesting.offer(tx, case.ticket, case.heard.id, offered, voice.by)


def _speak(tx: Transaction, at: Occasion, verdict: Verdict, house: House) -> int:
    intent = house.book.named(verdict.intent)
    assert intent is not None and intent.answer is not None  # only then it was decided so
    is_question = verdict.course is Course.ASK
    outbox_id = say(tx, at, intent.question(at.language)) if is_question else reply(tx, at, intent.answer)
    engagements.save(tx, at.ticket.id, asks=intent.name if is_question else "")
    return outbox_id


def _to_person(tx: Transaction, case: Case, reason: str) -> None:
    """A person answers, with what is offered to them; the contact is told nothing yet. Dangers go first all the same."""
    ticket, level = case.ticket, handing.priority(case.ticket, case.known)
    if level != ticket.priority:
        changing.apply(tx, ticket, "ticket.prioritised", SYSTEM, {"priority": level})
    engagements.save(tx, ticket.id, hand=Hand.PERSON, handed_over_at=tx.now, reason=reason, asks="")
    routing.route(tx, ticket.id)


def _row(tx: Transaction, heard: Heard, meant: Understanding) -> UnderstandingRow:
    return UnderstandingRow(
        heard.id, meant.language, meant.intent, meant.intent_probability, meant.decision.value,
        tuple((one.label, one.probability) for one in meant.suggestions), meant.mood, meant.mood_probability,
        meant.urgency.value, tuple(one.value for one in meant.dangers), meant.version, tx.now,
    )  # fmt: skip
