"""Contacts: a person outside, their handles, and what they have written to us about."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from bot import errors
from bot.model.columns import table
from bot.model.contact import Contact, Handle
from bot.store import tickets
from bot.store.agents import AgentRow
from bot.store.rows import TicketRow
from bot.store.transaction import Transaction

_CONTACT, _HANDLE = table(Contact), table(Handle)


@dataclass(frozen=True, slots=True)
class HandleRow:
    id: int
    network: str
    external_id: str
    username: str
    name: str
    avatar_url: str


@dataclass(frozen=True, slots=True)
class Panel:
    """What stands beside a conversation about whoever it is with. `tickets` are theirs, the newest first."""

    id: int
    name: str
    language: str
    remark: str
    created_at: datetime
    handles: tuple[HandleRow, ...]
    tickets: tuple[TicketRow, ...]


def panel(tx: Transaction, contact_id: int, viewer: AgentRow | None = None) -> Panel:
    """A contact; with a viewer, only the tickets that they may see. Raises NotFound."""
    names = (_CONTACT.c.id, _CONTACT.c.name, _CONTACT.c.language, _CONTACT.c.remark, _CONTACT.c.created_at)
    row = tx.connection.execute(select(*names).where(_CONTACT.c.id == contact_id)).first()
    if row is None:
        raise errors.NotFound("There is no such contact.")
    return Panel(*row, handles(tx, contact_id), tickets.of_contact(tx, contact_id, viewer))


def handles(tx: Transaction, contact_id: int) -> tuple[HandleRow, ...]:
    """Where a contact is known."""
    names = tuple(_HANDLE.c[name] for name in HandleRow.__dataclass_fields__)
    found = tx.connection.execute(select(*names).where(_HANDLE.c.contact_id == contact_id).order_by(_HANDLE.c.id))
    return tuple(HandleRow(*row) for row in found)
