"""The figures of tickets on the way in: read and written for a whole batch at once, in plain SQL."""

from collections.abc import Collection, Sequence
from operator import itemgetter
from typing import Any

from bot.model.columns import table
from bot.model.ticket import Ticket
from bot.store import bulk, driver
from bot.store.transaction import Transaction

STANDING = (
    "id", "conversation_id", "channel_id", "contact_id", "team_id", "assignee_id", "state", "language", "contact_name",
    "is_public", "opened_at", "first_message_at", "last_message_at", "last_message_id", "preview", "last_direction",
    "message_count", "unanswered_count", "last_answer_at", "first_response_at", "waiting_since", "snoozed_until",
    "resolved_at", "version",
)  # fmt: skip
_MOMENTS = tuple(name.endswith(("_at", "_since", "_until")) for name in STANDING)


def of_conversations(tx: Transaction, conversation_ids: Collection[int]) -> list[list[Any]]:
    """Every ticket of these conversations, locked, oldest first, in the order of `STANDING`."""
    condition, wanted = bulk.among(tx, "conversation_id", conversation_ids)
    lock = " FOR UPDATE" if tx.dialect == "postgresql" else ""
    found = driver.ask(
        tx.connection, f"SELECT {', '.join(STANDING)} FROM ticket WHERE {condition} ORDER BY id{lock}", (wanted,)
    )
    return [
        [
            bulk.moment(value) if is_moment and value is not None else value
            for value, is_moment in zip(row, _MOMENTS, strict=True)
        ]
        for row in found
    ]


def add(tx: Transaction, rows: Sequence[Sequence[Any]]) -> None:
    """New tickets, in the order of `STANDING`."""
    columns = (*STANDING, "routing_reason", "priority", "tags")
    bulk.insert(tx, table(Ticket), columns, [(*row, "", "normal", "") for row in rows])


_GROWING = (
    "last_message_at",
    "last_message_id",
    "preview",
    "last_direction",
    "message_count",
    "unanswered_count",
    "version",
)
_grown = itemgetter(*(STANDING.index(name) for name in ("id", *_GROWING)))
_lasting = itemgetter(*(place for place, name in enumerate(STANDING) if name not in _GROWING))


def change(tx: Transaction, changed: Sequence[tuple[Sequence[Any], Sequence[Any]]]) -> None:
    """The figures of tickets before and after, in the order of `STANDING`.

    Most have only grown by a message. What is not set leaves its indexes alone, and there are many.
    """
    grown = [_grown(after) for before, after in changed if _lasting(before) == _lasting(after)]
    others = [(after[0], *after[6:]) for before, after in changed if _lasting(before) != _lasting(after)]
    bulk.update(tx, table(Ticket), "id", _GROWING, grown)
    bulk.update(tx, table(Ticket), "id", STANDING[6:], others)
