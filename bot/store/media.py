"""Files of messages: which are still to be fetched, and what is kept of them.

An attachment is claimed before the network is asked, like other work; a claim that is not finished ends by itself. Its address is
kept only as long as somebody will ask there: it may hold a number that is nobody's to keep.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Select, Update, delete, func, or_, select, update

from bot import wire
from bot.model.columns import table
from bot.model.event import SYSTEM
from bot.model.message import Attachment, Media, Message
from bot.model.ticket import Ticket
from bot.store import bulk, events, parts
from bot.store.parts import Part
from bot.store.transaction import Transaction

_ATTACHMENT, _MEDIA, _MESSAGE, _TICKET = table(Attachment), table(Media), table(Message), table(Ticket)


@dataclass(frozen=True, slots=True)
class Wanted:
    """A file that is to be fetched, in hand. `attempts` counts this one."""

    id: int
    message_id: int
    ticket_id: int | None
    channel_id: int
    file: wire.Attachment
    attempts: int


@dataclass(frozen=True, slots=True)
class FileRow:
    """A file that a message names, and what became of it. `width` and `height` are its thumbnail's."""

    id: int
    message_id: int
    kind: str
    name: str
    size: int
    state: str
    reason: str
    content: str
    thumbnail: str
    alt: str
    width: int
    height: int


@dataclass(frozen=True, slots=True)
class Found:
    """What is served."""

    name: str
    kind: str
    body: bytes


def is_any(tx: Transaction) -> bool:
    """Whether a file is to be fetched now: asked before a claim, because a look costs no write."""
    return tx.connection.execute(_due(tx).limit(1)).first() is not None


def claim(tx: Transaction, limit: int, lease: timedelta) -> list[Wanted]:
    """Take files that are to be fetched, and count the attempt before it is made."""
    ids = list(tx.connection.execute(_due(tx).limit(limit).with_for_update(skip_locked=True)).scalars())
    held = {"due_at": tx.now + lease, "attempts": _ATTACHMENT.c.attempts + 1}
    tx.connection.execute(update(_ATTACHMENT).where(_ATTACHMENT.c.id.in_(ids)).values(**held))
    names = ("id", "message_id", "external_id", "kind", "name", "url", "size", "attempts")
    question = (
        select(*(_ATTACHMENT.c[name] for name in names), _MESSAGE.c.ticket_id, _MESSAGE.c.channel_id)
        .join(_MESSAGE, _MESSAGE.c.id == _ATTACHMENT.c.message_id)
        .where(_ATTACHMENT.c.id.in_(ids))
        .order_by(_ATTACHMENT.c.id)
    )
    return [
        Wanted(
            row.id,
            row.message_id,
            row.ticket_id,
            row.channel_id,
            wire.Attachment(row.external_id, row.kind, row.name, row.url, row.size),
            row.attempts,
        )
        for row in tx.connection.execute(question)
    ]


def keep(tx: Transaction, wanted: Wanted, content: Part, thumbnail: Part | None) -> bool:
    """Keep it. False when its message was taken back meanwhile: then nothing is."""
    names = {"content": parts.name(content), "thumbnail": parts.name(thumbnail) if thumbnail else ""}
    if not _finish(tx, wanted, "kept", "", **names):
        return False
    for part in (content, thumbnail):
        if part is not None:
            parts.keep(tx, part)
    _tell(tx, "attachment.kept", wanted)
    return True


def give_up(tx: Transaction, wanted: Wanted, state: str, reason: str) -> bool:
    """Nothing of it is kept: "refused" by us, "failed" at the network, "left" where nobody said where it is."""
    return _finish(tx, wanted, state, reason) and (state == "left" or _tell(tx, f"attachment.{state}", wanted))


def leave(tx: Transaction, message_ids: Sequence[int]) -> None:
    """The files of these messages are not asked for."""
    if message_ids:
        sign, (condition, wanted) = bulk.mark(tx), bulk.among(tx, "message_id", message_ids)
        statement = f"UPDATE attachment SET state = {sign}, url = '' WHERE state = '' AND {condition}"
        tx.connection.exec_driver_sql(statement, ("left", wanted))


def retry_at(tx: Transaction, wanted: Wanted, at: datetime, reason: str) -> None:
    """The same again later."""
    tx.connection.execute(_mine(wanted).values(due_at=at, reason=reason[:500]))


def of_messages(tx: Transaction, message_ids: Sequence[int]) -> list[FileRow]:
    """The files of these messages, a picture with its thumbnail's size, so that a page keeps its place."""
    names = [name for name in FileRow.__dataclass_fields__ if name not in ("width", "height")]
    size = (func.coalesce(_MEDIA.c.width, 0), func.coalesce(_MEDIA.c.height, 0))
    question = (
        select(*(_ATTACHMENT.c[name] for name in names), *size)
        .outerjoin(_MEDIA, _MEDIA.c.hash == _ATTACHMENT.c.thumbnail)
        .where(_ATTACHMENT.c.message_id.in_(message_ids))
        .order_by(_ATTACHMENT.c.id)
    )
    return [_file(row) for row in tx.connection.execute(question)]


def find(
    tx: Transaction, ticket_id: int, conversation_id: int, attachment_id: int, *, is_thumbnail: bool
) -> Found | None:
    """What is kept of a file of this ticket, or of anything else in its conversation; None when there is nothing."""
    within = (_MESSAGE.c.ticket_id == ticket_id, _MESSAGE.c.conversation_id == conversation_id)
    part = _ATTACHMENT.c.thumbnail if is_thumbnail else _ATTACHMENT.c.content
    question = (
        select(_ATTACHMENT.c.name, _MEDIA.c.kind, _MEDIA.c.body)
        .join(_MEDIA, _MEDIA.c.hash == part)
        .join(_MESSAGE, _MESSAGE.c.id == _ATTACHMENT.c.message_id)
        .where(_ATTACHMENT.c.id == attachment_id, or_(*within))
    )
    row = tx.connection.execute(question).first()
    return Found(row.name, row.kind, bytes(row.body)) if row else None


def forget(tx: Transaction, message_id: int) -> None:
    """The files of a message, and what was kept of them, unless another message sent the same."""
    mine = _ATTACHMENT.c.message_id == message_id
    held = tx.connection.execute(select(_ATTACHMENT.c.content, _ATTACHMENT.c.thumbnail).where(mine)).all()
    tx.connection.execute(delete(_ATTACHMENT).where(mine))
    parts.forget(tx, {name for row in held for name in row if name})


def _file(row: Any) -> FileRow:
    return FileRow(*row)


def _due(tx: Transaction) -> Select[tuple[int]]:
    is_due = or_(_ATTACHMENT.c.due_at.is_(None), _ATTACHMENT.c.due_at <= tx.now)
    return select(_ATTACHMENT.c.id).where(_ATTACHMENT.c.state == "", is_due).order_by(_ATTACHMENT.c.id)


def _mine(wanted: Wanted) -> Update:
    return update(_ATTACHMENT).where(_ATTACHMENT.c.id == wanted.id, _ATTACHMENT.c.attempts == wanted.attempts)


def _finish(tx: Transaction, wanted: Wanted, state: str, reason: str, **values: str) -> bool:
    done = {"state": state, "reason": reason[:500], "due_at": None, "url": "", **values}
    return tx.connection.execute(_mine(wanted).values(done)).rowcount == 1


def _tell(tx: Transaction, kind: str, wanted: Wanted) -> bool:
    """The ticket shows it: a new version, and an event that redraws it."""
    if wanted.ticket_id is not None:
        grown = update(_TICKET).where(_TICKET.c.id == wanted.ticket_id).values(version=_TICKET.c.version + 1)
        tx.connection.execute(grown)
    body = {"attachment": wanted.id, "message": wanted.message_id}
    events.record(tx, kind, by=SYSTEM, ticket_id=wanted.ticket_id, channel_id=wanted.channel_id, body=body)
    return True
