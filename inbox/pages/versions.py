"""One version of the bot: its figures with the examples behind each; and two versions over the week's messages."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta

from aiohttp import web

from bot.autoreply import errand, measures
from bot.autoreply.measures import Said
from bot.desk.intents import LANGUAGES
from bot.store import intents as kept
from bot.store import messages, trained
from bot.store.intents import Book
from bot.store.messages import Heard
from bot.store.trained import TrainedRow, Unseen
from bot.store.transaction import Transaction
from inbox import curves, sheets

MOST_ROWS = 200
WEEK = timedelta(days=7)
MOST_MESSAGES = 300
MOST_CHANGES = 50


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a version would make of a message: the intent, and whether it is sure enough to answer."""

    intent: str
    probability: float
    is_answer: bool


@dataclass(frozen=True, slots=True)
class Compared:
    """A message, and what the two make of it."""

    heard: Heard
    one: Verdict
    other: Verdict

    @property
    def kind(self) -> str:
        """both_answer, only_one, only_other, or neither."""
        if self.one.is_answer and self.other.is_answer:
            return "both_answer"
        return "only_one" if self.one.is_answer else "only_other" if self.other.is_answer else "neither"

    @property
    def is_change(self) -> bool:
        """Whether the contact would notice."""
        return self.kind in ("only_one", "only_other") or (
            self.kind == "both_answer" and self.one.intent != self.other.intent
        )


async def show(request: web.Request) -> web.Response:
    """One version: its figures, and the examples behind each."""
    id_ = sheets.number(request, "version")
    frame, (book, version, unseen) = await sheets.look(
        request, lambda tx: (kept.book(tx), trained.find(tx, id_), trained.unseen(tx, id_))
    )
    rows = _rows(book, unseen)
    shown = _asked_for(rows, request.query)
    texts = {each.id: each.text for one in book.intents for each in one.examples}
    return sheets.page(
        request, "training/show.html", frame, "intents", book=book, version=version,
        shown=shown[:MOST_ROWS], count=len(shown), texts=texts, titles=_titles(request, book),
        threshold=measures.threshold(version.figures, book.target) if version.is_ready else None,
        asked={name: request.query.get(name, "") for name in ("meant", "said", "from")},
        curve=curves.of(request, version),
    )  # fmt: skip


async def compare(request: web.Request) -> web.Response:
    """What would change if the other version decided. Both are asked in a process of their own."""
    ids = (_id(request, "one"), _id(request, "other"))
    frame, (book, pair, bodies, heard) = await sheets.look(request, lambda tx: _pair(tx, ids))
    told = await errand.told(bodies, [each.text for each in heard]) if heard else None
    rows = []
    if told:
        first, second = (_verdicts(book, version, said) for version, said in zip(pair, told.said, strict=True))
        rows = [Compared(*each) for each in zip(heard, first, second, strict=True)]
    return sheets.page(
        request, "training/comparison.html", frame, "intents", book=book, one=pair[0], other=pair[1], rows=rows,
        kinds=Counter(row.kind for row in rows), differ=sum(row.one.intent != row.other.intent for row in rows),
        changes=[row for row in rows if row.is_change][:MOST_CHANGES], titles=_titles(request, book),
    )  # fmt: skip


def _pair(tx: Transaction, ids: tuple[int, int]) -> tuple[Book, list[TrainedRow], list[bytes], list[Heard]]:
    heard = messages.heard_since(tx, tx.now - WEEK, LANGUAGES, MOST_MESSAGES)
    return kept.book(tx), [trained.find(tx, id_) for id_ in ids], [trained.body(tx, id_) for id_ in ids], heard


def _verdicts(book: Book, version: TrainedRow, said: tuple[tuple[str, float], ...]) -> list[Verdict]:
    threshold = measures.threshold(version.figures, book.target)
    return [
        Verdict(intent, probability, is_answer=threshold is not None and probability >= threshold)
        for intent, probability in said
    ]


def _id(request: web.Request, name: str) -> int:
    text = request.query.get(name, "")
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 19 else 0


def _rows(book: Book, unseen: tuple[Unseen, ...]) -> list[Said]:
    """What was said of the examples that are still there."""
    meant = {each.id: (each.language, one.name) for one in book.intents for each in one.examples}
    return [
        Said(one.example_id, *meant[one.example_id], one.said, one.probability)
        for one in unseen
        if one.example_id in meant
    ]


def _asked_for(rows: list[Said], query: Mapping[str, str]) -> list[Said]:
    """Those that were wrong, of a pair, or of an intent, or from a probability on; the surest first."""
    meant, said, since = query.get("meant", ""), query.get("said", ""), _number(query.get("from", ""))
    found = [
        one
        for one in rows
        if not one.is_right and meant in ("", one.meant) and said in ("", one.said) and one.probability >= since
    ]
    return sorted(found, key=lambda one: -one.probability)


def _number(text: str) -> float:
    try:
        return float(text[:20])
    except ValueError:
        return 0.0


def _titles(request: web.Request, book: Book) -> dict[str, tuple[int, str]]:
    """What intents are called now, and where their pages are; those that have gone keep their names."""
    locale = sheets.words_of(request).locale
    return {one.name: (one.id, one.title(locale)) for one in book.intents}
