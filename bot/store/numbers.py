"""Numbers for rows, taken before they are written so that rows can name each other."""

from collections.abc import Iterator, Mapping
from typing import TypeAlias

from bot.store import driver
from bot.store.transaction import Transaction

# By noun; what is not used is a gap.
Drawn: TypeAlias = Mapping[str, Iterator[int]]


def take(tx: Transaction, noun: str, count: int = 1) -> list[int]:
    """`count` fresh numbers for the table `noun`, rising. A rollback may leave a gap, never a double."""
    if count == 0:
        return []
    if tx.dialect == "postgresql":
        return _drawn(tx, (noun, count))[0]
    [(last,)] = driver.ask(
        tx.connection,
        "INSERT INTO sequence (name, value) VALUES (?, ?)"
        " ON CONFLICT (name) DO UPDATE SET value = value + excluded.value RETURNING value",
        (noun, count),
    )
    return list(range(last - count + 1, last + 1))


def draw(tx: Transaction, **wanted: int) -> Drawn:
    """Fresh numbers for several tables at once, noun = count: one question where each costs a way to the server."""
    asked = {noun: count for noun, count in wanted.items() if count}
    if not asked:
        return {}
    if tx.dialect == "postgresql":
        return {noun: iter(found) for noun, found in zip(asked, _drawn(tx, *asked.items()), strict=True)}
    return {noun: iter(take(tx, noun, count)) for noun, count in asked.items()}


def _drawn(tx: Transaction, *wanted: tuple[str, int]) -> list[list[int]]:
    each = "SELECT nextval(%s::regclass) FROM generate_series(1, %s)"
    given = [value for noun, count in wanted for value in (f"number_of_{noun}", count)]
    rows = iter(driver.ask(tx.connection, " UNION ALL ".join([each] * len(wanted)), given))
    return [[next(rows)[0] for _ in range(count)] for _, count in wanted]


def one(tx: Transaction, noun: str) -> int:
    """A single fresh number."""
    return take(tx, noun)[0]
