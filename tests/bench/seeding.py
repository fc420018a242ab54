"""A large desk, written straight into the tables of a migrated database: what a year of customers leaves behind.

Each ticket has a contact, a handle, a conversation and one message. Seven of ten are resolved; the rest stand in the queue.
Columns and their defaults come from the nouns themselves, so that a new column needs nothing here.
"""

import sqlite3
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import psycopg
import sqlalchemy
from sqlalchemy import JSON
from sqlmodel import SQLModel

from bot.model.columns import Instant, microseconds, table
from bot.model.contact import Contact, Handle
from bot.model.conversation import Conversation
from bot.model.message import Direction, Message
from bot.model.ticket import Counter, State, Ticket
from bot.store.rows import Place
from tests.bench.messages import WORDS

_BETWEEN = timedelta(seconds=7)
_FIRST = 1_000_000  # numbers below stay free for what the product made before


@dataclass(frozen=True, slots=True)
class Seeded:
    """The numbers of what was written, and a place in the middle of the queue, as its pages name places."""

    tickets: range
    long_ticket: int
    middle: str


def seed(url: str, channel_id: int, tickets: int, *, messages_in_the_last: int = 50) -> Seeded:
    """Write `tickets` tickets for a channel; the last has a conversation of many messages. The product must not run meanwhile."""
    numbers = range(_FIRST, _FIRST + tickets)
    now = datetime.now(UTC)
    desk = _Desk(channel_id, now, tickets, messages_in_the_last)
    made = sqlalchemy.make_url(url)
    into = _Sqlite(str(made.database)) if made.get_backend_name() == "sqlite" else _Postgres(url)
    into.fill(Contact, map(desk.contact, numbers))
    into.fill(Handle, map(desk.handle, numbers))
    into.fill(Conversation, map(desk.conversation, numbers))
    into.fill(Ticket, map(desk.ticket, numbers))
    into.fill(Message, desk.messages(numbers))
    into.fill(Counter, desk.counters(numbers))
    into.finish(_FIRST + tickets + messages_in_the_last)
    middle = numbers[len(numbers) // 2]
    return Seeded(numbers, numbers[-1], str(Place(desk.at(middle), middle)))


class _Desk:
    """The rows, each from its number alone."""

    def __init__(self, channel_id: int, now: datetime, tickets: int, messages_in_the_last: int) -> None:
        self._channel_id = channel_id
        self._start = now - _BETWEEN * (tickets + 1)
        self._last = _FIRST + tickets - 1
        self._long = messages_in_the_last

    def at(self, number: int) -> datetime:
        return self._start + _BETWEEN * (number - _FIRST)

    def state(self, number: int) -> State:
        if number == self._last or number % 10 in (1, 4):
            return State.OPEN
        return State.WAITING if number % 10 == 7 else State.RESOLVED

    def contact(self, number: int) -> dict[str, Any]:
        return {"id": number, "name": f"Person {number}", "language": "fr", "created_at": self.at(number)}

    def handle(self, number: int) -> dict[str, Any]:
        person = f"seeded-{number}"
        return {"id": number, "contact_id": number, "network": "signed", "external_id": person, "username": person}

    def conversation(self, number: int) -> dict[str, Any]:
        return {
            "id": number, "channel_id": self._channel_id, "external_id": f"c-seeded-{number}", "contact_id": number,
            "created_at": self.at(number), "last_message_at": self.at(number), "last_message_id": number,
        }  # fmt: skip

    def ticket(self, number: int) -> dict[str, Any]:
        at, state = self.at(number), self.state(number)
        is_resolved = state is State.RESOLVED
        return {
            "id": number, "conversation_id": number, "channel_id": self._channel_id, "contact_id": number,
            "routing_reason": "", "state": state.value, "language": "fr", "contact_name": f"Person {number}",
            "preview": WORDS[number % len(WORDS)][:120], "message_count": 1, "opened_at": at, "first_message_at": at,
            "unanswered_count": int(state is State.OPEN), "last_message_at": at, "last_message_id": number,
            "waiting_since": at if state is State.OPEN else None, "resolved_at": at if is_resolved else None,
        }  # fmt: skip

    def message(self, number: int, ticket: int) -> dict[str, Any]:
        at = self.at(number)
        return {
            "id": number, "channel_id": self._channel_id, "conversation_id": ticket, "ticket_id": ticket, "handle_id": ticket,
            "direction": Direction.IN.value, "external_id": f"seeded-{number}", "text": WORDS[number % len(WORDS)],
            "language": "fr", "sent_at": at, "received_at": at,
        }  # fmt: skip

    def messages(self, numbers: range) -> Iterator[dict[str, Any]]:
        for number in numbers:
            yield self.message(number, number)
        for number in range(self._last + 1, self._last + self._long):
            yield self.message(number, self._last)

    def counters(self, numbers: range) -> Iterator[dict[str, Any]]:
        counts = dict.fromkeys(State, 0)
        for number in numbers:
            counts[self.state(number)] += 1
        for state, count in counts.items():
            yield {
                "channel_id": self._channel_id,
                "team_id": 0,
                "assignee_id": 0,
                "state": state.value,
                "slot": 0,
                "tickets": count,
            }


def _defaults(noun: type[SQLModel]) -> dict[str, Any]:
    """What a new row of this noun holds where nothing is said."""
    return {
        name: field.get_default(call_default_factory=True)
        for name, field in noun.model_fields.items()
        if not field.is_required()
    }


def _columns(noun: type[SQLModel]) -> list[str]:
    """All columns but those that the database numbers by itself."""
    return [column.name for column in table(noun).columns if not (column.name == "id" and column.autoincrement)]


class _Sqlite:
    def __init__(self, file: str) -> None:
        self._connection = sqlite3.connect(file, isolation_level=None)
        self._connection.executescript("pragma synchronous=off; pragma cache_size=-200000; pragma foreign_keys=off")

    def fill(self, noun: type[SQLModel], rows: Iterable[dict[str, Any]]) -> None:
        names, defaults = _columns(noun), _defaults(noun)
        times = {column.name for column in table(noun).columns if isinstance(column.type, Instant)}
        signs = ", ".join("?" * len(names))
        self._connection.execute("begin")
        self._connection.executemany(
            f"insert into {table(noun).name} ({', '.join(names)}) values ({signs})",
            (tuple(_stored(row.get(name, defaults.get(name)), name in times) for name in names) for row in rows),
        )
        self._connection.execute("commit")

    def finish(self, free: int) -> None:
        """Let the product number its own rows from `free` on, and know the size of its tables."""
        for noun in ("contact", "handle", "conversation", "ticket", "message"):
            self._connection.execute(
                "insert into sequence (name, value) values (?, ?) on conflict (name) do update set value = excluded.value",
                (noun, free),
            )
        self._connection.execute("pragma analysis_limit=1000")
        self._connection.executescript("analyze; pragma wal_checkpoint(truncate)")
        self._connection.close()


def _stored(value: Any, is_time: bool) -> Any:
    return microseconds(value) if is_time and value is not None else value


class _Postgres:
    def __init__(self, url: str) -> None:
        self._connection = psycopg.connect(url, autocommit=True)

    def fill(self, noun: type[SQLModel], rows: Iterable[dict[str, Any]]) -> None:
        made = table(noun)
        names, defaults = [name for name in _columns(noun) if name != "xid"], _defaults(noun)
        if any(isinstance(column.type, JSON) for column in made.columns):
            raise ValueError(f"{made.name} has a JSON column, which is not seeded")
        with (
            self._connection.cursor() as cursor,
            cursor.copy(f"copy {made.name} ({', '.join(names)}) from stdin") as copy,
        ):
            for row in rows:
                copy.write_row([row.get(name, defaults.get(name)) for name in names])

    def finish(self, free: int) -> None:
        for noun in ("contact", "handle", "conversation", "ticket", "message"):
            self._connection.execute("select setval(%s::regclass, %s)", (f"number_of_{noun}", free))
        self._connection.execute("vacuum analyze")
        self._connection.close()
