"""Notes: words for colleagues, which nothing can send."""

from bot import errors
from bot.desk import changing, masking
from bot.model.event import Actor
from bot.store import drafts, notes
from bot.store.transaction import Transaction

LONGEST = 20_000


def write(tx: Transaction, ticket_id: int, text: str, *, by: Actor) -> int:
    """Write a note; its number. Card numbers and the like are masked before they are kept. The note's draft has done its work."""
    words = masking.mask(text.strip()).text
    if not words:
        raise errors.Invalid("An empty note says nothing.", field="text")
    if len(words) > LONGEST:
        raise errors.Invalid(f"A note has {LONGEST} characters at the most.", field="text")
    ticket = changing.hold(tx, ticket_id, by)
    agent_id = changing.agent_of(by)
    note_id = notes.add(tx, ticket_id=ticket.id, agent_id=agent_id, text=words)
    if agent_id is not None:
        drafts.remove(tx, ticket_id=ticket.id, agent_id=agent_id, kind="note")
    changing.apply(tx, ticket, "note.written", by, {}, note=note_id)
    return note_id
