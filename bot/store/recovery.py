"""What an older copy of the database must be told before a desk may run on it. Nothing else uses these statements."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import delete, select, update

from bot.model.agent import Invitation, Session
from bot.model.columns import table
from bot.model.outbox import Delivery, Outbox
from bot.model.work import Lease
from bot.store import seals
from bot.store.transaction import Transaction

_OUTBOX = table(Outbox)


@dataclass(frozen=True, slots=True)
class Doubtful:
    """Words that may have left since the copy was made."""

    id: int
    ticket_id: int
    channel_id: int
    conversation_id: int
    message_id: int | None
    attempts: int


def doubt(tx: Transaction, reason: str) -> list[Doubtful]:
    """Make what was pending, on its way or looked for a person's to decide; which words these are."""
    is_open = _OUTBOX.c.state.in_((Delivery.PENDING, Delivery.SENDING, Delivery.UNCERTAIN)) & _OUTBOX.c.finished_at.is_(
        None
    )
    wanted = select(*(_OUTBOX.c[name] for name in Doubtful.__dataclass_fields__)).where(is_open).order_by(_OUTBOX.c.id)
    found = [Doubtful(*row) for row in tx.connection.execute(wanted)]
    decided = {
        "state": Delivery.UNCERTAIN,
        "reason": reason,
        "finished_at": tx.now,
        "lease_token": "",
        "lease_until": None,
    }
    tx.connection.execute(update(_OUTBOX).where(is_open).values(**decided))
    return found


def shut_out(tx: Transaction) -> int:
    """End every session, and every link that lets somebody in: who was shut out since must stay out. How many sessions."""
    tx.connection.execute(delete(table(Invitation)))
    return tx.connection.execute(delete(table(Session))).rowcount


def let_go(tx: Transaction) -> None:
    """No process holds anything."""
    tx.connection.execute(delete(table(Lease)))


def reorder(tx: Transaction) -> None:
    """Put the log before everything that will be written here.

    The transaction numbers in it are those of the server that it comes from: on another, new events could be numbered below
    them, and would never be read. What is sealed comes first, then what is not.
    """
    if tx.dialect == "sqlite":
        return
    execute = tx.connection.exec_driver_sql
    execute(
        "UPDATE event SET xid = CASE WHEN EXISTS (SELECT 1 FROM seal WHERE seal.event_id = event.id) THEN '0' ELSE '1' END::xid8"
    )
    execute(
        "UPDATE cursor SET xid = 0, event_id = coalesce((SELECT max(event_id) FROM seal), 0) WHERE name = %s",
        (seals.CURSOR,),
    )


def write_revision(tx: Transaction, revision: str) -> None:
    """The database is whole now, at this revision: only from here on does a desk start on it."""
    tx.connection.exec_driver_sql("INSERT INTO alembic_version (version_num) VALUES (%s)", (revision,))


def counts(tx: Transaction, nouns: Sequence[str]) -> dict[str, int]:
    """How many rows each of these tables has."""
    return {noun: int(tx.connection.exec_driver_sql(f'SELECT count(*) FROM "{noun}"').scalar_one()) for noun in nouns}
