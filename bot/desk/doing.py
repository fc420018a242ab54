"""What is done with one message besides answering it: hide, like, and edit or delete words of ours. The outbox carries it."""

from bot import errors, wire
from bot.desk import changing, replying
from bot.desk.replying import Barred, Measure
from bot.model.event import Actor
from bot.model.message import Direction
from bot.store import deeds, outbox
from bot.store.deeds import Subject
from bot.store.rows import TicketRow
from bot.store.transaction import Transaction

ON_THEIRS = ("hide", "unhide", "like", "unlike")
ON_OURS = ("edit", "delete")


def do(
    tx: Transaction, ticket_id: int, message_id: int, act: str, *, key: str, by: Actor, measure: Measure | None, text: str = "",
    is_meant: bool = False,
) -> int:  # fmt: skip
    """Ask for it; its number in the outbox. What the connector says of it is in `measure`; None where it cannot be asked.

    Raises NotFound; Conflict when it is done already, or something else is being done there; Barred; of an edit also what
    `replying.checked` does.
    """
    ticket = changing.hold(tx, ticket_id, by)
    known = outbox.by_key(tx, key)
    if known is not None:
        return replying.same(known, ticket, by)
    subject = _subject(tx, ticket, message_id, act)
    if measure is None or not measure.permission.is_allowed:
        raise Barred(measure.permission if measure else wire.Permission(is_allowed=False))
    _is_new(tx, ticket, subject, act)
    words = replying.checked(text, measure, is_public=subject.is_public, is_meant=is_meant) if act == "edit" else ""
    outbox_id = outbox.add(
        tx, key=key, channel_id=ticket.channel_id, conversation_id=subject.conversation_id, ticket_id=ticket.id,
        message_id=message_id, agent_id=changing.agent_of(by), text=words, is_public=subject.is_public,
        in_reply_to=subject.external_id, before={}, due_at=tx.now, act=act,
    )  # fmt: skip
    changing.apply(tx, ticket, "deed.asked", by, {}, outbox=outbox_id, message=message_id, act=act)
    return outbox_id


def _subject(tx: Transaction, ticket: TicketRow, message_id: int, act: str) -> Subject:
    subject = deeds.subject(tx, ticket.id, message_id)
    if subject is None or not subject.external_id or subject.deleted_at is not None:
        raise errors.NotFound("There is no such message on the network.")
    if act not in (ON_THEIRS if subject.direction == Direction.IN else ON_OURS):
        raise errors.Invalid("This cannot be done with this message.")
    return subject


def _is_new(tx: Transaction, ticket: TicketRow, subject: Subject, act: str) -> None:
    last = deeds.last(tx, ticket.id).get(subject.id)
    if last is not None and last.is_open:
        raise errors.Conflict("Something is being done with this message already.")
    marked = {"hide": subject.hidden_at, "like": subject.liked_at}
    if marked.get(act) or (act.startswith("un") and not marked[act.removeprefix("un")]):
        raise errors.Conflict("This is done already.")
