"""An agent's words on their way to the outbox: checked, written once, taken back while nobody has claimed them, sent again.

The key is made with the form. Whoever sends the same form twice gets the same row; the database's constraint decides.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta

from bot import errors, wire
from bot.desk import changing, enclosing, guard, posting, restoring, ticketing
from bot.desk.guard import Objection
from bot.desk.posting import Letter
from bot.model import canned_reply
from bot.model.event import SYSTEM, Actor, ActorKind
from bot.model.outbox import Delivery
from bot.model.ticket import State
from bot.store import agents, canned_replies, channels, drafts, enclosures, outbox, replies, spots
from bot.store.enclosures import EnclosureRow, Writer
from bot.store.outbox import OutboxRow
from bot.store.replies import Spoken
from bot.store.rows import TicketRow
from bot.store.spots import Whereabouts
from bot.store.transaction import Transaction

UNDO = timedelta(seconds=10)
ALLOWED = wire.Permission()
NO_FILES = wire.FileRules()
LONGEST = 50_000
ARCHIVE = "cannot.archive"


class SpokenSince(errors.Conflict):
    """Somebody has spoken since you looked."""

    def __init__(self, spoken: Sequence[Spoken]) -> None:
        names = ", ".join(dict.fromkeys(one.name or "The channel" for one in spoken))
        super().__init__(f"{names} wrote since you looked.")
        self.spoken = tuple(spoken)


class Barred(errors.Conflict):
    """This may not be done here now."""

    def __init__(self, permission: wire.Permission) -> None:
        super().__init__()
        self.why_not = permission.why_not or "cannot.unknown"


class Elsewhere(errors.Conflict):
    """The answer would go elsewhere now than it would have when you wrote it."""


class Objected(errors.Invalid):
    """This should not leave. When `is_blocked` is false, the agent may say that they mean it."""

    def __init__(self, objections: Sequence[Objection]) -> None:
        super().__init__(f"This should not be said here: {', '.join(one.key for one in objections)}.", field="text")
        self.objections = tuple(objections)
        self.is_blocked = guard.is_blocked(objections)


@dataclass(frozen=True, slots=True)
class Measure:
    """How long the words are by the network's own count, and how long they may be. Only the channel's connector can tell.

    `permission` is whether they may leave at all from where they are written, `files` which files may leave with them.
    """

    length: int
    limit: int
    permission: wire.Permission = ALLOWED
    files: wire.FileRules = NO_FILES


def reply(
    tx: Transaction, ticket_id: int, text: str, *, seen_message_id: int, key: str, by: Actor, is_confirmed: bool = False,
    is_meant: bool = False, canned_id: int | None = None, measure: Measure | None = None, undo_within: timedelta = UNDO,
    place: int | None = None, files: Mapping[int, str] | None = None,
) -> int:  # fmt: skip
    """Write the words for the outbox; its number. They leave after `undo_within`, to where the contact last wrote.

    `files` lie beside the draft, each with what it shows; they leave with the words, or for themselves.
    Raises SpokenSince unless `is_confirmed`; Objected where the guard blocks, or warns and nothing `is_meant`; Barred where
    nothing may be said; Elsewhere when that is no longer the conversation `place`; Invalid; NotFound.
    """
    ticket = changing.hold(tx, ticket_id, by)
    known = outbox.by_key(tx, key)
    if known is not None:
        return same(known, ticket, by)
    where = spots.whereabouts(tx, ticket)
    enclosed = enclosing.gathered(tx, _writer(ticket, by), files) if files else ()
    words = checked(text, measure, is_public=where.spot.is_public, is_meant=is_meant, files=enclosed)
    ticketing.only_one(tx, ticket)
    if not is_confirmed:
        nobody_spoke(tx, ticket, seen_message_id, by)
    there(tx, ticket, where, place)
    outbox_id, _ = posting.write(tx, ticket, _letter(where, words, key, enclosed), by, undo_within)
    used(tx, ticket, by, canned_id)
    return outbox_id


def _letter(where: Whereabouts, words: str, key: str, files: tuple[EnclosureRow, ...]) -> Letter:
    """In private there is one other person to answer; in public it must be told which message is meant."""
    asked = where.spot.message_id if where.spot.is_public else ""
    return Letter(where.conversation_id, words, key, is_public=where.spot.is_public, in_reply_to=asked, files=files)


def _writer(ticket: TicketRow, by: Actor) -> Writer:
    agent_id = changing.agent_of(by)
    if agent_id is None:
        raise errors.Invalid("Only an agent sends files.", field="files")
    return Writer(ticket.id, agent_id)


def undo(tx: Transaction, outbox_id: int, *, by: Actor) -> str:
    """Take the words and files back into their author's draft, before what was written since; the words.

    What was to leave after them is taken back with them.
    Raises Conflict when they are already on their way, NotAllowed for another agent than the author or a supervisor.
    """
    row = outbox.find(tx, outbox_id)
    ticket = changing.hold(tx, row.ticket_id, by)
    _may_undo(tx, row, by)
    for later in reversed(outbox.followers(tx, outbox_id)):
        ticket = _undone(tx, ticket, later, by)
    _undone(tx, ticket, row, by)
    if row.agent_id is not None:
        _give_back(tx, row, row.agent_id)
    return row.text


def _undone(tx: Transaction, ticket: TicketRow, row: OutboxRow, by: Actor) -> TicketRow:
    if row.act or row.message_id is None or not outbox.cancel(tx, row.id):
        raise errors.Conflict("It is too late to take this back: it is on its way.")
    if row.agent_id is not None:
        enclosures.give_back(tx, row.message_id, Writer(row.ticket_id, row.agent_id))
    replies.remove(tx, row.message_id, row.conversation_id)
    restored = restoring.without(tx, ticket, row)
    return changing.apply(tx, ticket, "reply.undone", by, restored, outbox=row.id, message=row.message_id)


def retry(tx: Transaction, outbox_id: int, *, by: Actor, is_confirmed: bool = False) -> None:
    """Send again what has failed. What may have arrived is sent again only when the agent says so. Raises Conflict."""
    row = outbox.find(tx, outbox_id)
    ticket = changing.hold(tx, row.ticket_id, by)
    if row.state == Delivery.UNCERTAIN and not is_confirmed:
        raise errors.Conflict("This may have arrived. Look on the network before you send it again.")
    if not outbox.again(tx, outbox_id, (Delivery.FAILED, Delivery.UNCERTAIN)):
        raise errors.Conflict("There is nothing to send again.")
    if row.act:
        changing.record(tx, ticket, "deed.retried", by, outbox=row.id, message=row.message_id, act=row.act)
        return
    changes = restoring.of_arrived(tx, ticket)
    if ticket.state == State.OPEN and changes.get("unanswered_count", ticket.unanswered_count) == 0:
        changes["state"] = State.WAITING
    changing.apply(tx, ticket, "reply.retried", by, changes, outbox=row.id, message=row.message_id)


def call_back(tx: Transaction, outbox_ids: Sequence[int]) -> None:
    """These words did not arrive, or nobody knows: their tickets are ours again, so that somebody sees it. Harmless twice.

    What surely did not arrive is no answer: the contact waits as long as before it was written.
    """
    lost = {Delivery.FAILED, Delivery.REFUSED, Delivery.UNCERTAIN}
    for row in [outbox.find(tx, id_) for id_ in outbox_ids]:
        if row.state in lost and row.finished_at is not None:
            ticketing.call_back(tx, row.ticket_id, by=SYSTEM)


def withheld(tx: Transaction, outbox_ids: Sequence[int]) -> None:
    """The bot's words did not leave, because a person has taken the ticket: they are no answer. Harmless twice.

    Where that person has answered since, it stays the contact's turn.
    """
    for row in [outbox.find(tx, id_) for id_ in outbox_ids]:
        ticket = changing.hold(tx, row.ticket_id, SYSTEM)
        changes = restoring.of_arrived(tx, ticket)
        if ticket.state == State.WAITING and changes.get("unanswered_count"):
            changes["state"] = State.OPEN
        if any(getattr(ticket, name) != value for name, value in changes.items()):
            changing.apply(tx, ticket, "ticket.recounted", SYSTEM, changes, reason="delivery")


def _may_undo(tx: Transaction, row: OutboxRow, by: Actor) -> None:
    if by.kind is ActorKind.AGENT and by.id != row.agent_id and not agents.find(tx, by.id).sees_all:
        raise errors.NotAllowed("Only who wrote this, or a supervisor, takes it back.")


def _give_back(tx: Transaction, row: OutboxRow, agent_id: int) -> None:
    """The author's words again, and below them what they have begun to write since: nothing written is lost."""
    is_moved = not row.is_public and spots.is_public(tx, row.conversation_id)
    kind = "move" if is_moved else "reply"
    newer = drafts.of(tx, row.ticket_id, agent_id).get(kind)
    text = f"{row.text}\n\n{newer.text}" if newer and newer.text.strip() else row.text
    drafts.save(tx, ticket_id=row.ticket_id, agent_id=agent_id, kind=kind, text=text)


def same(known: OutboxRow, ticket: TicketRow, by: Actor) -> int:
    """The form came twice. Its words were written the first time."""
    if known.ticket_id != ticket.id or known.agent_id != changing.agent_of(by):
        raise errors.Invalid("This form was used for something else. Open the ticket again.", field="key")
    if known.state == Delivery.CANCELLED:
        raise errors.Conflict("This reply was taken back. Send it from a fresh form.")
    return known.id


def checked(
    text: str, measure: Measure | None, *, is_public: bool, is_meant: bool, files: Sequence[EnclosureRow] = ()
) -> str:
    """The words as they may leave with these files. Raises Barred, Invalid, Objected."""
    words = text.strip()
    if measure and not measure.permission.is_allowed:
        raise Barred(measure.permission)
    if not words and not files:
        raise errors.Invalid("An empty reply says nothing.", field="text")
    if len(words) > LONGEST or (measure and measure.length > measure.limit):
        raise errors.Invalid(f"This is too long: {measure.limit if measure else LONGEST} at the most.", field="text")
    blanks = canned_reply.blanks(words)
    if blanks:
        raise errors.Invalid(f"Fill in first: {', '.join(dict.fromkeys(blanks))}.", field="text")
    if measure and files:
        enclosing.check(files, measure.files)
    shown = [words, *(said for one in files for said in (one.name, one.alt))]
    objections = [one for said in shown for one in guard.check(said, is_public=is_public)]
    if objections and (guard.is_blocked(objections) or not is_meant):
        raise Objected(objections)
    return words


def there(tx: Transaction, ticket: TicketRow, where: Whereabouts, place: int | None) -> None:
    """Raises Elsewhere; Barred in an archive. Only in a ticket of a single conversation need the place not be named."""
    if channels.find(tx, ticket.channel_id).holds_archive:
        raise Barred(wire.Permission(is_allowed=False, why_not=ARCHIVE))
    is_there = place == where.conversation_id if place else not spots.holds_several(tx, ticket)
    if not is_there:
        raise Elsewhere


def nobody_spoke(tx: Transaction, ticket: TicketRow, seen_message_id: int, by: Actor) -> None:
    """Raises SpokenSince. What arrived later is news, however long ago the network says that it was sent."""
    spoken = replies.since(tx, ticket.id, seen_message_id, changing.agent_of(by))
    if spoken:
        raise SpokenSince(spoken)


def used(tx: Transaction, ticket: TicketRow, by: Actor, canned_id: int | None = None, kind: str = "reply") -> None:
    """The draft has become words, and a canned reply has been of use."""
    agent_id = changing.agent_of(by)
    if agent_id is not None:
        drafts.remove(tx, ticket_id=ticket.id, agent_id=agent_id, kind=kind)
    if canned_id is not None:
        canned_replies.count_use(tx, canned_id)
