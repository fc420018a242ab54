"""Deliveries: words of the outbox claimed under a lease before the network is called, finished only by their holder.

Order within a conversation: a row is claimed only when nothing before it is unfinished. Fairness: channels take turns.
A row whose holder died between sending and receipt is uncertain; it is looked for before anything else is done with it.
"""

import secrets
from collections.abc import Collection
from dataclasses import replace
from datetime import datetime, timedelta
from itertools import chain, zip_longest
from typing import Any

import sqlalchemy
from sqlalchemy import ColumnElement, func, select, update

from bot import wire
from bot.model.channel import Channel
from bot.model.columns import table
from bot.model.event import SYSTEM, Actor, ActorKind
from bot.model.outbox import Delivery, Outbox
from bot.store import bulk, continuing, deeds, driver, dues, echoes, events, lanes, outbox, withholding
from bot.store.dues import Due
from bot.store.transaction import Transaction

_OUTBOX, _CHANNEL = table(Outbox), table(Channel)

LEASE = timedelta(seconds=60)


def claim(tx: Transaction, limit: int = 20, lease: timedelta = LEASE, busy_channels: Collection[int] = ()) -> list[Due]:
    """Take due words, some of each channel in turn, and count the attempt before it is made. On a lane that failed, one."""
    trials = lanes.on_trial(tx)
    due = _due_channels(tx, {*busy_channels, *lanes.closed(tx)})
    waiting = [_heads(tx, channel_id, 1 if channel_id in trials else limit) for channel_id in due]
    in_turn = [id_ for id_ in chain.from_iterable(zip_longest(*waiting)) if id_ is not None][:limit]
    barred = withholding.withhold(tx, in_turn)
    in_turn = [id_ for id_ in in_turn if id_ not in barred]
    taken = _take(tx, in_turn, Delivery.SENDING, lease, _OUTBOX.c.state == Delivery.PENDING)
    lanes.try_once(tx, {one.row.channel_id for one in taken}.intersection(trials), lease)
    return taken


def expired_sending(tx: Transaction, limit: int = 20, lease: timedelta = LEASE) -> list[Due]:
    """Take words whose holder has died. They are uncertain now, and in hand so that they can be looked for."""
    lost = _lost(tx) & _OUTBOX.c.channel_id.not_in(lanes.closed(tx))
    ids = select(_OUTBOX.c.id, _OUTBOX.c.state).where(lost).order_by(_OUTBOX.c.lease_until, _OUTBOX.c.id).limit(limit)
    states = {row.id: row.state for row in tx.connection.execute(ids)}
    taken = _take(tx, list(states), Delivery.UNCERTAIN, lease, lost)
    for due in taken:
        if states[due.row.id] == Delivery.SENDING:
            _record(tx, "uncertain", due)
    return taken


def outlook(tx: Transaction) -> tuple[bool, datetime | None]:
    """Whether words are in the hand of somebody who has died, and when the next pending ones are due; None when none are."""
    row = driver.first(tx.connection, _OUTLOOK.format(bulk.mark(tx)), (bulk.time(tx, tx.now),))
    lost, due = row or (None, None)
    return lost is not None, None if due is None else bulk.moment(due)


# The same as `_lost`, in the driver's words: it is asked after every commit, and most find nothing.
_OUTLOOK = (
    "SELECT (SELECT min(id) FROM outbox WHERE state IN ('sending', 'uncertain') AND finished_at IS NULL AND lease_until <= {}),"
    " (SELECT min(due_at) FROM outbox WHERE state = 'pending')"
)


def finish_sent(tx: Transaction, due: Due, receipt: wire.Receipt) -> bool:
    """The network has it. False when the lease has passed to another."""
    if not _finish(tx, due, Delivery.SENT, ""):
        return False
    lanes.recover(tx, due.row.channel_id)
    continuing.follow(tx, due.row, receipt)
    assert due.row.message_id is not None  # only words taken back have none, and those cannot be claimed
    echo = echoes.settle(tx, due.row.message_id, due.row.channel_id, receipt)
    _record(tx, "sent", due, **({"echo": echo} if echo else {}))
    return True


def finish_done(tx: Transaction, due: Due) -> bool:
    """The network has done it. False when the lease has passed to another."""
    if not _finish(tx, due, Delivery.SENT, ""):
        return False
    lanes.recover(tx, due.row.channel_id)
    deeds.settle(tx, due.row)
    return _record(tx, "done", due)


def finish_refused(tx: Transaction, due: Due, reason: str) -> bool:
    """The network will never take it; but it answers."""
    lanes.recover(tx, due.row.channel_id)
    return _finish(tx, due, Delivery.REFUSED, reason) and _record(tx, "refused", due) and _forgo(tx, due)


def finish_failed(tx: Transaction, due: Due, reason: str) -> bool:
    """Given up; an agent may try again."""
    return _finish(tx, due, Delivery.FAILED, reason) and _record(tx, "failed", due) and _forgo(tx, due)


def finish_uncertain(tx: Transaction, due: Due, reason: str) -> bool:
    """It cannot be known whether it arrived: a person decides."""
    return _finish(tx, due, Delivery.UNCERTAIN, reason) and _record(tx, "undecided", due) and _forgo(tx, due)


def retry_at(tx: Transaction, due: Due, at: datetime, reason: str = "", *, is_counted: bool = True) -> bool:
    """It surely did not leave: the same again at a later time. `is_counted` False takes the attempt back."""
    attempts = _OUTBOX.c.attempts - (0 if is_counted else 1)
    put_back = {"state": Delivery.PENDING, "due_at": at, "reason": reason, "lease_token": "", "lease_until": None}
    return tx.connection.execute(_mine(due).values(**put_back, attempts=attempts)).rowcount == 1


def renew(tx: Transaction, due: Due, lease: timedelta = LEASE) -> bool:
    """Hold it longer. False when it is no longer held."""
    return tx.connection.execute(_mine(due).values(lease_until=tx.now + lease)).rowcount == 1


def _due_channels(tx: Transaction, busy: Collection[int]) -> list[int]:
    """Channels with due words, the one that waits longest first."""
    mine = (_OUTBOX.c.channel_id == _CHANNEL.c.id, _OUTBOX.c.state == Delivery.PENDING, _OUTBOX.c.due_at <= tx.now)
    first = select(func.min(_OUTBOX.c.due_at)).where(*mine).correlate(_CHANNEL).scalar_subquery()
    question = select(_CHANNEL.c.id, first.label("first")).where(_CHANNEL.c.id.not_in(sorted(busy)))
    found = [row for row in tx.connection.execute(question) if row.first is not None]
    return [row.id for row in sorted(found, key=lambda row: (row.first, row.id))]


def _heads(tx: Transaction, channel_id: int, limit: int) -> list[int]:
    """The first due words of a channel's conversations, where nothing before them is unfinished."""
    earlier = _OUTBOX.alias("earlier")
    is_free = ~(
        select(earlier.c.id)
        .where(
            earlier.c.conversation_id == _OUTBOX.c.conversation_id, earlier.c.id < _OUTBOX.c.id, _is_unfinished(earlier)
        )
        .exists()
    )
    due = (_OUTBOX.c.state == Delivery.PENDING, _OUTBOX.c.channel_id == channel_id, _OUTBOX.c.due_at <= tx.now)
    question = select(_OUTBOX.c.id).where(*due, is_free).order_by(_OUTBOX.c.due_at, _OUTBOX.c.id).limit(limit)
    return list(tx.connection.execute(question).scalars())


def _is_unfinished(rows: Any) -> ColumnElement[bool]:
    held = (Delivery.PENDING, Delivery.SENDING, Delivery.UNCERTAIN)
    return sqlalchemy.and_(rows.c.state.in_(held), rows.c.finished_at.is_(None))


def _take(tx: Transaction, ids: list[int], state: Delivery, lease: timedelta, still: ColumnElement[bool]) -> list[Due]:
    """Take these rows as far as they still are what they were, passing over those that another is taking."""
    if not ids:
        return []
    question = select(_OUTBOX.c.id).where(_OUTBOX.c.id.in_(ids), still).with_for_update(skip_locked=True)
    free = list(tx.connection.execute(question).scalars())
    attempts = _OUTBOX.c.attempts + (1 if state is Delivery.SENDING else 0)
    held = {"state": state, "lease_token": secrets.token_hex(16), "lease_until": tx.now + lease}
    tx.connection.execute(update(_OUTBOX).where(_OUTBOX.c.id.in_(free)).values(**held, attempts=attempts))
    order = {id_: place for place, id_ in enumerate(ids)}
    return sorted(dues.in_hand(tx, free), key=lambda due: order[due.row.id])


def _lost(tx: Transaction) -> ColumnElement[bool]:
    held = _OUTBOX.c.state.in_([Delivery.SENDING, Delivery.UNCERTAIN])
    return sqlalchemy.and_(held, _OUTBOX.c.finished_at.is_(None), _OUTBOX.c.lease_until <= tx.now)


def _mine(due: Due) -> sqlalchemy.Update:
    held = (Delivery.SENDING, Delivery.UNCERTAIN)
    return update(_OUTBOX).where(
        _OUTBOX.c.id == due.row.id, _OUTBOX.c.lease_token == due.row.lease_token, _OUTBOX.c.state.in_(held)
    )


def _finish(tx: Transaction, due: Due, state: Delivery, reason: str) -> bool:
    done = {"state": state, "reason": reason, "finished_at": tx.now, "lease_token": "", "lease_until": None}
    return tx.connection.execute(_mine(due).values(**done)).rowcount == 1


def _forgo(tx: Transaction, due: Due) -> bool:
    """What was to leave after these words does not leave by itself any more; an agent may send it all the same."""
    for row in outbox.followers(tx, due.row.id):
        given_up = {"state": Delivery.FAILED, "reason": "first_not_sent", "finished_at": tx.now}
        tx.connection.execute(update(_OUTBOX).where(_OUTBOX.c.id == row.id).values(**given_up))
        _record(tx, "failed", replace(due, row=row))
    return True


def _record(tx: Transaction, became: str, due: Due, **more: int) -> bool:
    """One event: of words it is the system's, of a deed it is that of the agent who asked for it."""
    row = due.row
    is_asked = bool(row.act) and row.agent_id is not None
    events.record(
        tx,
        f"{'deed' if row.act else 'reply'}.{became}",
        by=Actor(ActorKind.AGENT, row.agent_id or 0) if is_asked else SYSTEM,
        ticket_id=row.ticket_id,
        channel_id=row.channel_id,
        conversation_id=row.conversation_id,
        body={"outbox": row.id, "message": row.message_id, "attempts": row.attempts, **more}
        | ({"act": row.act} if row.act else {}),
    )
    return True
