"""Checked words on their way: into the outbox and the thread, and what becomes of the ticket by them."""

from dataclasses import dataclass
from datetime import timedelta

from bot.desk import changing, language, restoring
from bot.model import standing
from bot.model.event import Actor, ActorKind
from bot.model.message import Direction
from bot.model.standing import Utterance
from bot.store import enclosures, engagements, outbox, replies
from bot.store.enclosures import EnclosureRow
from bot.store.rows import TicketRow
from bot.store.transaction import Transaction


@dataclass(frozen=True, slots=True)
class Letter:
    """Checked words and files, and where they go. `after_id` is the row without whose success they do not leave."""

    conversation_id: int
    words: str
    key: str
    is_public: bool
    in_reply_to: str = ""
    after_id: int | None = None
    files: tuple[EnclosureRow, ...] = ()


def write(
    tx: Transaction, ticket: TicketRow, letter: Letter, by: Actor, undo_within: timedelta
) -> tuple[int, TicketRow]:
    """Put a letter into the outbox and the thread; its number there, and the ticket as it is answered by it."""
    shared = {
        "channel_id": ticket.channel_id,
        "conversation_id": letter.conversation_id,
        "ticket_id": ticket.id,
        "agent_id": changing.agent_of(by),
        "text": letter.words,
        "is_public": letter.is_public,
        "in_reply_to": letter.in_reply_to,
    }
    message_id = replies.add(tx, **shared, language=language.detect(letter.words))
    before, due_at = restoring.as_it_stands(ticket), tx.now + undo_within
    outbox_id = outbox.add(
        tx, **shared, key=letter.key, message_id=message_id, before=before, due_at=due_at, after_id=letter.after_id
    )
    replies.leaves_by(tx, message_id, outbox_id)
    enclosures.send(tx, letter.files, message_id)
    answered = _answered(tx, ticket, letter.words, message_id) | _taken(tx, ticket, by)
    told = changing.apply(tx, ticket, "reply.written", by, answered, outbox=outbox_id, message=message_id)
    return outbox_id, told


def _answered(tx: Transaction, ticket: TicketRow, words: str, message_id: int) -> dict[str, object]:
    """What changes in the ticket by an answer: it is the contact's turn."""
    one = standing.of(ticket)
    standing.answer(one, Utterance(message_id, Direction.OUT, tx.now, words))
    return {name: getattr(one, name) for name in (*standing.COUNTED, *restoring.TURN)}


def _taken(tx: Transaction, ticket: TicketRow, by: Actor) -> dict[str, object]:
    """Whoever answers what nobody has, has it: the contact's next words come back to them. The bot takes nothing, and its words
    are nobody's first response.
    """
    if by.kind is ActorKind.BOT:
        return {"first_response_at": ticket.first_response_at}
    if by.kind is ActorKind.AGENT:
        engagements.take(tx, [ticket.id], is_by_person=True)
    is_free = ticket.assignee_id is None and by.kind is ActorKind.AGENT
    return {"assignee_id": by.id, "routing_reason": ""} if is_free else {}
