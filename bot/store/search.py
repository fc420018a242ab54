"""What is found: tickets by number, contacts by name and handle, messages by their words; only what the viewer may see.

An index knows nothing of rights, so hits are read from it a handful at a time, the newest first, and asked for afterwards. A page
looks at so many hits and no more: an agent whose teams have none of them gets an empty page that says how far it looked.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from bot.model.columns import table
from bot.model.contact import Contact, Handle
from bot.model.message import Message
from bot.store import bulk, driver, events, indexes, tickets, views
from bot.store.agents import AgentRow
from bot.store.events import Position
from bot.store.rows import TicketRow
from bot.store.transaction import Transaction

CURSOR = "indexer"
HANDFUL = 100
MOST_LOOKED_AT = 500
MOST_CONTACTS = 8
LONGEST_QUESTION = 200
MOST_WORDS = 12
_LAST = 2**62

_MESSAGE, _CONTACT, _HANDLE = table(Message), table(Contact), table(Handle)
_SAID = ("message.", "reply.")


@dataclass(frozen=True, slots=True)
class Hit:
    """A message that has the words, and the ticket that it is in."""

    id: int
    text: str
    direction: str
    at: datetime
    ticket: TicketRow


@dataclass(frozen=True, slots=True)
class Found:
    """A page of what was found. `next` is the message from which on further ones may be found; None when there are none."""

    words: tuple[str, ...]
    ticket: TicketRow | None
    contacts: tuple[TicketRow, ...]
    hits: tuple[Hit, ...]
    next: int | None


def asked(text: str) -> tuple[str, ...]:
    """The words that a question asks for."""
    return tuple(indexes.words(text[:LONGEST_QUESTION])[:MOST_WORDS])


def find(tx: Transaction, text: str, viewer: AgentRow, before: int | None = None, limit: int = 50) -> Found:
    """A page of what a question finds. Tickets and contacts stand on the first page only."""
    words = asked(text)
    hits, next_ = _messages(tx, words, viewer, before or _LAST, limit)
    if before is not None:
        return Found(words, None, (), hits, next_)
    return Found(words, _numbered(tx, text, viewer), _contacts(tx, words, viewer), hits, next_)


def _numbered(tx: Transaction, text: str, viewer: AgentRow) -> TicketRow | None:
    number = text.strip().removeprefix("#")
    row = tickets.row(tx, int(number)) if number.isascii() and number.isdigit() and len(number) < 19 else None
    return row if row and views.can_see(row, viewer) else None


def _contacts(tx: Transaction, words: Sequence[str], viewer: AgentRow) -> tuple[TicketRow, ...]:
    """The newest ticket of each contact who is called so, as far as the viewer may see one."""
    found: list[TicketRow] = []
    for contact_id in indexes.find(tx, "search_contact", words, _LAST, HANDFUL):
        found += tickets.of_contact(tx, contact_id, viewer, limit=1)
        if len(found) == MOST_CONTACTS:
            break
    return tuple(found)


def _messages(
    tx: Transaction, words: Sequence[str], viewer: AgentRow, before: int, limit: int
) -> tuple[tuple[Hit, ...], int | None]:
    """Pages follow the numbers, which an index gives in order; on its page each message stands where its time puts it."""
    found: list[Hit] = []
    for _ in range(MOST_LOOKED_AT // HANDFUL):
        ids = indexes.find(tx, "search_message", words, before, HANDFUL)
        for hit in _seen(tx, ids, viewer):
            if len(found) == limit:
                return _in_time(found), found[-1].id
            found.append(hit)
        if len(ids) < HANDFUL:
            return _in_time(found), None
        before = ids[-1]
    return _in_time(found), before


def _in_time(found: list[Hit]) -> tuple[Hit, ...]:
    return tuple(sorted(found, key=lambda hit: (hit.at, hit.id), reverse=True))


def _seen(tx: Transaction, ids: Sequence[int], viewer: AgentRow) -> list[Hit]:
    """These messages as far as the viewer may see their tickets, in the same order."""
    columns = (_MESSAGE.c[name] for name in ("id", "text", "direction", "sent_at", "ticket_id"))
    question = select(*columns).where(_MESSAGE.c.id.in_(ids), _MESSAGE.c.deleted_at.is_(None))
    said = {row.id: row for row in tx.connection.execute(question)} if ids else {}
    seen = {row.id: row for row in tickets.rows(tx, {one.ticket_id for one in said.values() if one.ticket_id})}
    told = [said[id_] for id_ in ids if id_ in said]
    return [
        Hit(one.id, one.text, one.direction, one.sent_at, seen[one.ticket_id])
        for one in told
        if one.ticket_id in seen and views.can_see(seen[one.ticket_id], viewer)
    ]


def follow(tx: Transaction, limit: int) -> int:
    """Bring the indexes up to date with the next events; how many there were."""
    found = unread(tx, limit)
    if found:
        told = [one.body for one in found if one.kind.startswith(_SAID)]
        keep(tx, {body[name] for body in told for name in ("message", "echo") if body.get(name)})
        _reach(tx, found[-1].position)
    return len(found)


def unread(tx: Transaction, limit: int) -> list[events.Recorded]:
    """The next events that the indexes do not know yet."""
    sign = bulk.mark(tx)
    row = driver.first(tx.connection, f"SELECT xid, event_id FROM cursor WHERE name = {sign}", (CURSOR,))
    return events.after(tx, Position(row[0], row[1]) if row else Position(), limit)


def keep(tx: Transaction, message_ids: Iterable[int]) -> None:
    """Let these messages be found by what they say now, and their authors by what they are called now."""
    asked_for = sorted(set(message_ids))
    columns = (_MESSAGE.c.id, _MESSAGE.c.text, _MESSAGE.c.deleted_at, _HANDLE.c.contact_id)
    source = _MESSAGE.outerjoin(_HANDLE, _HANDLE.c.id == _MESSAGE.c.handle_id)
    said = tx.connection.execute(select(*columns).select_from(source).where(_MESSAGE.c.id.in_(asked_for))).all()
    texts = {row.id: "" if row.deleted_at else row.text for row in said}
    indexes.keep(tx, "search_message", ((id_, texts.get(id_, "")) for id_ in asked_for))
    indexes.keep(tx, "search_contact", _names(tx, {row.contact_id for row in said if row.contact_id}).items())


def _names(tx: Transaction, contact_ids: set[int]) -> dict[int, str]:
    """All that these contacts are called, on any network."""
    columns = (_CONTACT.c.id, _CONTACT.c.name, _HANDLE.c.name, _HANDLE.c.username)
    source = _CONTACT.join(_HANDLE, _HANDLE.c.contact_id == _CONTACT.c.id)
    called: dict[int, str] = {}
    for id_, *names in tx.connection.execute(
        select(*columns).select_from(source).where(_CONTACT.c.id.in_(contact_ids))
    ):
        called[id_] = " ".join((called.get(id_, ""), *names))
    return called


def _reach(tx: Transaction, upto: Position) -> None:
    sign = bulk.mark(tx)
    driver.run(
        tx.connection,
        f"INSERT INTO cursor (name, xid, event_id) VALUES ({sign}, {sign}, {sign})"
        " ON CONFLICT (name) DO UPDATE SET xid = excluded.xid, event_id = excluded.event_id",
        (CURSOR, upto.xid, upto.id),
    )
