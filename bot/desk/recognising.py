"""What of a batch the desk knows already: people, conversations and their tickets; and numbers for all that is new.

A question is a way to the server and back while everybody waits, so there are as few as can be.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

from bot.desk.hearing import Heard, Rules
from bot.model.message import Direction
from bot.model.standing import Standing
from bot.model.ticket import State
from bot.store import events, intake, numbers, standings
from bot.store.intake import ConversationFacts, HandleFacts
from bot.store.numbers import Drawn
from bot.store.transaction import Transaction


@dataclass(slots=True)
class Tickets:
    """The tickets that the batch touches: as they were, as they are, and which are new or reopened.

    `idle` are conversations that were there before and had no unresolved ticket.
    """

    of: dict[int, list[Standing]] = field(default_factory=dict[int, list[Standing]])
    before: dict[int, tuple[int, int, int, str]] = field(default_factory=dict[int, tuple[int, int, int, str]])
    rows: dict[int, list[Any]] = field(default_factory=dict[int, list[Any]])
    idle: set[int] = field(default_factory=set[int])
    opened: set[int] = field(default_factory=set[int])
    reopened: set[int] = field(default_factory=set[int])


@dataclass(slots=True)
class Known:
    """Handles by network, conversations by channel, both by what the network calls them; what is new is added as it is made."""

    handles: dict[str, dict[str, HandleFacts]]
    conversations: dict[int, dict[str, ConversationFacts]]
    tickets: Tickets
    fresh: Drawn

    def conversation(self, heard: Heard) -> ConversationFacts | None:
        """Where this was said, if that is known."""
        return self.conversations[heard.channel_id].get(heard.said.conversation_id)


def recognise(tx: Transaction, said: list[Heard], rules: Rules) -> Known:
    """Look for everybody and everything that the batch names, and draw numbers for what is not there yet."""
    people, places = _people(said), _places(said)
    handles = {network: intake.handles(tx, network, sorted(ids)) for network, ids in people.items()}
    conversations = {channel: intake.conversations(tx, channel, sorted(ids)) for channel, ids in places.items()}
    known = Known(
        {network: {one.external_id: one for one in found()} for network, found in handles.items()},
        {channel: {one.external_id: one for one in found()} for channel, found in conversations.items()},
        Tickets(),
        {},
    )
    _find_tickets(tx, said, known)
    strangers = sum(len(ids) for ids in people.values()) - sum(len(found) for found in known.handles.values())
    begun = sum(len(ids) for ids in places.values()) - sum(len(found) for found in known.conversations.values())
    known.fresh = numbers.draw(
        tx, contact=strangers, handle=strangers, conversation=begun, message=len(said), **_told(tx, said, known, rules)
    )
    return known


def place_of(one: Standing) -> tuple[int, int, int, str]:
    return one.channel_id, one.team_id or 0, one.assignee_id or 0, one.state


def current(tickets: Tickets, conversation: ConversationFacts, rules: Rules, tx: Transaction) -> Standing | None:
    """The unresolved ticket of a conversation or of the one that it continues, or one resolved lately enough to be reopened."""
    for one in last(tickets, conversation):
        if one.state != State.RESOLVED or one.resolved_at is None or tx.now - one.resolved_at <= rules.reopening:
            return one
    return None


def last(tickets: Tickets, conversation: ConversationFacts) -> Iterator[Standing]:
    return (tickets.of[line][-1] for line in conversation.lines if tickets.of.get(line))


def _people(said: list[Heard]) -> dict[str, set[str]]:
    """Who wrote, by network; ourselves left out."""
    people: dict[str, set[str]] = {}
    for heard in said:
        assert heard.channel is not None
        if not heard.said.is_own:
            people.setdefault(heard.channel.network, set()).add(heard.said.author.external_id)
    return people


def _places(said: list[Heard]) -> dict[int, set[str]]:
    places: dict[int, set[str]] = {}
    for heard in said:
        places.setdefault(heard.channel_id, set()).add(heard.said.conversation_id)
    return places


def _find_tickets(tx: Transaction, said: list[Heard], known: Known) -> None:
    """Where a ticket would be opened or reopened, another process may just be doing so, or making the conversation continue
    another one. Whoever does either holds the conversation: hold it, then look once more.
    """
    found = known.tickets
    _look(tx, found, (one for heard in said if (one := known.conversation(heard))))
    asked = {one.id: one for heard in said if heard.direction is Direction.IN and (one := known.conversation(heard))}
    found.idle = {id_ for id_, one in asked.items() if not _is_worked_on(found, one)}
    held = intake.hold(tx, sorted(found.idle))
    for id_, continues_id in held.items():
        asked[id_].continues_id = continues_id
    if held:
        _look(tx, found, [asked[id_] for id_ in held])


def _look(tx: Transaction, found: Tickets, conversations: Iterable[ConversationFacts]) -> None:
    """Find the tickets that there are in these conversations and in those that they continue, as they are now."""
    wanted = sorted({line for conversation in conversations for line in conversation.lines})
    for line in wanted:
        found.of.pop(line, None)
    for row in standings.of_conversations(tx, wanted) if wanted else ():
        one = Standing(*row)
        found.of.setdefault(one.conversation_id, []).append(one)
        found.before[one.id] = place_of(one)
        found.rows[one.id] = row


def _is_worked_on(tickets: Tickets, conversation: ConversationFacts) -> bool:
    return any(one.state != State.RESOLVED for one in last(tickets, conversation))


def _told(tx: Transaction, said: list[Heard], known: Known, rules: Rules) -> dict[str, int]:
    """How many tickets may be opened, and the numbers that may be needed to tell of it and of each message."""
    told: dict[tuple[int, str], str] = {}
    for heard in said:
        conversation = known.conversation(heard)
        if heard.direction is Direction.OUT or (conversation and conversation.id not in known.tickets.idle):
            continue
        is_there = conversation is not None and current(known.tickets, conversation, rules, tx) is not None
        told[heard.channel_id, heard.said.conversation_id] = "ticket.reopened" if is_there else "ticket.opened"
    kinds = ["message.received" if heard.direction is Direction.IN else "message.echoed" for heard in said]
    opened = sum(kind == "ticket.opened" for kind in told.values())
    return {"ticket": opened} | events.wanted(tx, [*kinds, *told.values()])
