"""Coming in and going out: sessions, links that work once, passwords.

Secrets are made here and handed out once; the store keeps their hashes. Passwords are hashed by the caller, in a thread
(`desk.passwords`), because a transaction is no place to spend fifty milliseconds of a core.
"""

import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.desk import guessing
from bot.errors import Conflict, Invalid, NotAllowed, NotFound
from bot.model.agent import Kind, Role
from bot.model.event import SYSTEM, Actor, ActorKind
from bot.store import agents, events, sessions
from bot.store.transaction import Transaction

INVITATION, RESET, SET_UP = timedelta(hours=72), timedelta(hours=1), timedelta(hours=24)


@dataclass(frozen=True, slots=True)
class Visit:
    """Where a request comes from, for the journal and for its owner's list of sessions."""

    address: str = ""
    device: str = ""
    request_id: str = ""


@dataclass(frozen=True, slots=True)
class Limits:
    """How long a session lives: unused, and at all."""

    idle: timedelta = timedelta(minutes=30)
    absolute: timedelta = timedelta(hours=12)


@dataclass(frozen=True, slots=True)
class Opened:
    """A session just opened. The secret goes into the browser's cookie and nowhere else.

    `device` is what the browser is to keep for its next sign-in (`desk.devices`), where it has just signed in.
    """

    session_id: int
    agent_id: int
    secret: str
    expires_at: datetime
    device: str = ""


def digest(secret: str) -> str:
    """What the store knows of a secret: 256 random bits need no slow hash. Any bytes may come in a cookie."""
    return hashlib.sha256(secret.encode(errors="surrogatepass")).hexdigest()


def refuse(tx: Transaction, email: str, visit: Visit) -> None:
    """The password was wrong, or there is no such agent: written down, and the answer is the same."""
    known = agents.by_email(tx, email)
    by = Actor(ActorKind.AGENT, known.id) if known else SYSTEM
    events.record(tx, "session.refused", by=by, body=_where(visit))


def admit(
    tx: Transaction,
    agent_id: int,
    visit: Visit,
    limits: Limits,
    *,
    tries: list[int],
    browser: str = "",
    old_secret: str = "",
    password_hash: str = "",
) -> Opened:
    """Open a session for an agent who gave the right password. The browser's former session ends: a new id at each sign-in."""
    agent = agents.find(tx, agent_id)
    if agent.is_disabled or agent.kind != Kind.HUMAN:
        raise NotAllowed("This account is disabled.")
    guessing.forgive(tx, browser or guessing.account(agent.email), tries)
    _forget(tx, old_secret)
    if password_hash:
        agents.change(tx, agent_id, password_hash=password_hash)
    return _open(tx, agent_id, visit, limits)


def prove(tx: Transaction, session_id: int, visit: Visit, limits: Limits) -> Opened:
    """The password was given again: the session goes on under a new secret, and may do what is grave for a while."""
    agent_id = sessions.owner(tx, session_id)
    if agent_id is None or not sessions.remove(tx, session_id):
        raise NotFound("This session has ended.")
    return _open(tx, agent_id, visit, limits)


def leave(tx: Transaction, session_id: int, *, by: Actor) -> None:
    """End a session: one's own at sign-out, or another that its owner or an admin wants closed."""
    agent_id = sessions.owner(tx, session_id)
    if agent_id is None or not sessions.remove(tx, session_id):
        raise NotFound("This session has ended.")
    _ended(tx, agent_id, [session_id], "left" if by.id == agent_id else "closed", by=by)


def end_all(tx: Transaction, agent_id: int, why: str, *, by: Actor, except_id: int = 0) -> None:
    """End an agent's sessions, at most but the one in use."""
    ids = sessions.remove_all(tx, agent_id, except_ids={except_id})
    if ids:
        _ended(tx, agent_id, ids, why, by=by)


def change_password(tx: Transaction, agent_id: int, password_hash: str, *, by: Actor) -> None:
    """Keep a new password and end every session: whoever knew the old one is out."""
    agents.change(tx, agent_id, password_hash=password_hash)
    sessions.withdraw(tx, agent_id)
    guessing.forgive(tx, guessing.account(agents.find(tx, agent_id).email), [])
    events.record(tx, "agent.password_changed", by=by, body={"agent": agent_id})
    end_all(tx, agent_id, "password changed", by=by)


def invite(tx: Transaction, agent_id: int, *, by: Actor) -> str:
    """A secret that lets an agent choose a password, once. A first one lasts three days, a later one an hour."""
    agent = agents.find(tx, agent_id)
    if agent.is_disabled or agent.kind != Kind.HUMAN:
        raise Conflict("This agent is disabled and can have no link.")
    secret = secrets.token_urlsafe(32)
    lasting = RESET if agent.password_hash else INVITATION
    sessions.invite(tx, agent_id=agent_id, secret_hash=digest(secret), expires_at=tx.now + lasting)
    events.record(tx, "agent.invited", by=by, body={"agent": agent_id})
    return secret


def invited(tx: Transaction, secret: str) -> agents.AgentRow:
    """Whom a link is for. Raises NotFound when it was used, is too old, or never was."""
    found = sessions.invited(tx, digest(secret))
    if found is None or found.agent_id is None:
        raise NotFound("This link no longer works. Ask for a new one.")
    agent = agents.find(tx, found.agent_id)
    if agent.is_disabled:
        raise NotFound("This link no longer works. Ask for a new one.")
    return agent


def accept(tx: Transaction, secret: str, password_hash: str) -> int:
    """Choose the password that a link allows to choose; the agent's number. The link dies."""
    agent = invited(tx, secret)
    _use_up(tx, secret)
    change_password(tx, agent.id, password_hash, by=Actor(ActorKind.AGENT, agent.id))
    return agent.id


def withdraw(tx: Transaction, agent_id: int) -> None:
    """No link of this agent works any more."""
    sessions.withdraw(tx, agent_id)


def offer_set_up(tx: Transaction) -> str | None:
    """The secret that opens the first set-up, for the program to print; None once somebody can sign in. Earlier ones die."""
    if any(agent.kind == Kind.HUMAN and agent.password_hash for agent in agents.all(tx)):
        return None
    secret = secrets.token_urlsafe(32)
    sessions.invite(tx, agent_id=None, secret_hash=digest(secret), expires_at=tx.now + SET_UP)
    return secret


def may_set_up(tx: Transaction, secret: str) -> None:
    """Raise NotFound unless `secret` opens the first set-up now."""
    found = sessions.invited(tx, digest(secret))
    if found is None or found.agent_id is not None:
        raise NotFound("This set-up link no longer works. The program prints a new one when it starts.")


def set_up(tx: Transaction, secret: str, *, name: str, email: str, password_hash: str, locale: str) -> int:
    """Make the first admin; the agent's number. The secret dies."""
    may_set_up(tx, secret)
    if agents.by_email(tx, email):
        raise Invalid("Somebody has this e-mail address already.", field="email")
    _use_up(tx, secret)
    id_ = agents.add(tx, email=email, name=name, role=Role.ADMIN.value, password_hash=password_hash, locale=locale)
    sessions.withdraw(tx, None)
    events.record(tx, "desk.set_up", by=Actor(ActorKind.AGENT, id_), body={"agent": id_})
    return id_


def is_over(known: sessions.Known, now: datetime, limits: Limits) -> bool:
    """Whether a session may no longer be used."""
    return known.is_disabled or known.expires_at <= now or known.used_at + limits.idle <= now


def forget_old(tx: Transaction) -> int:
    """Sessions and links that have ended by themselves, and tries that no longer count: how many are forgotten now."""
    return sessions.remove_expired(tx) + guessing.forget_old(tx)


def _use_up(tx: Transaction, secret: str) -> None:
    """Of two who come with the same link at the same moment, one is too late: this very statement decides."""
    found = sessions.invited(tx, digest(secret))
    if found is None or not sessions.use_up(tx, found.id):
        raise NotFound("This link no longer works. Ask for a new one.")


def _open(tx: Transaction, agent_id: int, visit: Visit, limits: Limits) -> Opened:
    secret = secrets.token_urlsafe(32)
    expires_at = tx.now + limits.absolute
    session_id = sessions.add(
        tx,
        agent_id=agent_id,
        secret_hash=digest(secret),
        csrf=secrets.token_urlsafe(32),
        device=visit.device[:200],
        address=visit.address[:60],
        expires_at=expires_at,
    )
    body = {"agent": agent_id, "session": session_id, **_where(visit)}
    events.record(tx, "session.opened", by=Actor(ActorKind.AGENT, agent_id), body=body)
    return Opened(session_id, agent_id, secret, expires_at)


def _forget(tx: Transaction, secret: str) -> None:
    old = sessions.known(tx, digest(secret)) if secret else None
    if old:
        leave(tx, old.id, by=Actor(ActorKind.AGENT, old.agent_id))


def _ended(tx: Transaction, agent_id: int, ids: list[int], why: str, *, by: Actor) -> None:
    events.record(tx, "session.ended", by=by, body={"agent": agent_id, "sessions": ids, "why": why})


def _where(visit: Visit) -> dict[str, str]:
    return {"address": visit.address, "request": visit.request_id}
