"""Notes: internal words. They are read with the conversation, in `conversations`."""

from sqlalchemy import insert

from bot.model.columns import table
from bot.model.note import Note
from bot.store import numbers
from bot.store.transaction import Transaction


def add(tx: Transaction, *, ticket_id: int, agent_id: int | None, text: str) -> int:
    """A new note's number."""
    id_ = numbers.one(tx, "note")
    row = {"id": id_, "ticket_id": ticket_id, "agent_id": agent_id, "text": text, "written_at": tx.now}
    tx.connection.execute(insert(table(Note)).values(row))
    return id_
