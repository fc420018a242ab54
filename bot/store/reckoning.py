"""The messages that a ticket's figures are reckoned from: all of them, or the few on which everything but their number hangs."""

from datetime import datetime
from typing import Any

from bot.model.agent import Kind
from bot.model.message import Direction
from bot.model.outbox import LOST
from bot.model.standing import Utterance
from bot.store import bulk, driver
from bot.store.transaction import Transaction

_SAID = (
    "SELECT message.id, direction, sent_at, message.text, outbox.state, agent.kind FROM message"
    " LEFT JOIN outbox ON outbox.id = message.outbox_id LEFT JOIN agent ON agent.id = message.agent_id"
    " WHERE message.ticket_id = {0}"
)
_FORWARD, _BACKWARD = " ORDER BY sent_at, message.id LIMIT 1", " ORDER BY sent_at DESC, message.id DESC LIMIT 1"
_LOST = ", ".join(f"'{state.value}'" for state in sorted(LOST))
_ARRIVED = f"direction = 'out' AND coalesce(outbox.state, '') NOT IN ({_LOST})"
_PEOPLES = f"{_ARRIVED} AND coalesce(agent.kind, '') <> '{Kind.BOT.value}'"


def utterances(tx: Transaction, ticket_id: int) -> list[Utterance]:
    """All messages of a ticket."""
    return [_utterance(row) for row in driver.ask(tx.connection, _SAID.format(bulk.mark(tx)), (ticket_id,))]


def telling(tx: Transaction, ticket_id: int) -> list[Utterance]:
    """The first message and the newest, the contact's first, our last, and the first answer of a person to the contact.

    Each is found from an end of the ticket's index, which holds them in their order, however long the ticket is.
    """
    asked = _first(tx, ticket_id, "direction = 'in'", _FORWARD)
    found = [
        asked,
        _first(tx, ticket_id, "", _FORWARD),
        _first(tx, ticket_id, "", _BACKWARD),
        _first(tx, ticket_id, _ARRIVED, _BACKWARD),
        _first(tx, ticket_id, _PEOPLES, _FORWARD, since=asked.sent_at) if asked else None,
    ]
    return list({one.id: one for one in found if one is not None}.values())


def _first(tx: Transaction, ticket_id: int, which: str, order: str, since: datetime | None = None) -> Utterance | None:
    question, values = _SAID.format(bulk.mark(tx)), list[Any]([ticket_id])
    if which:
        question += f" AND {which}"
    if since is not None:
        question += f" AND sent_at >= {bulk.mark(tx)}"
        values.append(bulk.time(tx, since))
    row = driver.first(tx.connection, question + order, values)
    return _utterance(row) if row else None


def _utterance(row: tuple[Any, ...]) -> Utterance:
    id_, way, at, text, state, kind = row
    return Utterance(id_, Direction(way), bulk.moment(at), text, is_lost=state in LOST, is_bots=kind == Kind.BOT)
