"""Which replies are offered to a person for a message, the likeliest first, and why; and what they made of them."""

from bot import errors
from bot.desk import canned, changing
from bot.model.engagement import Fate
from bot.model.event import Actor
from bot.store import agents, canned_replies, suggestions, tickets
from bot.store.intents import Book
from bot.store.rows import TicketRow
from bot.store.suggestions import Offer
from bot.store.transaction import Transaction
from bot.store.understandings import UnderstandingRow

MOST = 3
LEAST = 0.10  # a guess below that helps nobody


def offers(known: UnderstandingRow, book: Book, language: str, first: str = "") -> list[Offer]:
    """At most three replies, each once: that of the intent `first`, then those of the likeliest guesses."""
    guesses = dict(known.guesses)
    names = [name for name in dict.fromkeys([first, known.now_intent, *guesses]) if name]
    found: dict[int, Offer] = {}
    for name in names:
        intent, probability = book.named(name), guesses.get(name, known.probability if name == known.intent else 0.0)
        if intent is None or intent.answer is None or (probability < LEAST and name != first):
            continue
        why = {"intent": name, "percent": round(probability * 100)}
        found.setdefault(intent.answer.id, Offer(intent.answer.id, name, language, why))
    return list(found.values())[:MOST]


def offer(tx: Transaction, ticket: TicketRow, message_id: int, offered: list[Offer], by: Actor) -> None:
    """Offer these to whoever has the ticket; open windows show them at once."""
    if offered:
        suggestions.offer(tx, ticket.id, message_id, offered)
        changing.record(
            tx, ticket, "suggestion.offered", by, message=message_id, replies=[one.canned_reply_id for one in offered]
        )


def dismiss(tx: Transaction, ticket_id: int, suggestion_id: int, *, by: Actor) -> None:
    """It was of no use. Raises Conflict when that was said before, or it was used."""
    ticket = changing.hold(tx, ticket_id, by)
    _settle(tx, ticket, suggestion_id, Fate.DISMISSED, by)


def settle(tx: Transaction, ticket_id: int, canned_reply_id: int | None, sent: str, *, by: Actor) -> None:
    """An agent has answered. What they took of the suggestions was used as it was, or changed; the others count for nobody."""
    open_ones = suggestions.open_for(tx, ticket_id)
    if not open_ones:
        return
    ticket, agent_id = tickets.find(tx, ticket_id), changing.agent_of(by)
    taken = next((one for one in open_ones if one.canned_reply_id == canned_reply_id), None)
    if taken is not None and agent_id is not None:
        words = canned.filled(
            canned_replies.find(tx, taken.canned_reply_id), ticket, agents.find(tx, agent_id), taken.language
        )
        _settle(tx, ticket, taken.id, Fate.USED if words.split() == sent.split() else Fate.EDITED, by)
    suggestions.drop_open(tx, ticket_id)


def _settle(tx: Transaction, ticket: TicketRow, suggestion_id: int, fate: Fate, by: Actor) -> None:
    if not suggestions.settle(tx, suggestion_id, ticket.id, fate, changing.agent_of(by)):
        raise errors.Conflict("This suggestion was settled before.")
    changing.record(tx, ticket, f"suggestion.{fate.value}", by, suggestion=suggestion_id)
