"""Where a message belongs: its contact, its conversation and its ticket, found or made for a whole batch at once."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import groupby
from typing import Any

from bot.desk.hearing import Heard, Rules
from bot.model.message import Direction
from bot.model.standing import Standing
from bot.model.ticket import State
from bot.store import intake, numbers, standings
from bot.store.intake import ConversationFacts, HandleFacts
from bot.store.transaction import Transaction


@dataclass(slots=True)
class Tickets:
    """The tickets that the batch touches: as they were, as they are, and which are new or reopened."""

    of: dict[int, list[Standing]] = field(default_factory=dict[int, list[Standing]])
    before: dict[int, tuple[int, int, int, str]] = field(default_factory=dict[int, tuple[int, int, int, str]])
    rows: dict[int, list[Any]] = field(default_factory=dict[int, list[Any]])
    opened: set[int] = field(default_factory=set[int])
    reopened: set[int] = field(default_factory=set[int])


def place_of(one: Standing) -> tuple[int, int, int, str]:
    return one.channel_id, one.team_id or 0, one.assignee_id or 0, one.state


def meet(tx: Transaction, said: list[Heard]) -> None:
    """Find or make the contact and handle behind each message."""
    for network, group in groupby(sorted(said, key=_network), _network):
        theirs = list(group)
        people = {heard.said.author.external_id: heard for heard in theirs}
        known = {handle.external_id: handle for handle in intake.handles(tx, network, list(people))}
        strangers = [(heard.said.author, heard.language) for id_, heard in people.items() if id_ not in known]
        if strangers:
            known |= {handle.external_id: handle for handle in intake.add_contacts(tx, network, strangers)}
        for heard in theirs:
            heard.handle = known[heard.said.author.external_id]
        _note_new_names(tx, people, known)


def _network(heard: Heard) -> str:
    assert heard.channel is not None
    return heard.channel.network


def _note_new_names(tx: Transaction, people: dict[str, Heard], known: dict[str, HandleFacts]) -> None:
    renamed = []
    for id_, heard in people.items():
        author, handle = heard.said.author, known[id_]
        if author.name and (author.name, author.username) != (handle.name, handle.username):
            renamed.append((handle.id, author.name, author.username))
    intake.rename_handles(tx, renamed)


def find_conversations(tx: Transaction, said: list[Heard]) -> None:
    """Find or make the conversation of each message, and who it is with."""
    met: dict[int, int] = {}
    for channel_id, group in groupby(sorted(said, key=lambda heard: heard.channel_id), lambda heard: heard.channel_id):
        theirs = list(group)
        firsts: dict[str, Heard] = {}
        for heard in theirs:
            firsts.setdefault(heard.said.conversation_id, heard)
        known = {one.external_id: one for one in intake.conversations(tx, channel_id, list(firsts))}
        begun = [
            (channel_id, id_, None, heard.said.is_public, heard.said.permalink, heard.said.sent_at)
            for id_, heard in firsts.items()
            if id_ not in known
        ]
        if begun:
            known |= {one.external_id: one for one in intake.add_conversations(tx, begun)}
        for heard in theirs:
            heard.conversation = known[heard.said.conversation_id]
            if heard.conversation.contact_id is None and heard.handle is not None:
                heard.conversation.contact_id = heard.handle.contact_id
                met[heard.conversation.id] = heard.handle.contact_id
    intake.introduce(tx, sorted(met.items()))


def find_tickets(tx: Transaction, said: list[Heard], rules: Rules) -> Tickets:
    """Choose each message's ticket. A new ticket gets its number now and is written only if one of its messages is.

    A conversation that continues another, whose ticket is long done, begins its own again.
    """
    asked = {
        one.conversation.id: one.conversation for one in said if one.conversation and one.direction is Direction.IN
    }
    found = _known(tx, said, asked)
    fresh = iter(numbers.take(tx, "ticket", sum(not _current(found, one, rules, tx) for one in asked.values())))
    parted: list[int] = []
    for heard in sorted(said, key=lambda one: (one.direction is Direction.OUT, one.said.sent_at)):
        assert heard.conversation is not None
        conversation = heard.conversation
        current = _current(found, conversation, rules, tx)
        if current is None and heard.direction is Direction.IN:
            current = _opened(tx, next(fresh), heard)
            found.of.setdefault(conversation.id, []).append(current)
            if conversation.continues_id is not None:
                conversation.continues_id = None
                parted.append(conversation.id)
        # Our own words open no ticket: they join the last one there is, or wait for the contact's.
        heard.ticket = current or next(_last(found, conversation), None)
    intake.part(tx, parted)
    return found


def _known(tx: Transaction, said: list[Heard], asked: dict[int, ConversationFacts]) -> Tickets:
    found = Tickets()
    _look(tx, found, [heard.conversation for heard in said if heard.conversation])
    _look_again(tx, found, asked)
    return found


def _look(tx: Transaction, found: Tickets, conversations: Iterable[ConversationFacts]) -> None:
    """Find the tickets that there are in these conversations and in those that they continue, as they are now."""
    wanted = sorted({line for conversation in conversations for line in conversation.lines})
    for line in wanted:
        found.of.pop(line, None)
    for row in standings.of_conversations(tx, wanted):
        one = Standing(*row)
        found.of.setdefault(one.conversation_id, []).append(one)
        found.before[one.id] = place_of(one)
        found.rows[one.id] = row


def _look_again(tx: Transaction, found: Tickets, asked: dict[int, ConversationFacts]) -> None:
    """Where a ticket would be opened or reopened, another process may just be doing so, or making the conversation continue
    another one. Whoever does either holds the conversation: hold it, then look once more.
    """
    idle = [id_ for id_, one in asked.items() if not one.is_new and not _is_worked_on(found, one)]
    held = intake.hold(tx, sorted(idle))
    for id_, continues_id in held.items():
        asked[id_].continues_id = continues_id
    if held:
        _look(tx, found, [asked[id_] for id_ in held])


def _is_worked_on(tickets: Tickets, conversation: ConversationFacts) -> bool:
    return any(last.state != State.RESOLVED for last in _last(tickets, conversation))


def _current(tickets: Tickets, conversation: ConversationFacts, rules: Rules, tx: Transaction) -> Standing | None:
    """The unresolved ticket of a conversation or of the one that it continues, or one resolved lately enough to be reopened."""
    for last in _last(tickets, conversation):
        if last.state != State.RESOLVED or last.resolved_at is None or tx.now - last.resolved_at <= rules.reopening:
            return last
    return None


def _last(tickets: Tickets, conversation: ConversationFacts) -> Iterator[Standing]:
    return (tickets.of[line][-1] for line in conversation.lines if tickets.of.get(line))


def _opened(tx: Transaction, number: int, heard: Heard) -> Standing:
    assert heard.channel is not None and heard.conversation is not None and heard.handle is not None
    said = heard.said
    return Standing(
        id=number,
        conversation_id=heard.conversation.id,
        channel_id=heard.channel_id,
        contact_id=heard.handle.contact_id,
        team_id=heard.channel.team_id,
        assignee_id=None,
        state=State.OPEN.value,
        language=heard.language or heard.handle.language or heard.channel.language,
        contact_name=said.author.name or said.author.username or said.author.external_id,
        is_public=said.is_public,
        opened_at=tx.now,
        first_message_at=said.sent_at,
        last_message_at=said.sent_at,
    )
