"""Tags, and which ticket wears which."""

from dataclasses import dataclass

from sqlalchemy import delete, select

from bot.model.columns import table
from bot.model.tag import Tag
from bot.model.ticket import TicketTag
from bot.store import bulk, numbers
from bot.store.transaction import Transaction

_TAG, _TICKET_TAG = table(Tag), table(TicketTag)


@dataclass(frozen=True, slots=True)
class TagRow:
    id: int
    name: str


def all(tx: Transaction) -> tuple[TagRow, ...]:  # noqa: A001  reads as tags.all
    """Every tag by name."""
    return tuple(TagRow(*row) for row in tx.connection.execute(select(_TAG.c.id, _TAG.c.name).order_by(_TAG.c.name)))


def by_name(tx: Transaction, name: str) -> TagRow | None:
    row = tx.connection.execute(select(_TAG.c.id, _TAG.c.name).where(_TAG.c.name == name)).first()
    return TagRow(*row) if row else None


def make(tx: Transaction, name: str) -> TagRow:
    """The tag of this name, new or known. Two who make it at once get the same one."""
    known = by_name(tx, name)
    if known:
        return known
    bulk.insert(tx, _TAG, ("id", "name"), [(numbers.one(tx, "tag"), name)], ignore="name")
    made = by_name(tx, name)
    assert made is not None  # inserted now, or by the one in whose way we were
    return made


def put(tx: Transaction, ticket_id: int, tag_id: int) -> None:
    """Hang a tag on a ticket; harmless twice."""
    new = (numbers.one(tx, "ticket_tag"), ticket_id, tag_id)
    bulk.insert(tx, _TICKET_TAG, ("id", "ticket_id", "tag_id"), [new], ignore="ticket_id, tag_id")


def take_off(tx: Transaction, ticket_id: int, tag_id: int) -> None:
    tx.connection.execute(
        delete(_TICKET_TAG).where(_TICKET_TAG.c.ticket_id == ticket_id, _TICKET_TAG.c.tag_id == tag_id)
    )


def wearing(tx: Transaction, name: str, limit: int) -> list[int]:
    """Tickets that wear the tag of this name, as many as `limit` at the most, in no order."""
    question = select(_TICKET_TAG.c.ticket_id).join(_TAG, _TAG.c.id == _TICKET_TAG.c.tag_id).where(_TAG.c.name == name)
    return list(tx.connection.execute(question.limit(limit)).scalars())


def of_ticket(tx: Transaction, ticket_id: int) -> tuple[str, ...]:
    """The names a ticket wears, in the order of the alphabet."""
    worn = select(_TAG.c.name).join(_TICKET_TAG, _TICKET_TAG.c.tag_id == _TAG.c.id)
    return tuple(sorted(tx.connection.execute(worn.where(_TICKET_TAG.c.ticket_id == ticket_id)).scalars()))
