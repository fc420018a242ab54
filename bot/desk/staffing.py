"""Who works here: agents come, change, and go; teams are named and filled. Every verb writes what changed, before and after."""

import re
from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from bot.desk import signing_in
from bot.errors import Conflict, Invalid
from bot.model.agent import Kind, Role
from bot.model.event import Actor
from bot.store import agents, events, teams
from bot.store.agents import AgentRow
from bot.store.transaction import Transaction

LANGUAGES = ("fr", "en")
THEMES = ("system", "light", "dark")
MOST_TICKETS = 500

_EMAIL = re.compile(r"[^@\s\x00-\x1f]{1,100}@[^@\s\x00-\x1f]{1,99}")


@dataclass(frozen=True, slots=True)
class Post:
    """What an admin decides about an agent."""

    email: str
    name: str
    role: str = Role.AGENT.value
    languages: tuple[str, ...] = LANGUAGES
    capacity: int = 30
    team_ids: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Wishes:
    """What agents decide about their own window."""

    name: str
    locale: str
    theme: str
    has_shortcuts: bool


def hire(
    tx: Transaction, post: Post, *, by: Actor, locale: str = "fr", password_hash: str = "", is_demo: bool = False
) -> int:
    """A new agent's number. Without a password they sign in by a link (`signing_in.invite`)."""
    _check(tx, post)
    if agents.by_email(tx, post.email):
        raise Invalid("Somebody has this e-mail address already.", field="email")
    id_ = agents.add(
        tx,
        email=post.email,
        name=post.name.strip(),
        team_ids=post.team_ids,
        role=post.role,
        languages=",".join(post.languages),
        capacity=post.capacity,
        locale=locale,
        password_hash=password_hash,
        is_demo=is_demo,
    )
    events.record(tx, "agent.added", by=by, body={"agent": id_, "role": post.role, "teams": list(post.team_ids)})
    return id_


def change(tx: Transaction, agent_id: int, post: Post, *, by: Actor) -> None:
    """Change an agent's post. A new role or address ends sessions and links: both were given for the old one."""
    before = agents.find(tx, agent_id)
    _check(tx, post)
    holder = agents.by_email(tx, post.email)
    if holder and holder.id != agent_id:
        raise Invalid("Somebody has this e-mail address already.", field="email")
    if before.role == Role.ADMIN and post.role != Role.ADMIN:
        _keep_an_admin(tx, agent_id)
    agents.change(
        tx,
        agent_id,
        email=post.email.strip().lower(),
        name=post.name.strip(),
        role=post.role,
        languages=",".join(post.languages),
        capacity=post.capacity,
    )
    agents.set_teams(tx, agent_id, post.team_ids)
    after = agents.find(tx, agent_id)
    events.record(tx, "agent.changed", by=by, body={"agent": agent_id, "changed": _changes(before, after)})
    if (before.role, before.email) != (after.role, after.email):
        signing_in.withdraw(tx, agent_id)
        signing_in.end_all(tx, agent_id, "post changed", by=by)


def disable(tx: Transaction, agent_id: int, *, by: Actor) -> None:
    """Shut an agent out, now: every session ends, every link dies. What they did stays theirs."""
    agent = agents.find(tx, agent_id)
    if agent.is_disabled:
        return
    if agent.role == Role.ADMIN:
        _keep_an_admin(tx, agent_id)
    agents.change(tx, agent_id, is_disabled=True)
    signing_in.withdraw(tx, agent_id)
    events.record(tx, "agent.disabled", by=by, body={"agent": agent_id})
    signing_in.end_all(tx, agent_id, "disabled", by=by)


def enable(tx: Transaction, agent_id: int, *, by: Actor) -> None:
    """Let a disabled agent in again."""
    if agents.find(tx, agent_id).is_disabled:
        agents.change(tx, agent_id, is_disabled=False)
        events.record(tx, "agent.enabled", by=by, body={"agent": agent_id})


def wish(tx: Transaction, agent_id: int, wishes: Wishes, *, by: Actor) -> None:
    """Change how an agent's own window looks."""
    if not wishes.name.strip():
        raise Invalid("This may not be empty.", field="name")
    _among(wishes.locale, LANGUAGES, "locale")
    _among(wishes.theme, THEMES, "theme")
    before = agents.find(tx, agent_id)
    agents.change(
        tx,
        agent_id,
        name=wishes.name.strip(),
        locale=wishes.locale,
        theme=wishes.theme,
        has_shortcuts=wishes.has_shortcuts,
    )
    changed = _changes(before, agents.find(tx, agent_id))
    if changed:
        events.record(tx, "agent.changed", by=by, body={"agent": agent_id, "changed": changed})


def step_out(tx: Transaction, agent_id: int, *, by: Actor) -> None:
    """Away: routing gives this agent nothing new. What they have stays theirs."""
    if not agents.find(tx, agent_id).is_away:
        agents.change(tx, agent_id, is_away=True)
        events.record(tx, "agent.went_away", by=by, body={"agent": agent_id})


def come_back(tx: Transaction, agent_id: int, *, by: Actor) -> None:
    """Here again."""
    if agents.find(tx, agent_id).is_away:
        agents.change(tx, agent_id, is_away=False)
        events.record(tx, "agent.came_back", by=by, body={"agent": agent_id})


def found_team(tx: Transaction, *, name: str, branch: str, agent_ids: Collection[int], by: Actor) -> int:
    """A new team's number."""
    _check_team(tx, name, None)
    id_ = teams.add(tx, name=name.strip(), branch=branch.strip())
    teams.set_members(tx, id_, tuple(agent_ids))
    events.record(
        tx, "team.added", by=by, body={"team": id_, "name": name, "branch": branch, "agents": list(agent_ids)}
    )
    return id_


def change_team(
    tx: Transaction, team_id: int, *, name: str, branch: str, agent_ids: Collection[int], by: Actor
) -> None:
    """Rename a team, move it to another branch, or change who belongs to it."""
    before = teams.find(tx, team_id)
    _check_team(tx, name, team_id)
    were = [agent.id for agent in agents.of_team(tx, team_id)]
    teams.change(tx, team_id, name=name.strip(), branch=branch.strip())
    teams.set_members(tx, team_id, tuple(agent_ids))
    changed = {
        field: [old, new]
        for field, old, new in (
            ("name", before.name, name.strip()),
            ("branch", before.branch, branch.strip()),
            ("agents", sorted(were), sorted(agent_ids)),
        )
        if old != new
    }
    events.record(tx, "team.changed", by=by, body={"team": team_id, "changed": changed})


def check_post(post: Post) -> None:
    """Raise Invalid, with the field, for what can be no post, whoever is here already."""
    if not post.name.strip():
        raise Invalid("This may not be empty.", field="name")
    if not _EMAIL.fullmatch(post.email.strip()):
        raise Invalid("This is not an e-mail address.", field="email")
    _among(post.role, tuple(Role), "role")
    if not post.languages:
        raise Invalid("Choose at least one language.", field="languages")
    for language in post.languages:
        _among(language, LANGUAGES, "languages")
    if not 1 <= post.capacity <= MOST_TICKETS:
        raise Invalid(f"This must be between 1 and {MOST_TICKETS}.", field="capacity")


def _check(tx: Transaction, post: Post) -> None:
    check_post(post)
    known = {team.id for team in teams.all(tx)}
    if not set(post.team_ids) <= known:
        raise Invalid("There is no such team.", field="team_ids")


def _check_team(tx: Transaction, name: str, team_id: int | None) -> None:
    if not name.strip():
        raise Invalid("This may not be empty.", field="name")
    known = teams.by_name(tx, name.strip())
    if known and known.id != team_id:
        raise Invalid("There is a team of this name already.", field="name")


def _keep_an_admin(tx: Transaction, leaving: int) -> None:
    others = [
        agent
        for agent in agents.all(tx)
        if agent.role == Role.ADMIN and agent.kind == Kind.HUMAN and not agent.is_disabled and agent.id != leaving
    ]
    if not others:
        raise Conflict("This is the last administrator. Make somebody else one first.")


def _among(value: str, choices: tuple[str, ...], field: str) -> None:
    if value not in choices:
        raise Invalid("This is not one of the choices.", field=field)


_NOTED = ("email", "name", "role", "languages", "capacity", "team_ids", "locale", "theme", "has_shortcuts")


def _changes(before: AgentRow, after: AgentRow) -> dict[str, list[Any]]:
    """Field → what it was and what it is."""
    pairs = ((field, getattr(before, field), getattr(after, field)) for field in _NOTED)
    return {field: [old, new] for field, old, new in pairs if old != new}
