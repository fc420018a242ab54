"""Numbers for rows, taken before they are written so that rows can name each other."""

from bot.store import driver
from bot.store.transaction import Transaction


def take(tx: Transaction, noun: str, count: int = 1) -> list[int]:
    """`count` fresh numbers for the table `noun`, rising. A rollback may leave a gap, never a double."""
    if count == 0:
        return []
    if tx.dialect == "postgresql":
        drawn = driver.ask(
            tx.connection, "SELECT nextval(%s::regclass) FROM generate_series(1, %s)", (f"number_of_{noun}", count)
        )
        return [row[0] for row in drawn]
    [(last,)] = driver.ask(
        tx.connection,
        "INSERT INTO sequence (name, value) VALUES (?, ?)"
        " ON CONFLICT (name) DO UPDATE SET value = value + excluded.value RETURNING value",
        (noun, count),
    )
    return list(range(last - count + 1, last + 1))


def one(tx: Transaction, noun: str) -> int:
    """A single fresh number."""
    return take(tx, noun)[0]
