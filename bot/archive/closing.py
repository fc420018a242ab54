"""Work that was over long before the archive was read does not stand in anybody's queue."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.desk import changing
from bot.desk.changing import Change
from bot.model.event import SYSTEM
from bot.model.ticket import State
from bot.store import tickets
from bot.store.rows import TicketRow
from bot.store.transaction import Transaction


@dataclass(frozen=True, slots=True)
class Ages:
    """How long ago the last word was, after which a ticket is over: where it was answered, and where nobody ever did."""

    answered: timedelta = timedelta(days=7)
    unanswered: timedelta = timedelta(days=30)


def close(tx: Transaction, ticket_ids: Iterable[int], ages: Ages) -> int:
    """Resolve those of these tickets that are over and that nobody has, as of their last word; how many."""
    old = [row.id for row in tickets.rows(tx, ticket_ids) if _is_over(row, ages, tx.now)]
    over = [row for row in tickets.held_all(tx, sorted(old)) if _is_over(row, ages, tx.now)]
    done = {"state": State.RESOLVED.value, "snoozed_until": None, "unanswered_count": 0, "waiting_since": None}
    changes = [Change(row, {**done, "resolved_at": row.last_message_at}, {"reason": "archive"}) for row in over]
    changing.apply_all(tx, changes, "ticket.resolved", SYSTEM)
    return len(changes)


def _is_over(row: TicketRow, ages: Ages, now: datetime) -> bool:
    if row.assignee_id is not None or row.state not in (State.OPEN, State.WAITING):
        return False
    return now - row.last_message_at > (ages.unanswered if row.unanswered_count else ages.answered)
