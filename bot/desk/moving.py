"""A public conversation is moved to private: a safe line where all read it, and the message for the one who is meant."""

from dataclasses import dataclass
from datetime import timedelta

from bot import wire
from bot.desk import changing, posting, replying, ticketing
from bot.desk.posting import Letter
from bot.desk.replying import Barred, Elsewhere, Measure
from bot.model.event import Actor
from bot.store import outbox, spots
from bot.store.rows import TicketRow
from bot.store.transaction import Transaction

NOBODY = wire.Permission(is_allowed=False, why_not="cannot.nobody")


@dataclass(frozen=True, slots=True)
class Move:
    """Both texts with their keys, and what the channel's connector says of each. Without a public text nothing is said there."""

    public_text: str
    public_key: str
    private_text: str
    private_key: str
    public_measure: Measure | None = None
    private_measure: Measure | None = None


def to_private(
    tx: Transaction, ticket_id: int, move: Move, *, seen_message_id: int, by: Actor, is_meant: bool = False,
    undo_within: timedelta = replying.UNDO, place: int | None = None,
) -> int:  # fmt: skip
    """Write both for the outbox, or neither; the number of the private one. The public line leaves only after it.

    It goes to the ticket's contact, whoever else speaks there. Raises what `replying.reply` does; Elsewhere also when what
    is answered is not public, Barred when nothing that the contact wrote in public stands any more.
    """
    ticket = changing.hold(tx, ticket_id, by)
    known = outbox.by_key(tx, move.private_key)
    if known is not None:
        return replying.same(known, ticket, by)
    private, public = _checked(move, is_meant=is_meant)
    ticketing.only_one(tx, ticket)
    replying.nobody_spoke(tx, ticket, seen_message_id, by)
    here, asked = _public_place(tx, ticket, place)
    letter = Letter(here, private, move.private_key, is_public=False, in_reply_to=asked)
    first, ticket = posting.write(tx, ticket, letter, by, undo_within)
    if public:
        line = Letter(here, public, move.public_key, is_public=True, in_reply_to=asked, after_id=first)
        _, ticket = posting.write(tx, ticket, line, by, undo_within)
    changing.record(tx, ticket, "ticket.moved_to_private", by, outbox=first)
    replying.used(tx, ticket, by, kind="move")
    return first


def _public_place(tx: Transaction, ticket: TicketRow, place: int | None) -> tuple[int, str]:
    """The public conversation in which the ticket's contact wrote last, and what the network calls those words."""
    where, meant = spots.whereabouts(tx, ticket), spots.meant(tx, ticket)
    if not where.spot.is_public:
        raise Elsewhere
    replying.there(tx, ticket, where, place)
    if meant is None:
        raise Barred(NOBODY)
    return meant.conversation_id, meant.spot.message_id


def _checked(move: Move, *, is_meant: bool) -> tuple[str, str]:
    """The private words and the public ones as they may leave; the latter may be empty."""
    private = replying.checked(move.private_text, move.private_measure, is_public=False, is_meant=is_meant)
    if not move.public_text.strip():
        return private, ""
    return private, replying.checked(move.public_text, move.public_measure, is_public=True, is_meant=is_meant)
