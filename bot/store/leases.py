"""What only one may hold at a time: a channel's ear, the sealer. The fence grows with each new holder."""

from collections.abc import Sequence
from datetime import timedelta

from bot.store import bulk, driver
from bot.store.transaction import Transaction


def take(tx: Transaction, name: str, holder: str, lasting: timedelta) -> int | None:
    """Take or renew a lease; the fence number when it is ours until now + `lasting`, None when another holds it."""
    sign = bulk.mark(tx)
    now, until = bulk.time(tx, tx.now), bulk.time(tx, tx.now + lasting)
    row = driver.first(
        tx.connection,
        f"INSERT INTO lease (name, holder, fence, until) VALUES ({sign}, {sign}, 1, {sign})"
        " ON CONFLICT (name) DO UPDATE SET holder = excluded.holder, until = excluded.until,"
        " fence = lease.fence + CASE WHEN lease.holder = excluded.holder THEN 0 ELSE 1 END"
        f" WHERE lease.holder = excluded.holder OR lease.until <= {sign} RETURNING fence",
        (name, holder, until, now),
    )
    return int(row[0]) if row else None


def are_held(tx: Transaction, leases: Sequence[tuple[str, str, int] | None]) -> list[bool]:
    """Whether these very leases (name, holder, fence) still are, asked in the transaction that acts on them.

    No lease counts as held.
    """
    if not any(leases):
        return [True] * len(leases)
    sign = bulk.mark(tx)
    lock = " FOR UPDATE" if tx.dialect == "postgresql" else ""
    question = f"SELECT 1 FROM lease WHERE name = {sign} AND holder = {sign} AND fence = {sign}{lock}"
    with tx.pipelined():
        found = [driver.ask_ahead(tx.connection, question, lease) if lease else None for lease in leases]
        return [answer is None or bool(answer()) for answer in found]


def release(tx: Transaction, name: str, holder: str) -> None:
    """Let it go now, so that another need not wait for its end."""
    sign = bulk.mark(tx)
    driver.run(
        tx.connection,
        f"UPDATE lease SET until = {sign} WHERE name = {sign} AND holder = {sign}",
        (bulk.time(tx, tx.now), name, holder),
    )
