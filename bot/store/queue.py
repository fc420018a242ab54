"""Due work: put with the event that caused it, claimed under a lease, finished by its holder only.

A claim sets `lease_until`, counts the attempt and gives a random token; a worker that lost its lease cannot finish. What failed
comes back later, each time after a longer wait; after `ATTEMPTS` it stays as dead, is shown beside the quarantine, and can be
given another life there (`desk/reviving`).
"""

import secrets
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import orjson

from bot.model.columns import table
from bot.model.work import Work
from bot.store import bulk, driver
from bot.store.transaction import Transaction

ATTEMPTS = 8
LEASE = timedelta(seconds=30)
FIRST_WAIT = timedelta(seconds=1)
LONGEST_WAIT = timedelta(minutes=30)

_WORK = table(Work)
_COLUMNS = ("id", "kind", "key", "body", "due_at", "attempts", "lease_token", "is_dead", "error", "created_at")


@dataclass(frozen=True, slots=True)
class Task:
    """Work about to be queued. The same (kind, key) is queued once."""

    kind: str
    key: str
    body: dict[str, Any]
    due_at: datetime


@dataclass(frozen=True, slots=True)
class Claimed:
    """Work in hand until the lease ends."""

    id: int
    kind: str
    key: str
    body: dict[str, Any]
    attempts: int
    token: str


@dataclass(frozen=True, slots=True)
class Dead:
    """Work that was given up, for the operator's eyes."""

    id: int
    kind: str
    ticket_id: int | None
    attempts: int
    error: str
    created_at: datetime


def put_all(tx: Transaction, ids: Sequence[int], tasks: Sequence[Task]) -> None:
    """Queue work in this transaction, each under its fresh number."""
    rows = [
        (id_, task.kind, task.key, task.body, task.due_at, 0, "", False, "", tx.now)
        for id_, task in zip(ids, tasks, strict=True)
    ]
    bulk.insert(tx, _WORK, _COLUMNS, rows, ignore="kind, key")


def is_due(tx: Transaction, kinds: Iterable[str]) -> bool:
    """Whether there is anything to claim: asked before a claim, because a look costs no write."""
    among, listed = bulk.among(tx, "kind", kinds)
    sign, now = bulk.mark(tx), bulk.time(tx, tx.now)
    found = driver.first(
        tx.connection,
        f"SELECT 1 FROM work WHERE NOT is_dead AND due_at <= {sign} AND {among}"
        f" AND (lease_until IS NULL OR lease_until <= {sign}) LIMIT 1",
        (now, listed, now),
    )
    return found is not None


def claim(tx: Transaction, kinds: Iterable[str], limit: int = 50, lease: timedelta = LEASE) -> list[Claimed]:
    """Take due work of these kinds, oldest first, that nobody else holds."""
    token = secrets.token_hex(16)
    now, until = bulk.time(tx, tx.now), bulk.time(tx, tx.now + lease)
    among, listed = bulk.among(tx, "kind", kinds)
    sign = bulk.mark(tx)
    skip = " FOR UPDATE SKIP LOCKED" if tx.dialect == "postgresql" else ""
    found = driver.ask(
        tx.connection,
        f"UPDATE work SET lease_until = {sign}, lease_token = {sign}, attempts = attempts + 1 WHERE id IN ("
        f"SELECT id FROM work WHERE NOT is_dead AND due_at <= {sign} AND {among}"
        f" AND (lease_until IS NULL OR lease_until <= {sign}) ORDER BY due_at, id LIMIT {sign}{skip})"
        " RETURNING id, kind, key, body, attempts",
        (until, token, now, listed, now, limit),
    )
    rows = sorted(found, key=lambda row: row[0])
    return [Claimed(id_, kind, key, _body(tx, body), attempts, token) for id_, kind, key, body, attempts in rows]


def finish_all(tx: Transaction, works: Sequence[Claimed]) -> list[Claimed]:
    """Strike off what one claim gave; those of it that are still held. The others have passed on, and are done by others."""
    among, listed = bulk.among(tx, "id", [work.id for work in works])
    done = driver.ask(
        tx.connection,
        f"DELETE FROM work WHERE {among} AND lease_token = {bulk.mark(tx)} RETURNING id",
        (listed, works[0].token),
    )
    held = {row[0] for row in done}
    return [work for work in works if work.id in held]


def finish(tx: Transaction, work: Claimed) -> bool:
    """Strike it off. False when the lease has passed to another, who will do it again."""
    sign = bulk.mark(tx)
    done = tx.connection.exec_driver_sql(
        f"DELETE FROM work WHERE id = {sign} AND lease_token = {sign}", (work.id, work.token)
    )
    return done.rowcount == 1


def retry_later(tx: Transaction, work: Claimed, error: str, after: timedelta | None = None) -> bool:
    """Put it back, or give it up after the last attempt. True when it is dead now."""
    wait = after if after is not None else min(FIRST_WAIT * 2 ** (work.attempts - 1), LONGEST_WAIT)
    is_dead = work.attempts >= ATTEMPTS
    sign = bulk.mark(tx)
    tx.connection.exec_driver_sql(
        f"UPDATE work SET due_at = {sign}, lease_until = NULL, lease_token = '', is_dead = {sign}, error = {sign}"
        f" WHERE id = {sign} AND lease_token = {sign}",
        (bulk.time(tx, tx.now + wait), is_dead, error[:500], work.id, work.token),
    )
    return is_dead


def dead(tx: Transaction, limit: int = 200) -> list[Dead]:
    """Work that was given up, oldest first."""
    found = tx.connection.exec_driver_sql(
        f"SELECT id, kind, body, attempts, error, created_at FROM work WHERE is_dead ORDER BY id LIMIT {bulk.mark(tx)}",
        (limit,),
    )
    return [
        Dead(id_, kind, _body(tx, body).get("ticket"), attempts, error, bulk.moment(created_at))
        for id_, kind, body, attempts, error, created_at in found
    ]


def revive(tx: Transaction, id_: int) -> str:
    """Give dead work another life; its kind, or nothing when none of this number is dead."""
    sign = bulk.mark(tx)
    revived = tx.connection.exec_driver_sql(
        f"UPDATE work SET is_dead = {sign}, attempts = 0, due_at = {sign} WHERE id = {sign} AND is_dead RETURNING kind",
        (False, bulk.time(tx, tx.now), id_),
    ).first()
    return str(revived[0]) if revived else ""


def depth(tx: Transaction) -> tuple[int, int]:
    """How much work waits, and how much is dead."""
    row = tx.connection.exec_driver_sql(
        "SELECT coalesce(sum(CASE WHEN is_dead THEN 0 ELSE 1 END), 0),"
        " coalesce(sum(CASE WHEN is_dead THEN 1 ELSE 0 END), 0) FROM work"
    ).one()
    return int(row[0]), int(row[1])


def _body(tx: Transaction, stored: Any) -> dict[str, Any]:
    loaded: dict[str, Any] = orjson.loads(stored) if tx.dialect == "sqlite" else stored
    return loaded
