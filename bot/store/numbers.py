"""Numbers for rows, taken before they are written so that rows can name each other."""

from bot.store import driver
from bot.store.transaction import Transaction


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


def take_both(tx: Transaction, one: tuple[str, int], other: tuple[str, int]) -> tuple[list[int], list[int]]:
    """Fresh numbers for two tables at once, each given as (noun, count): one question where each costs a way to the server."""
    if tx.dialect == "postgresql":
        first, second = _drawn(tx, one, other)
        return first, second
    return take(tx, *one), take(tx, *other)


def _drawn(tx: Transaction, *wanted: tuple[str, int]) -> list[list[int]]:
    each = "SELECT nextval(%s::regclass) FROM generate_series(1, %s)"
    given = [value for noun, count in wanted for value in (f"number_of_{noun}", count)]
    rows = iter(driver.ask(tx.connection, " UNION ALL ".join([each] * len(wanted)), given))
    return [[next(rows)[0] for _ in range(count)] for _, count in wanted]


def one(tx: Transaction, noun: str) -> int:
    """A single fresh number."""
    return take(tx, noun)[0]
