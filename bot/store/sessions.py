"""Signed-in browsers and the links that work once. Secrets are known here by their hash only."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, delete, insert, select, update

from bot.model.agent import Agent, Invitation, Session
from bot.model.columns import table
from bot.store import bulk, numbers
from bot.store.transaction import Transaction

_SESSION, _AGENT, _INVITATION = table(Session), table(Agent), table(Invitation)


@dataclass(frozen=True, slots=True)
class Known:
    """A session with whose it is: all that a request needs to know of its sender."""

    id: int
    agent_id: int
    csrf: str
    used_at: datetime
    proved_at: datetime
    expires_at: datetime
    name: str
    email: str
    role: str
    locale: str
    theme: str
    has_shortcuts: bool
    is_disabled: bool


@dataclass(frozen=True, slots=True)
class Device:
    """A session as its owner sees it in a list."""

    id: int
    agent_id: int
    device: str
    address: str
    opened_at: datetime
    used_at: datetime


@dataclass(frozen=True, slots=True)
class Invited:
    """Whom a link is for; no agent when it is for the first set-up."""

    id: int
    agent_id: int | None
    expires_at: datetime


_KNOWN = (
    _SESSION.c.id, _SESSION.c.agent_id, _SESSION.c.csrf, _SESSION.c.used_at, _SESSION.c.proved_at, _SESSION.c.expires_at,
    _AGENT.c.name, _AGENT.c.email, _AGENT.c.role, _AGENT.c.locale, _AGENT.c.theme, _AGENT.c.has_shortcuts,
    _AGENT.c.is_disabled,
)  # fmt: skip
_DEVICE = (
    _SESSION.c.id, _SESSION.c.agent_id, _SESSION.c.device, _SESSION.c.address, _SESSION.c.opened_at, _SESSION.c.used_at,
)  # fmt: skip


def known(tx: Transaction, secret_hash: str) -> Known | None:
    """The session of a secret, whether or not it may still be used."""
    return _known(tx, _SESSION.c.secret_hash == secret_hash)


def numbered(tx: Transaction, session_id: int) -> Known | None:
    """A session by its number."""
    return _known(tx, _SESSION.c.id == session_id)


def add(
    tx: Transaction, *, agent_id: int, secret_hash: str, csrf: str, device: str, address: str, expires_at: datetime
) -> int:
    """Write a session that begins now; its number."""
    id_ = numbers.one(tx, "session")
    tx.connection.execute(
        insert(_SESSION).values(
            id=id_,
            agent_id=agent_id,
            secret_hash=secret_hash,
            csrf=csrf,
            device=device,
            address=address,
            opened_at=tx.now,
            used_at=tx.now,
            proved_at=tx.now,
            expires_at=expires_at,
        )
    )
    return id_


def touch(tx: Transaction, session_id: int) -> None:
    """It was used now."""
    tx.connection.execute(update(_SESSION).where(_SESSION.c.id == session_id).values(used_at=tx.now))


def of_agent(tx: Transaction, agent_id: int) -> list[Device]:
    """An agent's sessions, the last used first."""
    found = tx.connection.execute(
        select(*_DEVICE)
        .where(_SESSION.c.agent_id == agent_id)
        .order_by(_SESSION.c.used_at.desc(), _SESSION.c.id.desc())
    )
    return [Device(*row) for row in found]


def living(tx: Transaction, session_ids: Collection[int], *, unused_since: datetime) -> frozenset[int]:
    """Which of these may still be used."""
    condition, wanted = bulk.among(tx, "session.id", session_ids)
    sign = bulk.mark(tx)
    found = tx.connection.exec_driver_sql(
        f"SELECT session.id FROM session JOIN agent ON agent.id = session.agent_id WHERE {condition}"
        f" AND NOT agent.is_disabled AND session.expires_at > {sign} AND session.used_at > {sign}",
        (wanted, bulk.time(tx, tx.now), bulk.time(tx, unused_since)),
    )
    return frozenset(row[0] for row in found)


def owner(tx: Transaction, session_id: int) -> int | None:
    """Whose session it is; None when there is none."""
    found: int | None = tx.connection.execute(select(_SESSION.c.agent_id).where(_SESSION.c.id == session_id)).scalar()
    return found


def remove(tx: Transaction, session_id: int) -> bool:
    """Take a session out. False when it was not there."""
    return tx.connection.execute(delete(_SESSION).where(_SESSION.c.id == session_id)).rowcount == 1


def remove_all(tx: Transaction, agent_id: int, *, except_ids: Collection[int] = ()) -> list[int]:
    """Take out an agent's sessions; their numbers."""
    ids = [device.id for device in of_agent(tx, agent_id) if device.id not in except_ids]
    for id_ in ids:
        remove(tx, id_)
    return ids


def remove_expired(tx: Transaction) -> int:
    """Take out sessions and links whose time is over; how many."""
    return sum(
        tx.connection.execute(delete(kept).where(kept.c.expires_at <= tx.now)).rowcount
        for kept in (_SESSION, _INVITATION)
    )


def invite(tx: Transaction, *, agent_id: int | None, secret_hash: str, expires_at: datetime) -> int:
    """Write a link that works once; earlier ones for the same agent no longer work."""
    withdraw(tx, agent_id)
    id_ = numbers.one(tx, "invitation")
    tx.connection.execute(
        insert(_INVITATION).values(
            id=id_, agent_id=agent_id, secret_hash=secret_hash, made_at=tx.now, expires_at=expires_at
        )
    )
    return id_


def invited(tx: Transaction, secret_hash: str) -> Invited | None:
    """Whom a link that still works is for."""
    row = tx.connection.execute(
        select(_INVITATION.c.id, _INVITATION.c.agent_id, _INVITATION.c.expires_at).where(
            _INVITATION.c.secret_hash == secret_hash, _INVITATION.c.expires_at > tx.now
        )
    ).first()
    return Invited(*row) if row else None


def use_up(tx: Transaction, invitation_id: int) -> bool:
    """The link has worked. False when another was faster."""
    return tx.connection.execute(delete(_INVITATION).where(_INVITATION.c.id == invitation_id)).rowcount == 1


def withdraw(tx: Transaction, agent_id: int | None) -> None:
    """No link for this agent works any more."""
    whose = _INVITATION.c.agent_id.is_(None) if agent_id is None else _INVITATION.c.agent_id == agent_id
    tx.connection.execute(delete(_INVITATION).where(whose))


def _known(tx: Transaction, condition: ColumnElement[bool]) -> Known | None:
    row: Any = tx.connection.execute(
        select(*_KNOWN).join_from(_SESSION, _AGENT, _SESSION.c.agent_id == _AGENT.c.id).where(condition)
    ).first()
    return Known(*row) if row else None
