"""What was understood of messages: which are still to be understood, what came of it, and what people corrected.

Whoever understands follows the event log by a cursor, as the indexer does: the way in is not made longer by it. What was
understood, what follows from it and the cursor are one commit, so that nothing is understood twice or left out.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select

from bot.model.channel import Channel
from bot.model.columns import table
from bot.model.contact import Handle
from bot.model.message import Direction, Message
from bot.model.understanding import Correction, Subject, Understanding
from bot.store import bulk, driver, events, numbers
from bot.store.events import Position
from bot.store.transaction import Transaction

CURSOR = "understanding"

_MESSAGE, _HANDLE, _CHANNEL = table(Message), table(Handle), table(Channel)
_UNDERSTANDING, _CORRECTION = table(Understanding), table(Correction)


@dataclass(frozen=True, slots=True)
class Heard:
    """A message that somebody wrote to us, as far as it is needed to understand and to answer it."""

    id: int
    channel_id: int
    conversation_id: int
    ticket_id: int | None
    text: str
    language: str
    is_public: bool
    sent_at: datetime
    received_at: datetime
    deleted_at: datetime | None
    username: str
    has_bot: bool
    channel_language: str


@dataclass(frozen=True, slots=True)
class Unread:
    """What came after a place in the log: its messages, and the place and time of its last event. `until` None: nothing came."""

    since: Position
    until: Position | None
    oldest: events.Recorded | None
    heard: tuple[Heard, ...]


@dataclass(frozen=True, slots=True)
class UnderstandingRow:
    """What is known of a message: what was understood, and what a person corrected, which wins."""

    message_id: int
    language: str
    intent: str
    probability: float
    sureness: str
    guesses: tuple[tuple[str, float], ...]
    mood: str
    mood_probability: float
    urgency: str
    dangers: tuple[str, ...]
    version: str
    understood_at: datetime
    meant_intent: str | None = None
    meant_mood: str | None = None

    @property
    def now_intent(self) -> str:
        return self.intent if self.meant_intent is None else self.meant_intent

    @property
    def now_mood(self) -> str:
        return self.mood if self.meant_mood is None else self.meant_mood


_HEARD = (
    select(
        *(_MESSAGE.c[name] for name in tuple(Heard.__dataclass_fields__)[:10]),
        _HANDLE.c.username,
        _CHANNEL.c.has_bot,
        _CHANNEL.c.language.label("channel_language"),
    )
    .join(_CHANNEL, _CHANNEL.c.id == _MESSAGE.c.channel_id)
    .outerjoin(_HANDLE, _HANDLE.c.id == _MESSAGE.c.handle_id)
)


def unread(tx: Transaction, limit: int) -> Unread:
    """The next events of the log, and those of their messages that somebody wrote to us."""
    since = reached(tx)
    found = events.after(tx, since, limit)
    said = [one.body["message"] for one in found if one.kind == "message.received"]
    return Unread(since, found[-1].position if found else None, found[0] if found else None, heard(tx, said))


def heard(tx: Transaction, ids: Iterable[int]) -> tuple[Heard, ...]:
    """These messages in their order."""
    asked = list(ids)
    found: list[Any] = list(tx.connection.execute(_HEARD.where(_MESSAGE.c.id.in_(asked)))) if asked else []
    rows = {row.id: Heard(*row) for row in found}
    return tuple(rows[id_] for id_ in asked if id_ in rows)


def last_asked(tx: Transaction, ticket_id: int) -> int | None:
    """What the contact said last in a ticket, and has not taken back."""
    theirs = (_MESSAGE.c.ticket_id == ticket_id, _MESSAGE.c.direction == Direction.IN, _MESSAGE.c.deleted_at.is_(None))
    newest = select(_MESSAGE.c.id).where(*theirs).order_by(_MESSAGE.c.sent_at.desc(), _MESSAGE.c.id.desc())
    return tx.connection.execute(newest.limit(1)).scalar()


def reached(tx: Transaction) -> Position:
    """How far the log has been understood."""
    sign = bulk.mark(tx)
    row = driver.first(tx.connection, f"SELECT xid, event_id FROM cursor WHERE name = {sign}", (CURSOR,))
    return Position(row[0], row[1]) if row else Position()


def reach(tx: Transaction, upto: Position) -> None:
    """All up to here is understood."""
    sign = bulk.mark(tx)
    driver.run(
        tx.connection,
        f"INSERT INTO cursor (name, xid, event_id) VALUES ({sign}, {sign}, {sign})"
        " ON CONFLICT (name) DO UPDATE SET xid = excluded.xid, event_id = excluded.event_id",
        (CURSOR, upto.xid, upto.id),
    )


def keep(tx: Transaction, rows: Sequence[UnderstandingRow]) -> None:
    """Keep what was understood. What is known of a message already stays."""
    names = (
        "message_id", "language", "intent", "probability", "sureness", "guesses", "mood", "mood_probability", "urgency",
        "dangers", "version", "understood_at",
    )  # fmt: skip
    given = [
        tuple(
            {"guesses": [list(one) for one in row.guesses], "dangers": ",".join(row.dangers)}.get(
                name, getattr(row, name)
            )
            for name in names
        )
        for row in rows
    ]
    bulk.insert(tx, _UNDERSTANDING, names, given, ignore="message_id")


def of_messages(tx: Transaction, ids: Iterable[int]) -> dict[int, UnderstandingRow]:
    """What is known of these messages, by their numbers."""
    wanted = list(ids)
    columns = tuple(_UNDERSTANDING.c[name] for name in tuple(UnderstandingRow.__dataclass_fields__)[:-2])
    found = tx.connection.execute(select(*columns).where(_UNDERSTANDING.c.message_id.in_(wanted))).all()
    meant: dict[tuple[int, str], str] = {
        (row.message_id, row.subject): row.meant
        for row in tx.connection.execute(select(_CORRECTION).where(_CORRECTION.c.message_id.in_(wanted)))
    }
    return {row.message_id: _row(row, meant) for row in found}


def correct(tx: Transaction, message_id: int, subject: Subject, *, said: str, meant: str, agent_id: int | None) -> None:
    """A person says what was meant; the last word counts."""
    sign = bulk.mark(tx)
    driver.run(
        tx.connection,
        "INSERT INTO correction (id, message_id, subject, said, meant, agent_id, corrected_at)"
        f" VALUES ({', '.join([sign] * 7)}) ON CONFLICT (message_id, subject) DO UPDATE SET meant = excluded.meant,"
        " agent_id = excluded.agent_id, corrected_at = excluded.corrected_at",
        (
            numbers.one(tx, "correction"), message_id, subject.value, said, meant, agent_id, bulk.time(tx, tx.now),
        ),
    )  # fmt: skip


def _row(row: Any, meant: dict[tuple[int, str], str]) -> UnderstandingRow:
    guesses = tuple((str(name), float(probability)) for name, probability in row.guesses)
    dangers = tuple(row.dangers.split(",")) if row.dangers else ()
    return UnderstandingRow(
        row.message_id, row.language, row.intent, row.probability, row.sureness, guesses, row.mood, row.mood_probability,
        row.urgency, dangers, row.version, row.understood_at,
        meant.get((row.message_id, Subject.INTENT)), meant.get((row.message_id, Subject.MOOD)),
    )  # fmt: skip
