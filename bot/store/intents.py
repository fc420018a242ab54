"""Intents, with their examples and answers; and the book that holds them all."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import delete, func, insert, select, update

from bot import errors
from bot.model.canned_reply import CannedReply
from bot.model.columns import table
from bot.model.intent import ALL, Intent, IntentBook, IntentExample, key
from bot.store import bulk, canned_replies, numbers
from bot.store.canned_replies import CannedReplyRow
from bot.store.transaction import Transaction

_INTENT, _EXAMPLE, _BOOK, _CANNED = table(Intent), table(IntentExample), table(IntentBook), table(CannedReply)


@dataclass(frozen=True, slots=True)
class Example:
    """One way to say it, and where it comes from."""

    id: int
    intent_id: int
    language: str
    text: str
    origin: str
    message_id: int | None


@dataclass(frozen=True, slots=True)
class IntentRow:
    """An intent as it stands, with its answer. `examples` is filled where they are asked for."""

    id: int
    name: str
    title_fr: str
    title_en: str
    policy: str
    canned_reply_id: int | None
    place: str
    hours: str
    during: str
    question_fr: str
    question_en: str
    awaits: str
    changed_at: datetime
    answer: CannedReplyRow | None = None
    examples: tuple[Example, ...] = ()

    def title(self, language: str) -> str:
        """What people call it in this language."""
        return self.title_fr if language == "fr" else self.title_en

    def question(self, language: str) -> str:
        """What the bot asks first; empty when it answers at once."""
        return (self.question_fr or self.question_en) if language == "fr" else (self.question_en or self.question_fr)


@dataclass(frozen=True, slots=True)
class Book:
    """All that the operator taught, as it stood at one moment. Two books of the same edition are the same.

    `target`: be right at least so many times in 100. `trained_id` is the trained version at work, if any, and
    `previous_id` the one before it.
    """

    edition: int
    target: int
    trained_id: int | None
    previous_id: int | None
    intents: tuple[IntentRow, ...]

    def named(self, name: str) -> IntentRow | None:
        """The intent of this name; None when it has been removed since."""
        return next((one for one in self.intents if one.name == name), None)


_SHAPE = tuple(_INTENT.c[name] for name in IntentRow.__dataclass_fields__ if name not in ("answer", "examples"))
_EXAMPLE_SHAPE = tuple(_EXAMPLE.c[name] for name in Example.__dataclass_fields__)


def edition(tx: Transaction) -> int:
    """The book's edition: whoever keeps a book asks this first, and reads it again only when it has grown."""
    found: int = tx.connection.execute(select(_BOOK.c.edition).where(_BOOK.c.id == ALL)).scalar_one()
    return found


def book(tx: Transaction) -> Book:
    """All intents with their answers and examples, by name."""
    row = tx.connection.execute(
        select(_BOOK.c.edition, _BOOK.c.target, _BOOK.c.trained_id, _BOOK.c.previous_id).where(_BOOK.c.id == ALL)
    ).one()
    examples: dict[int, list[Example]] = {}
    for each in tx.connection.execute(select(*_EXAMPLE_SHAPE).order_by(_EXAMPLE.c.id)):
        examples.setdefault(each.intent_id, []).append(Example(*each))
    found = (replace(one, examples=tuple(examples.get(one.id, ()))) for one in all(tx))
    return Book(*row, tuple(found))


def all(tx: Transaction) -> tuple[IntentRow, ...]:  # noqa: A001  reads as intents.all
    """Every intent with its answer, by name, without examples."""
    answers = {one.id: one for one in canned_replies.all(tx)}
    found = tx.connection.execute(select(*_SHAPE).order_by(_INTENT.c.name))
    return tuple(replace(_row(row), answer=answers.get(row.canned_reply_id)) for row in found)


def find(tx: Transaction, id_: int) -> IntentRow:
    """An intent with its answer and examples. Raises NotFound."""
    row = tx.connection.execute(select(*_SHAPE).where(_INTENT.c.id == id_)).first()
    if row is None:
        raise errors.NotFound("There is no such intent.")
    answer = canned_replies.find(tx, row.canned_reply_id) if row.canned_reply_id else None
    told = tx.connection.execute(select(*_EXAMPLE_SHAPE).where(_EXAMPLE.c.intent_id == id_).order_by(_EXAMPLE.c.id))
    return replace(_row(row), answer=answer, examples=tuple(Example(*each) for each in told))


def by_name(tx: Transaction, name: str) -> int | None:
    """The number of the intent of this name."""
    found: int | None = tx.connection.execute(select(_INTENT.c.id).where(_INTENT.c.name == name)).scalar()
    return found


def answering_with(tx: Transaction, canned_reply_id: int) -> tuple[IntentRow, ...]:
    """The intents whose answer is this canned reply."""
    found = tx.connection.execute(select(*_SHAPE).where(_INTENT.c.canned_reply_id == canned_reply_id))
    return tuple(_row(row) for row in found)


def save(tx: Transaction, id_: int | None = None, **values: Any) -> int:
    """Make one, or set what is given of the one there is; its number."""
    values["changed_at"] = tx.now
    if id_ is not None:
        tx.connection.execute(update(_INTENT).where(_INTENT.c.id == id_).values(**values))
        return id_
    new = Intent(id=numbers.one(tx, "intent"), **values)
    tx.connection.execute(insert(_INTENT).values(new.model_dump()))
    return new.id


def remove(tx: Transaction, id_: int) -> None:
    """With its examples."""
    tx.connection.execute(delete(_EXAMPLE).where(_EXAMPLE.c.intent_id == id_))
    tx.connection.execute(delete(_INTENT).where(_INTENT.c.id == id_))


def counts(tx: Transaction) -> dict[int, dict[str, int]]:
    """How many examples each intent has, by language."""
    each = select(_EXAMPLE.c.intent_id, _EXAMPLE.c.language, func.count()).group_by(
        _EXAMPLE.c.intent_id, _EXAMPLE.c.language
    )
    found: dict[int, dict[str, int]] = {}
    for intent_id, language, count in tx.connection.execute(each):
        found.setdefault(intent_id, {})[language] = count
    return found


def owners(tx: Transaction, language: str, texts: Iterable[str]) -> dict[str, int]:
    """Of these texts those that are examples already, as they are compared: key → the intent that has it."""
    keys = [key(text) for text in texts]
    found = tx.connection.execute(
        select(_EXAMPLE.c.key, _EXAMPLE.c.intent_id).where(_EXAMPLE.c.language == language, _EXAMPLE.c.key.in_(keys))
    )
    return {row.key: row.intent_id for row in found}


def add_examples(
    tx: Transaction, intent_id: int, language: str, texts: Sequence[str], *, origin: str, message_id: int | None = None
) -> None:
    """Keep new ways to say it. What is an example of any intent already is passed over."""
    columns = ("id", "intent_id", "language", "text", "key", "origin", "message_id")
    ids = numbers.take(tx, "intent_example", len(texts))
    rows = [
        (id_, intent_id, language, text, key(text), origin, message_id) for id_, text in zip(ids, texts, strict=True)
    ]
    bulk.insert(tx, _EXAMPLE, columns, rows, ignore="language, key")


def drop_examples(tx: Transaction, ids: Iterable[int]) -> None:
    tx.connection.execute(delete(_EXAMPLE).where(_EXAMPLE.c.id.in_(list(ids))))


def hold_book(tx: Transaction) -> None:
    """Nobody else changes what holds for all until this transaction ends."""
    tx.connection.execute(select(_BOOK.c.id).where(_BOOK.c.id == ALL).with_for_update())


def drop_examples_of(tx: Transaction, message_id: int) -> bool:
    """Whether any example was taken from this message; none is any more."""
    return tx.connection.execute(delete(_EXAMPLE).where(_EXAMPLE.c.message_id == message_id)).rowcount > 0


def turn_page(tx: Transaction) -> int:
    """The book has changed; its new edition."""
    grown = update(_BOOK).where(_BOOK.c.id == ALL).values(edition=_BOOK.c.edition + 1).returning(_BOOK.c.edition)
    new: int = tx.connection.execute(grown).scalar_one()
    return new


def set_book(tx: Transaction, **values: Any) -> None:
    """Set what holds for all: `target`, `trained_id`, `previous_id`."""
    tx.connection.execute(update(_BOOK).where(_BOOK.c.id == ALL).values(**values))


def _row(row: Any) -> IntentRow:
    return IntentRow(*row)
