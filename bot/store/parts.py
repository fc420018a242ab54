"""What files hold, kept once however often it is sent: by its SHA-256, until nothing names it any more."""

import hashlib
from collections.abc import Collection
from dataclasses import dataclass

from sqlalchemy import Table, delete, or_, select

from bot.model.columns import table
from bot.model.draft import Enclosure
from bot.model.message import Attachment, Media
from bot.store import bulk
from bot.store.transaction import Transaction

_MEDIA, _NAMED_BY = table(Media), (table(Attachment), table(Enclosure))


@dataclass(frozen=True, slots=True)
class Part:
    """Bytes to keep and to serve under `kind`, as `desk/picturing` made them. Other files than pictures have no size."""

    kind: str
    body: bytes
    width: int = 0
    height: int = 0


def keep(tx: Transaction, part: Part) -> str:
    """Keep it, unless the same is kept already; the name under which it is found."""
    row = (name(part), part.kind, part.body, part.width, part.height, tx.now)
    bulk.insert(tx, _MEDIA, ("hash", "kind", "body", "width", "height", "kept_at"), [row], ignore="hash")
    return row[0]


def name(part: Part) -> str:
    """Under which name it is found."""
    return hashlib.sha256(part.body).hexdigest()


def forget(tx: Transaction, names: Collection[str]) -> None:
    """Remove these as far as no message and no draft names them."""
    for one in sorted(names):
        if not any(_is_used(tx, noun, one) for noun in _NAMED_BY):
            tx.connection.execute(delete(_MEDIA).where(_MEDIA.c.hash == one))


def _is_used(tx: Transaction, noun: Table, name: str) -> bool:
    used = select(noun.c.id).where(or_(noun.c.content == name, noun.c.thumbnail == name)).limit(1)
    return tx.connection.execute(used).first() is not None
