"""A reply's receipt meets the network's echo of the same words: whichever comes first, one message remains."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import Select, delete, select, update

from bot import wire
from bot.model import standing
from bot.model.columns import table
from bot.model.message import Attachment, Message, Revision
from bot.model.ticket import Ticket
from bot.store import enclosures, media, reckoning, replies
from bot.store.transaction import Transaction

_MESSAGE, _TICKET = table(Message), table(Ticket)
_ATTACHMENT, _REVISION = table(Attachment), table(Revision)


@dataclass(frozen=True, slots=True)
class _Spot:
    """A message, and where it stands."""

    id: int
    conversation_id: int
    ticket_id: int | None


_SPOT = select(_MESSAGE.c.id, _MESSAGE.c.conversation_id, _MESSAGE.c.ticket_id)


def settle(tx: Transaction, message_id: int, channel_id: int, receipt: wire.Receipt) -> int | None:
    """Give our message the network's id and time; the number of the echo that came before and is now one with it."""
    ours = _one(tx, _SPOT.where(_MESSAGE.c.id == message_id))
    assert ours is not None  # what is on its way cannot be taken back
    same = _SPOT.where(_MESSAGE.c.channel_id == channel_id, _MESSAGE.c.external_id == receipt.external_id)
    echo = _one(tx, same.where(_MESSAGE.c.id != message_id))
    if echo is not None:
        _merge(tx, echo.id, message_id)
    known = {"external_id": receipt.external_id, "permalink": wire.web_link(receipt.permalink)}
    told = update(_MESSAGE).where(_MESSAGE.c.id == message_id)
    tx.connection.execute(told.values(known | {"sent_at": receipt.sent_at or tx.now}))
    spots = [ours] if echo is None else [ours, echo]
    for ticket_id in sorted({spot.ticket_id for spot in spots if spot.ticket_id is not None}):
        _recount(tx, ticket_id, fewer=int(echo is not None and echo.ticket_id == ticket_id))
    for conversation_id in sorted({spot.conversation_id for spot in spots}):
        replies.newest(tx, conversation_id)
    return echo.id if echo else None


def _one(tx: Transaction, question: Select[Any]) -> _Spot | None:
    row = tx.connection.execute(question).first()
    return _Spot(*row) if row else None


def _merge(tx: Transaction, echo: int, message_id: int) -> None:
    """Move what hangs on the echo, and remove it. Files that we sent are ours already."""
    if enclosures.counts(tx, [message_id]):
        media.forget(tx, echo)
    for hanging in (_ATTACHMENT, _REVISION):
        tx.connection.execute(update(hanging).where(hanging.c.message_id == echo).values(message_id=message_id))
    tx.connection.execute(delete(_MESSAGE).where(_MESSAGE.c.id == echo))


def _recount(tx: Transaction, ticket_id: int, *, fewer: int) -> None:
    """Measures of service use the network's time, which is known only now. A long ticket is not read for it."""
    columns = (_TICKET.c[name] for name in standing.NAMES)
    one = standing.of(tx.connection.execute(select(*columns).where(_TICKET.c.id == ticket_id).with_for_update()).one())
    count = one.message_count - fewer
    standing.recount(one, reckoning.telling(tx, ticket_id))
    one.message_count = count
    counted = {name: getattr(one, name) for name in standing.COUNTED}
    tx.connection.execute(update(_TICKET).where(_TICKET.c.id == ticket_id).values(**counted, version=one.version + 1))
