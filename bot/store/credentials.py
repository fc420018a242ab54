"""What channels must remember besides their cursor: credentials that their network changes."""

from bot.store import bulk, driver, numbers
from bot.store.transaction import Transaction


def value(tx: Transaction, channel_id: int, name: str) -> str:
    """What is kept under this name; empty when there is nothing."""
    sign = bulk.mark(tx)
    row = driver.first(
        tx.connection, f"SELECT value FROM credential WHERE channel_id = {sign} AND name = {sign}", (channel_id, name)
    )
    return str(row[0]) if row else ""


def keep(tx: Transaction, channel_id: int, name: str, kept: str) -> None:
    """Keep it in the place of what was there."""
    driver.run(
        tx.connection,
        f"INSERT INTO credential (id, channel_id, name, value, changed_at) VALUES ({', '.join([bulk.mark(tx)] * 5)})"
        " ON CONFLICT (channel_id, name) DO UPDATE SET value = excluded.value, changed_at = excluded.changed_at",
        (numbers.one(tx, "credential"), channel_id, name, kept, bulk.time(tx, tx.now)),
    )
