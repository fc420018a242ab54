"""Drafts: unsent words, kept on the server. Nobody but their writer sees them, and no event tells of them."""

from bot import errors
from bot.desk import masking
from bot.store import agents, drafts, tickets
from bot.store.transaction import Transaction

KINDS = ("reply", "note", "move")
LONGEST = 50_000


def save(tx: Transaction, ticket_id: int, agent_id: int, text: str, *, kind: str = "reply") -> None:
    """Keep the words; empty ones remove the draft. Card numbers and the like are masked before they are kept."""
    if kind not in KINDS:
        raise errors.Invalid("A draft is of a reply or of a note.", field="kind")
    if len(text) > LONGEST:
        raise errors.Invalid(f"A draft has {LONGEST} characters at the most.", field="text")
    tickets.visible(tx, ticket_id, agents.find(tx, agent_id))
    if text.strip():
        drafts.save(tx, ticket_id=ticket_id, agent_id=agent_id, kind=kind, text=masking.mask(text).text)
    else:
        drafts.remove(tx, ticket_id=ticket_id, agent_id=agent_id, kind=kind)
