"""Canned replies."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import delete, insert, select, update

from bot import errors
from bot.model.canned_reply import CannedReply
from bot.model.columns import table
from bot.store import numbers
from bot.store.transaction import Transaction

_CANNED = table(CannedReply)


@dataclass(frozen=True, slots=True)
class CannedReplyRow:
    """Prepared words in both languages; one of the two may be empty."""

    id: int
    shortcut: str
    title: str
    text_fr: str
    text_en: str
    is_safe_in_public: bool
    is_demo: bool
    used: int

    def text(self, language: str) -> str:
        """The version for this language, or the other one where there is none."""
        return (self.text_fr or self.text_en) if language == "fr" else (self.text_en or self.text_fr)


_SHAPE = tuple(_CANNED.c[name] for name in CannedReplyRow.__dataclass_fields__)


def all(tx: Transaction) -> tuple[CannedReplyRow, ...]:  # noqa: A001  reads as canned_replies.all
    """Every canned reply, the most used first."""
    found = tx.connection.execute(select(*_SHAPE).order_by(_CANNED.c.used.desc(), _CANNED.c.shortcut))
    return tuple(_row(row) for row in found)


def find(tx: Transaction, id_: int) -> CannedReplyRow:
    """Raises NotFound."""
    row = tx.connection.execute(select(*_SHAPE).where(_CANNED.c.id == id_)).first()
    if row is None:
        raise errors.NotFound("There is no such canned reply.")
    return _row(row)


def by_shortcut(tx: Transaction, shortcut: str) -> CannedReplyRow | None:
    row = tx.connection.execute(select(*_SHAPE).where(_CANNED.c.shortcut == shortcut)).first()
    return _row(row) if row else None


def save(tx: Transaction, id_: int | None = None, **values: Any) -> int:
    """Make one, or set what is given of the one there is; its number."""
    if id_ is not None:
        tx.connection.execute(update(_CANNED).where(_CANNED.c.id == id_).values(**values))
        return id_
    new = CannedReply(id=numbers.one(tx, "canned_reply"), **values)
    tx.connection.execute(insert(_CANNED).values(new.model_dump()))
    return new.id


def remove(tx: Transaction, id_: int) -> None:
    tx.connection.execute(delete(_CANNED).where(_CANNED.c.id == id_))


def count_use(tx: Transaction, id_: int) -> None:
    """It was sent once more."""
    tx.connection.execute(update(_CANNED).where(_CANNED.c.id == id_).values(used=_CANNED.c.used + 1))


def _row(row: Any) -> CannedReplyRow:
    return CannedReplyRow(*row)
