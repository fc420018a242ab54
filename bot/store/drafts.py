"""Drafts: one per agent, ticket and kind."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, select

from bot.model.columns import table
from bot.model.draft import Draft
from bot.store import bulk, numbers
from bot.store.transaction import Transaction

_DRAFT = table(Draft)


@dataclass(frozen=True, slots=True)
class DraftRow:
    """Unsent words. `kind` is "reply" or "note"."""

    kind: str
    text: str
    saved_at: datetime


def of(tx: Transaction, ticket_id: int, agent_id: int) -> dict[str, DraftRow]:
    """An agent's drafts on a ticket, by kind."""
    question = select(_DRAFT.c.kind, _DRAFT.c.text, _DRAFT.c.saved_at)
    found = tx.connection.execute(question.where(_DRAFT.c.ticket_id == ticket_id, _DRAFT.c.agent_id == agent_id))
    return {row.kind: DraftRow(*row) for row in found}


def save(tx: Transaction, *, ticket_id: int, agent_id: int, kind: str, text: str) -> None:
    """Keep the words in place of what was kept before."""
    sign = bulk.mark(tx)
    tx.connection.exec_driver_sql(
        f"INSERT INTO draft (id, ticket_id, agent_id, kind, text, saved_at) VALUES ({', '.join([sign] * 6)})"
        " ON CONFLICT (ticket_id, agent_id, kind) DO UPDATE SET text = excluded.text, saved_at = excluded.saved_at",
        (numbers.one(tx, "draft"), ticket_id, agent_id, kind, text, bulk.time(tx, tx.now)),
    )


def remove(tx: Transaction, *, ticket_id: int, agent_id: int, kind: str) -> None:
    whose = (_DRAFT.c.ticket_id == ticket_id, _DRAFT.c.agent_id == agent_id, _DRAFT.c.kind == kind)
    tx.connection.execute(delete(_DRAFT).where(*whose))
