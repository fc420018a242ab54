"""Files that leave with our words: laid beside a draft, then attachments of the message, and back when it is undone.

What they hold is in `Media` from the beginning; here only names move. A file that leaves was kept before its message was written.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, and_, delete, func, insert, select, update

from bot import wire
from bot.model.columns import table
from bot.model.draft import Enclosure
from bot.model.message import Attachment, Media
from bot.store import bulk, numbers, parts
from bot.store.media import Found
from bot.store.parts import Part
from bot.store.transaction import Transaction

_ENCLOSURE, _ATTACHMENT, _MEDIA = table(Enclosure), table(Attachment), table(Media)
_SMALL = _MEDIA.alias("small")


@dataclass(frozen=True, slots=True)
class EnclosureRow:
    """A file beside a draft. `kind` is its media type; `width` and `height` are its picture's, `small_…` its thumbnail's."""

    id: int
    name: str
    alt: str
    size: int
    content: str
    thumbnail: str
    laid_at: datetime
    kind: str
    width: int
    height: int
    small_width: int
    small_height: int


@dataclass(frozen=True, slots=True)
class Writer:
    """Whose draft it is, and of which ticket."""

    ticket_id: int
    agent_id: int


def lay(tx: Transaction, writer: Writer, name: str, content: Part, thumbnail: Part | None) -> int:
    """Put a file beside the draft; its number."""
    id_ = numbers.one(tx, "enclosure")
    held = {
        "content": parts.keep(tx, content),
        "thumbnail": parts.keep(tx, thumbnail) if thumbnail else "",
        "size": len(content.body),
    }
    whose = {"ticket_id": writer.ticket_id, "agent_id": writer.agent_id}
    tx.connection.execute(insert(_ENCLOSURE).values(id=id_, **whose, name=name, alt="", laid_at=tx.now, **held))
    return id_


def of(tx: Transaction, writer: Writer) -> list[EnclosureRow]:
    """The files beside a draft, in the order in which they were laid there."""
    own = [_ENCLOSURE.c[name] for name in ("id", "name", "alt", "size", "content", "thumbnail", "laid_at")]
    small = func.coalesce(_SMALL.c.width, 0), func.coalesce(_SMALL.c.height, 0)
    question = (
        select(*own, _MEDIA.c.kind, _MEDIA.c.width, _MEDIA.c.height, *small)
        .join(_MEDIA, _MEDIA.c.hash == _ENCLOSURE.c.content)
        .outerjoin(_SMALL, _SMALL.c.hash == _ENCLOSURE.c.thumbnail)
        .where(_whose(writer))
        .order_by(_ENCLOSURE.c.id)
    )
    return [_row(row) for row in tx.connection.execute(question)]


def find(tx: Transaction, writer: Writer, id_: int, *, is_thumbnail: bool) -> Found | None:
    """What a file beside this draft holds; None when there is no such file."""
    part = _ENCLOSURE.c.thumbnail if is_thumbnail else _ENCLOSURE.c.content
    question = select(_ENCLOSURE.c.name, _MEDIA.c.kind, _MEDIA.c.body).join(_MEDIA, _MEDIA.c.hash == part)
    row = tx.connection.execute(question.where(_whose(writer), _ENCLOSURE.c.id == id_)).first()
    return Found(row.name, row.kind, bytes(row.body)) if row else None


def describe(tx: Transaction, writer: Writer, id_: int, alt: str) -> bool:
    """Say what a picture shows. False when there is no such file."""
    mine = update(_ENCLOSURE).where(_whose(writer), _ENCLOSURE.c.id == id_)
    return tx.connection.execute(mine.values(alt=alt)).rowcount == 1


def take_away(tx: Transaction, writer: Writer, id_: int) -> bool:
    """Remove a file from the draft, and what it holds unless that is used elsewhere. False when there is no such file."""
    return _forget(tx, and_(_whose(writer), _ENCLOSURE.c.id == id_)) == 1


def forget_old(tx: Transaction, age: timedelta, most: int = 100) -> int:
    """Remove files that were laid beside a draft so long ago, some at a time; how many."""
    old = select(_ENCLOSURE.c.id).where(_ENCLOSURE.c.laid_at < tx.now - age).order_by(_ENCLOSURE.c.id).limit(most)
    ids = list(tx.connection.execute(old).scalars())
    return _forget(tx, _ENCLOSURE.c.id.in_(ids)) if ids else 0


def send(tx: Transaction, rows: Sequence[EnclosureRow], message_id: int) -> None:
    """With the words they go: they are attachments of the message now, and beside the draft no more."""
    names = ("name", "size", "content", "thumbnail", "alt")
    columns = ("id", "message_id", "external_id", "kind", "url", "state", "reason", "attempts", *names)
    ids = numbers.take(tx, "attachment", len(rows))
    sent = [
        (id_, message_id, f"ours {place}", _sort(row.kind), "", "kept", "", 0, *(getattr(row, name) for name in names))
        for place, (id_, row) in enumerate(zip(ids, rows, strict=True))
    ]
    bulk.insert(tx, _ATTACHMENT, columns, sent)
    tx.connection.execute(delete(_ENCLOSURE).where(_ENCLOSURE.c.id.in_([row.id for row in rows])))


def give_back(tx: Transaction, message_id: int, writer: Writer) -> None:
    """The message is taken back before it left: its files lie beside its writer's draft again."""
    names = ("name", "alt", "size", "content", "thumbnail")
    mine = _ATTACHMENT.c.message_id == message_id
    question = select(*(_ATTACHMENT.c[name] for name in names)).where(mine).order_by(_ATTACHMENT.c.id)
    rows = tx.connection.execute(question).all()
    columns = ("id", "ticket_id", "agent_id", *names, "laid_at")
    ids = numbers.take(tx, "enclosure", len(rows))
    back = [(id_, writer.ticket_id, writer.agent_id, *row, tx.now) for id_, row in zip(ids, rows, strict=True)]
    bulk.insert(tx, _ENCLOSURE, columns, back)
    tx.connection.execute(delete(_ATTACHMENT).where(mine))


def counts(tx: Transaction, message_ids: Sequence[int]) -> dict[int, int]:
    """How many files each of these messages has; those without any are left out."""
    question = select(_ATTACHMENT.c.message_id, func.count()).where(_ATTACHMENT.c.message_id.in_(message_ids))
    return {row[0]: row[1] for row in tx.connection.execute(question.group_by(_ATTACHMENT.c.message_id))}


def leaving(tx: Transaction, message_id: int) -> tuple[wire.Enclosure, ...]:
    """The files of a message of ours, as its connector is given them."""
    question = (
        select(_ATTACHMENT.c.name, _MEDIA.c.kind, _MEDIA.c.body, _ATTACHMENT.c.alt, _MEDIA.c.width, _MEDIA.c.height)
        .join(_MEDIA, _MEDIA.c.hash == _ATTACHMENT.c.content)
        .where(_ATTACHMENT.c.message_id == message_id)
        .order_by(_ATTACHMENT.c.id)
    )
    found = tx.connection.execute(question)
    return tuple(wire.Enclosure(row.name, row.kind, bytes(row.body), row.alt, row.width, row.height) for row in found)


def _row(row: Any) -> EnclosureRow:
    return EnclosureRow(*row)


def _whose(writer: Writer) -> ColumnElement[bool]:
    return and_(_ENCLOSURE.c.ticket_id == writer.ticket_id, _ENCLOSURE.c.agent_id == writer.agent_id)


def _forget(tx: Transaction, which: ColumnElement[bool]) -> int:
    held = tx.connection.execute(select(_ENCLOSURE.c.content, _ENCLOSURE.c.thumbnail).where(which)).all()
    gone = tx.connection.execute(delete(_ENCLOSURE).where(which)).rowcount
    parts.forget(tx, {name for row in held for name in row if name})
    return gone


def _sort(kind: str) -> str:
    """The sort of attachment, as networks name theirs: image, video, audio or file."""
    sort = kind.partition("/")[0]
    return sort if sort in {"image", "video", "audio"} else "file"
