"""Tries at signing in, counted per account and per address."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, func, insert, select

from bot.model.agent import Attempt
from bot.model.columns import table
from bot.store import numbers
from bot.store.transaction import Transaction

_ATTEMPT = table(Attempt)


@dataclass(frozen=True, slots=True)
class Tried:
    """How often one subject was tried since a time, and when last."""

    count: int
    last_at: datetime | None


def hold(tx: Transaction, subjects: Sequence[str]) -> None:
    """Until the commit, nobody else counts tries at these subjects. SQLite has one writer anyway."""
    if tx.dialect == "postgresql":
        for subject in sorted(subjects):
            tx.connection.execute(select(func.pg_advisory_xact_lock(func.hashtextextended(subject, 0))))


def add(tx: Transaction, subjects: Sequence[str]) -> list[int]:
    """Count one try against each subject; the rows' numbers."""
    ids = numbers.take(tx, "attempt", len(subjects))
    for id_, subject in zip(ids, subjects, strict=True):
        tx.connection.execute(insert(_ATTEMPT).values(id=id_, subject=subject, at=tx.now))
    return ids


def since(tx: Transaction, subject: str, begin: datetime) -> Tried:
    """The tries at one subject."""
    count, last = tx.connection.execute(
        select(func.count(), func.max(_ATTEMPT.c.at, type_=_ATTEMPT.c.at.type)).where(
            _ATTEMPT.c.subject == subject, _ATTEMPT.c.at > begin
        )
    ).one()
    return Tried(count, last)


def forgive(tx: Transaction, subject: str) -> None:
    """The account was entered rightly: its tries no longer count."""
    tx.connection.execute(delete(_ATTEMPT).where(_ATTEMPT.c.subject == subject))


def remove(tx: Transaction, ids: Sequence[int]) -> None:
    """These were no wrong tries after all."""
    tx.connection.execute(delete(_ATTEMPT).where(_ATTEMPT.c.id.in_(ids)))


def remove_old(tx: Transaction, before: datetime) -> int:
    """Forget tries that no longer count; how many."""
    return tx.connection.execute(delete(_ATTEMPT).where(_ATTEMPT.c.at <= before)).rowcount
