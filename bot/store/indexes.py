"""The full-text indexes: FTS5 on SQLite, GIN over `tsvector` on PostgreSQL, both filled with words that are folded here.

`words` is the only place that knows what a word is. What is asked is folded by it too, so that both databases find the same,
with or without accents, and neither needs an extension. What is indexed is the text as it is stored: masked.
"""

import re
import unicodedata
from collections.abc import Collection, Iterable, Sequence
from typing import Literal

from bot.store import bulk, driver
from bot.store.transaction import Transaction

Index = Literal["search_message", "search_contact"]

LONGEST = 40  # characters of a word that are looked at
MOST = 2_000  # words of a text
READ = 20_000  # characters of a text
PREFIX = 3  # letters from which on the last word asked may be a beginning
RECENT = 5_000  # rows of PostgreSQL's that are looked through before its index is asked
SCARCE = 20_000  # hits that are sorted at the most
_WORD = re.compile(r"[^\W_]+")
_LIGATURES = str.maketrans({"œ": "oe", "æ": "ae", "ø": "o", "ł": "l", "đ": "d"})


def words(text: str) -> list[str]:
    """The words of a text without case and accents, in their order: "L’Été, œuvre" is l, ete, oeuvre."""
    return [word[:LONGEST] for word in _WORD.findall(folded(text))[:MOST]]


def folded(text: str) -> str:
    """The beginning of a text without case and accents.

    Marks of its own go before it is taken apart: putting a long run of them into order takes time by the square of its length.
    """
    bare = _without_marks(text[:READ].casefold().translate(_LIGATURES))
    return _without_marks(unicodedata.normalize("NFKD", bare))


def _without_marks(text: str) -> str:
    return text if text.isascii() else "".join(sign for sign in text if not unicodedata.combining(sign))


def keep(tx: Transaction, index: Index, texts: Iterable[tuple[int, str]]) -> None:
    """Let these numbers be found by these texts, and by nothing that they said before. An empty text is not found."""
    given = [(number, words(text)) for number, text in texts]
    if not given:
        return
    forget(tx, index, [number for number, _ in given])
    told = [(number, _stored(tx, found)) for number, found in given if found]
    if tx.dialect == "sqlite":
        driver.run_many(tx.connection, f"INSERT INTO {index} (rowid, words) VALUES (?, ?)", told)
        return
    # A tsvector is written as its text: words hold letters and digits only, so nothing in them needs a quote.
    numbers, vectors = [number for number, _ in told], [vector for _, vector in told]
    driver.run(
        tx.connection,
        f"INSERT INTO {index} (id, words)"
        " SELECT number, text::tsvector FROM unnest(%s::bigint[], %s::text[]) AS given (number, text)",
        (numbers, vectors),
    )


def forget(tx: Transaction, index: Index, numbers: Collection[int]) -> None:
    """Let these numbers no longer be found."""
    condition, wanted = bulk.among(tx, "rowid" if tx.dialect == "sqlite" else "id", numbers)
    driver.run(tx.connection, f"DELETE FROM {index} WHERE {condition}", (wanted,))


def find(tx: Transaction, index: Index, wanted: Sequence[str], before: int, limit: int) -> list[int]:
    """The numbers below `before` whose text has all these words, the highest first; the last word may be a beginning."""
    if not wanted:
        return []
    if tx.dialect == "sqlite":
        asked = " ".join(f'"{word}"' for word in wanted) + ("*" if _is_prefix(wanted) else "")
        found = driver.ask(
            tx.connection,
            f"SELECT rowid FROM {index} WHERE {index} MATCH ? AND rowid < ? ORDER BY rowid DESC LIMIT ?",
            (asked, before, limit),
        )
        return [row[0] for row in found]
    return _find(tx, index, " & ".join(wanted) + (":*" if _is_prefix(wanted) else ""), before, limit)


def _find(tx: Transaction, index: Index, asked: str, before: int, limit: int) -> list[int]:
    """Common words are met soon on the way back in time; rare ones are looked up, and then sorted.

    Left to choose, PostgreSQL walks through the whole table for a rare word: 390 ms at a million messages.
    """
    recent = (
        f"SELECT id FROM (SELECT id, words FROM {index} WHERE id < %s ORDER BY id DESC LIMIT {RECENT}) AS recent"
        " WHERE words @@ %s::text::tsquery ORDER BY id DESC LIMIT %s"
    )
    found = driver.ask(tx.connection, recent, (before, asked, limit))
    if len(found) < limit:
        hits = f"SELECT id FROM {index} WHERE words @@ %s::text::tsquery AND id < %s LIMIT {SCARCE + 1}"
        some = driver.ask(tx.connection, hits, (asked, before))
        if len(some) <= SCARCE:
            return sorted((row[0] for row in some), reverse=True)[:limit]
        walk = f"SELECT id FROM {index} WHERE id < %s AND words @@ %s::text::tsquery ORDER BY id DESC LIMIT %s"
        found = driver.ask(tx.connection, walk, (before, asked, limit))
    return [row[0] for row in found]


def _is_prefix(wanted: Sequence[str]) -> bool:
    return len(wanted[-1]) >= PREFIX


def _stored(tx: Transaction, found: list[str]) -> str:
    return " ".join(found) if tx.dialect == "sqlite" else " ".join(sorted(set(found)))
