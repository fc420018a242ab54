"""What was heard becomes messages, contacts, conversations and tickets: a whole batch in one transaction, set by set.

`unique(channel, external id)` decides what is a duplicate. Each message is threaded into the one unresolved ticket of its
conversation; else it reopens the last one if that was resolved lately; else it opens a new one. The channel's cursor moves in
the same transaction. Edits and deletions follow in `amend`.
"""

from collections.abc import Iterable, Sequence
from operator import attrgetter

import orjson

from bot import wire
from bot.desk import amend, placing, recognising
from bot.desk.hearing import Heard, Rules, Taken
from bot.desk.recognising import Known, Tickets
from bot.model import standing
from bot.model.event import SYSTEM, Actor, ActorKind
from bot.model.message import Direction
from bot.model.standing import Standing, Utterance
from bot.model.ticket import State
from bot.store import counters, events, intake, messages, reckoning, standings
from bot.store.numbers import Drawn
from bot.store.transaction import Transaction


def take(tx: Transaction, batch: Sequence[Heard], rules: Rules) -> Taken:
    """Take a batch in. Raises for the whole batch; `one_by_one` then finds the message that cannot be taken."""
    taken = Taken()
    facts = intake.channels(tx, {heard.channel_id for heard in batch})
    for heard in batch:
        heard.channel = facts[heard.channel_id]
    said = _distinct(heard for heard in batch if heard.said.act is wire.Act.SAID)
    if said:
        taken.added = _take_said(tx, said, rules)
        taken.duplicates = sum(heard.said.act is wire.Act.SAID for heard in batch) - taken.added
    for heard in batch:
        if heard.said.act is not wire.Act.SAID:
            taken.amended += _amend(tx, heard, rules)
    return taken


def _amend(tx: Transaction, heard: Heard, rules: Rules) -> int:
    """An edit or a deletion; 1 when it changed something."""
    known = amend.apply(tx, amend.Change(heard.channel_id, heard.said, heard.text, heard.is_masked))
    if known is not None:
        return int(known)
    # It came before its original: it stands in for it, and the original will be the duplicate.
    if heard.said.act is wire.Act.EDITED:
        return _take_said(tx, [heard], rules)
    return _bury(tx, heard, rules)


def _bury(tx: Transaction, heard: Heard, rules: Rules) -> int:
    heard.text = ""
    known = recognising.recognise(tx, [heard], rules)
    placing.find_conversations(tx, [heard], known)
    for new in _keep(tx, [heard], known.fresh):
        messages.bury(tx, new.id)
    return 1


def _take_said(tx: Transaction, said: list[Heard], rules: Rules) -> int:
    with tx.pipelined():
        known = recognising.recognise(tx, said, rules)
        placing.meet(tx, [heard for heard in said if not heard.said.is_own], known)
        placing.find_conversations(tx, said, known)
        placing.choose_tickets(tx, said, rules, known)
        new = _keep(tx, said, known.fresh)
        _hear(tx, new, known.tickets, rules)
        _record(tx, new, known)
    return len(new)


def _distinct(batch: Iterable[Heard]) -> list[Heard]:
    first: dict[tuple[int, str], Heard] = {}
    for heard in batch:
        first.setdefault((heard.channel_id, heard.said.external_id), heard)
    return list(first.values())


def _keep(tx: Transaction, said: list[Heard], fresh: Drawn) -> list[Heard]:
    """Write the messages; those that were new, in the network's order."""
    for heard in said:
        heard.id = next(fresh["message"])
    rows = [_row(tx, heard) for heard in said]
    added = intake.add_messages(tx, rows)
    new = sorted((heard for heard in said if heard.id in added), key=lambda one: (one.said.sent_at, one.id))
    files = [(heard.id, file) for heard in new for file in heard.said.attachments]
    if files:
        intake.add_attachments(tx, files)
    return new


def _row(tx: Transaction, heard: Heard) -> tuple[object, ...]:
    assert heard.conversation is not None
    said = heard.said
    is_edit = said.act is wire.Act.EDITED
    return (
        heard.id, heard.channel_id, heard.conversation.id, heard.ticket.id if heard.ticket else None,
        heard.handle.id if heard.handle else None, heard.direction.value, said.external_id, heard.text, heard.language,
        said.in_reply_to, said.permalink, said.is_public, heard.is_masked, said.sent_at, tx.now,
        tx.now if is_edit else None, None, said.version,
        orjson.dumps(said.traits).decode() if said.traits else "",
    )  # fmt: skip


def _hear(tx: Transaction, new: list[Heard], tickets: Tickets, rules: Rules) -> None:
    """Bring the tickets' figures, the counters and the conversations up to date."""
    changed = _stand(new, tickets, rules)
    for one in changed.values():
        one.version += 1
        if one.is_disordered:
            _recount(tx, one, rules)
    tickets.opened = {id_ for id_ in changed if id_ not in tickets.before}
    _adopt(tx, [changed[id_] for id_ in tickets.opened if changed[id_].conversation_id in tickets.idle], rules)
    standings.add(tx, [_figures(one) for id_, one in changed.items() if id_ in tickets.opened])
    standings.change(
        tx, [(tickets.rows[id_], _figures(one)) for id_, one in sorted(changed.items()) if id_ not in tickets.opened]
    )
    counters.change(tx, _moves(tickets, changed))
    _touch_conversations(tx, new)


def _stand(new: list[Heard], tickets: Tickets, rules: Rules) -> dict[int, Standing]:
    """What the tickets' figures become; those that something was said in."""
    changed: dict[int, Standing] = {}
    for heard in new:
        if heard.ticket is None:
            continue
        was = heard.ticket.state
        standing.hear(
            heard.ticket,
            Utterance(heard.id, heard.direction, heard.said.sent_at, heard.text),
            is_archive=rules.is_archive,
        )
        changed[heard.ticket.id] = heard.ticket
        if heard.ticket.id in tickets.before and was == State.RESOLVED and heard.ticket.state == State.OPEN:
            tickets.reopened.add(heard.ticket.id)
    return changed


def _adopt(tx: Transaction, opened: list[Standing], rules: Rules) -> None:
    """Words of ours that waited in a conversation for somebody to answer them belong to the ticket that he has opened."""
    adopted = intake.adopt(tx, {one.conversation_id: one.id for one in opened})
    for one in opened:
        if one.id in adopted:
            _recount(tx, one, rules)


def _recount(tx: Transaction, one: Standing, rules: Rules) -> None:
    standing.recount(one, reckoning.utterances(tx, one.id), is_archive=rules.is_archive)


_figures = attrgetter(*standings.STANDING)


def _moves(tickets: Tickets, changed: dict[int, Standing]) -> dict[tuple[int, int, int, str], int]:
    moves: dict[tuple[int, int, int, str], int] = {}
    for id_, one in changed.items():
        before, after = tickets.before.get(id_), recognising.place_of(one)
        if before != after:
            moves[after] = moves.get(after, 0) + 1
            if before is not None:
                moves[before] = moves.get(before, 0) - 1
    return {place: change for place, change in moves.items() if change}


def _touch_conversations(tx: Transaction, new: list[Heard]) -> None:
    newest: dict[int, Heard] = {}
    for heard in new:
        if heard.conversation is not None:
            newest[heard.conversation.id] = heard
    intake.touch_conversations(tx, [(id_, heard.said.sent_at, heard.id) for id_, heard in sorted(newest.items())])


def _record(tx: Transaction, new: list[Heard], known: Known) -> None:
    """One event per message, before it one for the ticket that it opened or reopened."""
    facts: list[events.Fact] = []
    told: set[int] = set()
    for heard in new:
        ticket_id = heard.ticket.id if heard.ticket else None
        place = (heard.channel_id, heard.conversation.id if heard.conversation else None, ticket_id)
        by = Actor(ActorKind.CONTACT, heard.handle.contact_id) if heard.handle else SYSTEM
        if ticket_id is not None and ticket_id not in told:
            told.add(ticket_id)
            if ticket_id in known.tickets.opened:
                facts.append(events.Fact("ticket.opened", by, *place))
            elif ticket_id in known.tickets.reopened:
                facts.append(events.Fact("ticket.reopened", by, *place))
        kind = "message.received" if heard.direction is Direction.IN else "message.echoed"
        facts.append(events.Fact(kind, by, *place, {"message": heard.id}))
    events.record_all(tx, facts, known.fresh)
