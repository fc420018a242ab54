"""The sealed journal: each link's hash covers its event and the link before; a changed, removed or moved event breaks the chain.

What a chain cannot show by itself is that its end was cut off: keep the head that `verify` prints elsewhere, and give it back.
"""

import hashlib
from dataclasses import dataclass

import orjson

from bot.model.columns import microseconds
from bot.store import seals
from bot.store.events import Recorded
from bot.store.transaction import Transaction

TOGETHER = 1_000


@dataclass(frozen=True, slots=True)
class Verdict:
    """`broken` is a sentence per fault, the first few; an empty one means that the journal is whole. `head` is the last hash."""

    links: int
    head: str
    broken: tuple[str, ...]


def link(before: str, event: Recorded) -> str:
    """SHA-256, in hex, over the previous link and every field of the event in a fixed form."""
    form = [
        event.position.id, event.kind, microseconds(event.at), event.by.kind.value, event.by.id,
        event.channel_id, event.conversation_id, event.ticket_id, event.body,
    ]  # fmt: skip
    return hashlib.sha256(before.encode() + orjson.dumps(form, option=orjson.OPT_SORT_KEYS)).hexdigest()


def seal(tx: Transaction) -> int:
    """Cover the next events; how many."""
    number, hash_ = seals.head(tx)
    waiting = seals.unsealed(tx, TOGETHER)
    links = []
    for place, event in enumerate(waiting, start=number + 1):
        hash_ = link(hash_, event)
        links.append((place, event.position.id, hash_))
    if links:
        seals.add(tx, links, waiting[-1].position)
    return len(links)


def verify(tx: Transaction, *, known_head: str = "", at_most: int = 10) -> Verdict:
    """Walk the whole chain. `known_head` is a hash noted earlier: it must still stand in it."""
    before, count, is_head_met = "", 0, not known_head
    faults: list[str] = []
    for one in seals.chain(tx):
        count += 1
        if len(faults) < at_most:
            faults += _faults(before, count, one)
        before = one.hash
        is_head_met = is_head_met or before == known_head
    if slipped_in := seals.uncovered(tx):
        faults.append(f"{slipped_in} events were added behind the sealer's back.")
    if not is_head_met:
        faults.append("The head that was noted earlier is no longer in the journal: its end was cut off or replaced.")
    return Verdict(count, before, tuple(faults[:at_most]))


def _faults(before: str, number: int, one: seals.Link) -> list[str]:
    if one.number != number:
        return [f"Link {number} is missing; the next is {one.number}."]
    if one.event is None:
        return [f"Event {one.event_id}, link {one.number}, was removed."]
    if link(before, one.event) != one.hash:
        return [f"Event {one.event_id}, link {one.number}, was changed."]
    return []
