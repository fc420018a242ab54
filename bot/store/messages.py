"""Questions about one message, and its changes after it was said."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, func, insert, select, update

from bot.model.columns import table
from bot.model.message import Direction, Message, Revision
from bot.model.ticket import Ticket
from bot.store import media, numbers
from bot.store.transaction import Transaction

_MESSAGE, _REVISION, _TICKET = table(Message), table(Revision), table(Ticket)


@dataclass(frozen=True, slots=True)
class Said:
    """What stands of a message now."""

    id: int
    conversation_id: int
    ticket_id: int | None
    text: str
    version: str
    deleted_at: datetime | None


@dataclass(frozen=True, slots=True)
class Wording:
    """What a message said until it was edited."""

    message_id: int
    text: str
    replaced_at: datetime


@dataclass(frozen=True, slots=True)
class Heard:
    """What somebody wrote to us, and in which ticket."""

    id: int
    ticket_id: int | None
    language: str
    text: str


def has_any(tx: Transaction) -> bool:
    """Whether anybody has ever said anything."""
    return tx.connection.execute(select(_MESSAGE.c.id).limit(1)).first() is not None


def by_external_id(tx: Transaction, channel_id: int, external_id: str) -> Said | None:
    """The message that the network calls so, locked."""
    row = tx.connection.execute(
        select(
            _MESSAGE.c.id,
            _MESSAGE.c.conversation_id,
            _MESSAGE.c.ticket_id,
            _MESSAGE.c.text,
            _MESSAGE.c.version,
            _MESSAGE.c.deleted_at,
        )
        .where(_MESSAGE.c.channel_id == channel_id, _MESSAGE.c.external_id == external_id)
        .with_for_update()
    ).first()
    return Said(*row) if row else None


def add_revision(tx: Transaction, said: Said, version: str, text: str) -> None:
    """Keep a wording that no longer holds. The same version is kept once."""
    if not has_revision(tx, said, version):
        tx.connection.execute(
            insert(_REVISION).values(
                id=numbers.one(tx, "revision"), message_id=said.id, version=version, text=text, replaced_at=tx.now
            )
        )


def has_revision(tx: Transaction, said: Said, version: str) -> bool:
    """Whether a wording of this version was kept already."""
    known = select(_REVISION.c.id).where(_REVISION.c.message_id == said.id, _REVISION.c.version == version)
    return tx.connection.execute(known).first() is not None


def reword(tx: Transaction, said: Said, text: str, version: str, *, is_masked: bool) -> None:
    """The author has changed it."""
    tx.connection.execute(
        update(_MESSAGE)
        .where(_MESSAGE.c.id == said.id)
        .values(text=text, version=version, is_masked=is_masked, edited_at=tx.now)
    )


def blank(tx: Transaction, said: Said) -> None:
    """The author has taken it back: its words, earlier wordings and files go; that it was there stays."""
    tx.connection.execute(delete(_REVISION).where(_REVISION.c.message_id == said.id))
    media.forget(tx, said.id)
    tx.connection.execute(update(_MESSAGE).where(_MESSAGE.c.id == said.id).values(text="", deleted_at=tx.now))


def bury(tx: Transaction, message_id: int) -> None:
    """A deletion came before its original: mark the row that stands in for it."""
    tx.connection.execute(update(_MESSAGE).where(_MESSAGE.c.id == message_id).values(text="", deleted_at=tx.now))


def touch_ticket(tx: Transaction, said: Said, preview: str) -> None:
    """Show the change in the list: a new version, and new first words where this message is the newest."""
    if said.ticket_id is None:
        return
    tx.connection.execute(
        update(_TICKET)
        .where(_TICKET.c.id == said.ticket_id, _TICKET.c.last_message_id == said.id)
        .values(preview=preview)
    )
    tx.connection.execute(update(_TICKET).where(_TICKET.c.id == said.ticket_id).values(version=_TICKET.c.version + 1))


def earlier_wordings(tx: Transaction, message_ids: Sequence[int]) -> list[Wording]:
    """How these messages read before their edits, the oldest wording first."""
    found = tx.connection.execute(
        select(_REVISION.c.message_id, _REVISION.c.text, _REVISION.c.replaced_at)
        .where(_REVISION.c.message_id.in_(message_ids))
        .order_by(_REVISION.c.replaced_at, _REVISION.c.id)
    )
    return [Wording(*row) for row in found]


def heard_since(tx: Transaction, since: datetime, languages: Sequence[str], limit: int) -> list[Heard]:
    """The latest that people wrote in these languages, the newest first, each text once."""
    newest = (
        select(func.max(_MESSAGE.c.id).label("id"))
        .where(
            _MESSAGE.c.received_at >= since,
            _MESSAGE.c.direction == Direction.IN,
            _MESSAGE.c.deleted_at.is_(None),
            _MESSAGE.c.text != "",
            _MESSAGE.c.language.in_(languages),
        )
        .group_by(_MESSAGE.c.text)
        .order_by(func.max(_MESSAGE.c.id).desc())
        .limit(limit)
        .subquery()
    )
    shape = (_MESSAGE.c.id, _MESSAGE.c.ticket_id, _MESSAGE.c.language, _MESSAGE.c.text)
    found = tx.connection.execute(
        select(*shape).join(newest, newest.c.id == _MESSAGE.c.id).order_by(_MESSAGE.c.id.desc())
    )
    return [Heard(*row) for row in found]
