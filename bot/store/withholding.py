"""The bot's words that may not leave any more: looked for in the very transaction that would send them."""

from collections.abc import Sequence

from sqlalchemy import update

from bot.model.columns import table
from bot.model.event import SYSTEM
from bot.model.outbox import Delivery, Outbox
from bot.store import engagements, events, outbox
from bot.store.transaction import Transaction

TAKEN = "taken_over"

_OUTBOX = table(Outbox)


def withhold(tx: Transaction, ids: Sequence[int]) -> set[int]:
    """Of these pending words those that stay: a person has their ticket. They are refused, with that reason; their numbers.

    Whoever takes over later than this question finds them on their way: the tickets' rows are held until the commit.
    """
    barred = set(engagements.withheld(tx, ids))
    for id_ in sorted(barred):
        row = outbox.find(tx, id_)
        stopped = update(_OUTBOX).where(_OUTBOX.c.id == id_, _OUTBOX.c.state == Delivery.PENDING)
        refused = {"state": Delivery.REFUSED, "reason": TAKEN, "finished_at": tx.now}
        if tx.connection.execute(stopped.values(**refused)).rowcount:
            place = {"ticket_id": row.ticket_id, "channel_id": row.channel_id, "conversation_id": row.conversation_id}
            events.record(tx, "reply.withheld", by=SYSTEM, **place, body={"outbox": id_, "message": row.message_id})
    return barred
