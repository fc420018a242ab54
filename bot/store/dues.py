"""A row of the outbox in somebody's hand, with all that its connector must be told."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import literal, select

from bot import wire
from bot.model.channel import Channel
from bot.model.columns import table
from bot.model.contact import Handle
from bot.model.conversation import Conversation
from bot.model.message import Direction, Message
from bot.model.outbox import Outbox
from bot.store import enclosures, outbox, spots
from bot.store.outbox import OutboxRow
from bot.store.transaction import Transaction

_OUTBOX, _CHANNEL, _CONVERSATION = table(Outbox), table(Channel), table(Conversation)
_MESSAGE, _HANDLE = table(Message), table(Handle)


@dataclass(frozen=True, slots=True)
class Due:
    """Words in hand until the lease ends. `attempts` counts this one.

    `enclosed` is how many files leave with them; what these hold is read only when they leave (`store/enclosures`).
    """

    row: OutboxRow
    channel_name: str
    network: str
    conversation: str
    to: wire.Person | None
    spot: wire.Spot
    enclosed: int = 0

    @property
    def act(self) -> str:
        """What is done here, as `wire.Capabilities.permission` knows it."""
        return self.row.act or ("private_reply" if self.spot.is_public and not self.row.is_public else "reply")

    def message(self, files: tuple[wire.Enclosure, ...] = ()) -> wire.OutboundMessage:
        """What the connector is given."""
        row = self.row
        return wire.OutboundMessage(
            row.key, self.conversation, row.text, row.is_public, row.in_reply_to, self.to, files
        )

    def deed(self) -> wire.Deed:
        """The same for what is no words."""
        return wire.Deed(self.row.act, self.row.in_reply_to, self.conversation, self.row.text)


def in_hand(tx: Transaction, ids: list[int]) -> list[Due]:
    """These rows, each with all that its connector must be told."""
    names = (_CHANNEL.c.name, _CHANNEL.c.network, _CONVERSATION.c.external_id)
    question = (
        select(*outbox.SHAPE, *names)
        .join(_CHANNEL, _CHANNEL.c.id == _OUTBOX.c.channel_id)
        .join(_CONVERSATION, _CONVERSATION.c.id == _OUTBOX.c.conversation_id)
        .where(_OUTBOX.c.id.in_(ids))
    )
    found = tx.connection.execute(question).all()
    rows = [outbox.row_of(row[:-3]) for row in found]
    enclosed = enclosures.counts(tx, [row.message_id for row in rows if row.message_id and not row.act])
    return [_due(tx, row, each[-3:], enclosed) for row, each in zip(rows, found, strict=True)]


def _due(tx: Transaction, row: OutboxRow, channel: Sequence[str], enclosed: Mapping[int, int]) -> Due:
    channel_name, network, conversation = channel
    to, spot = _answered(tx, row, conversation)
    count = 0 if row.act else enclosed.get(row.message_id or 0, 0)
    return Due(row, channel_name, network, conversation, to, spot, count)


def _answered(tx: Transaction, row: OutboxRow, conversation: str) -> tuple[wire.Person | None, wire.Spot]:
    """Who wrote what is answered, or else whoever wrote last, and the spot of that message; of a deed, that of its own.

    A private message to the author of public words is for nobody else, not for whoever wrote last either.
    """
    shown = (_MESSAGE.c[name] for name in ("is_public", "external_id", "sent_at", "traits"))
    person = (_HANDLE.c.external_id.label("handle"), _HANDLE.c.name, _HANDLE.c.username)
    question = select(literal(conversation).label("conversation"), *shown, *person)
    question = question.select_from(_MESSAGE.outerjoin(_HANDLE, _HANDLE.c.id == _MESSAGE.c.handle_id))
    is_for_author = bool(row.in_reply_to) and not row.is_public
    if row.act:
        question = question.where(_MESSAGE.c.id == row.message_id)
    elif is_for_author:
        question = question.where(_MESSAGE.c.channel_id == row.channel_id, _MESSAGE.c.external_id == row.in_reply_to)
    else:
        theirs = _MESSAGE.c.conversation_id == row.conversation_id, _MESSAGE.c.direction == Direction.IN
        asked = (_MESSAGE.c.external_id == row.in_reply_to).desc()
        question = question.where(*theirs).order_by(asked, _MESSAGE.c.sent_at.desc(), _MESSAGE.c.id.desc())
    found = tx.connection.execute(question.limit(1)).first()
    if found is None:
        return None, wire.Spot(conversation, row.is_public or is_for_author, tx.now)
    to = wire.Person(found.handle, found.name, found.username) if found.handle else None
    return to, spots.about(tx, found)
