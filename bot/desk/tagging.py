"""Words that agents hang on tickets."""

from bot import errors
from bot.desk import changing
from bot.model.event import Actor
from bot.store import tags
from bot.store.rows import TicketRow
from bot.store.transaction import Transaction

LONGEST = 40
MOST = 20


def add(tx: Transaction, ticket_id: int, name: str, *, by: Actor) -> TicketRow:
    """Hang a tag on it, made when it is new. A tag that it wears already changes nothing, and no other tag is touched."""
    wanted = written(name)
    ticket = changing.hold(tx, ticket_id, by)
    if wanted in ticket.tag_names:
        return ticket
    if len(ticket.tag_names) >= MOST:
        raise errors.Invalid(f"A ticket wears {MOST} tags at the most.", field="tag")
    tags.put(tx, ticket.id, tags.make(tx, wanted).id)
    return changing.apply(
        tx, ticket, "ticket.tagged", by, {"tags": ",".join(tags.of_ticket(tx, ticket.id))}, tag=wanted
    )


def remove(tx: Transaction, ticket_id: int, name: str, *, by: Actor) -> TicketRow:
    """Take a tag off. One that it does not wear changes nothing."""
    unwanted = written(name)
    ticket = changing.hold(tx, ticket_id, by)
    tag = tags.by_name(tx, unwanted)
    if tag is None or unwanted not in ticket.tag_names:
        return ticket
    tags.take_off(tx, ticket.id, tag.id)
    worn = ",".join(tags.of_ticket(tx, ticket.id))
    return changing.apply(tx, ticket, "ticket.untagged", by, {"tags": worn}, tag=unwanted)


def written(name: str) -> str:
    """A tag as it is kept: small letters, single blanks. Raises Invalid."""
    plain = " ".join(name.replace(",", " ").lower().split())
    if not plain or "\0" in plain:
        raise errors.Invalid("A tag needs a name.", field="tag")
    if len(plain) > LONGEST:
        raise errors.Invalid(f"A tag has {LONGEST} characters at the most.", field="tag")
    return plain
