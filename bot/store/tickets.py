"""Tickets: one row for a list's line, a page by its place, and the lock and the change that every verb needs."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from sqlalchemy import ColumnElement, func, or_, select, update

from bot import errors
from bot.model.agent import Agent
from bot.model.channel import Channel
from bot.model.columns import table
from bot.model.conversation import Conversation
from bot.model.team import Team
from bot.model.ticket import State, Ticket
from bot.store import bulk, lists, tags, views
from bot.store.agents import AgentRow
from bot.store.rows import Page, Place, TicketRow
from bot.store.transaction import Transaction
from bot.store.views import View

FEW = 300  # tickets of one tag: below that it is quicker to look through them than along the view's index

_TICKET, _AGENT, _CHANNEL, _TEAM = table(Ticket), table(Agent), table(Channel), table(Team)
_CONVERSATION = table(Conversation)
_NAMES = (
    func.coalesce(_AGENT.c.name, ""),
    _CHANNEL.c.name,
    _CHANNEL.c.title,
    _CHANNEL.c.network,
    func.coalesce(func.nullif(_CHANNEL.c.branch, ""), _TEAM.c.branch, ""),
    func.coalesce(_TEAM.c.name, ""),
)
_OWN = tuple(_TICKET.c[name] for name in tuple(TicketRow.__dataclass_fields__)[: -len(_NAMES)])
_QUESTION = (
    select(*_OWN, *_NAMES)
    .join(_CHANNEL, _CHANNEL.c.id == _TICKET.c.channel_id)
    .outerjoin(_AGENT, _AGENT.c.id == _TICKET.c.assignee_id)
    .outerjoin(_TEAM, _TEAM.c.id == _TICKET.c.team_id)
)


def page(tx: Transaction, view: View, *, viewer: AgentRow, after: Place | None = None, limit: int = 50) -> Page:
    """One page of a view, in its order."""
    few = tags.wearing(tx, view.tag, FEW) if view.tag else []
    if view.tag and len(few) < FEW:
        found = _picked(rows(tx, few), view, viewer, after)
    else:
        found = rows(tx, lists.ordered(tx, view, viewer, after, limit + 1))
    shown = found[:limit]
    is_last = len(found) <= limit
    return Page(shown, None if is_last else views.place(shown[-1], view))


def row(tx: Transaction, id_: int) -> TicketRow | None:
    """One ticket, or None."""
    found = rows(tx, [id_])
    return found[0] if found else None


def rows(tx: Transaction, ids: Iterable[int]) -> tuple[TicketRow, ...]:
    """These tickets in the order they were asked for, without those that do not exist."""
    asked = list(ids)
    found = {row[0]: _row(row) for row in tx.connection.execute(_QUESTION.where(_TICKET.c.id.in_(asked)))}
    return tuple(found[id_] for id_ in asked if id_ in found)


def _row(found: Any) -> TicketRow:
    return TicketRow(*found)


def find(tx: Transaction, id_: int) -> TicketRow:
    """Raises NotFound."""
    found = row(tx, id_)
    if found is None:
        raise errors.NotFound("There is no such ticket.")
    return found


def visible(tx: Transaction, id_: int, viewer: AgentRow) -> TicketRow:
    """The ticket, if this agent may see it. Raises NotFound, which does not tell whether there is one."""
    found = find(tx, id_)
    if not views.can_see(found, viewer):
        raise errors.NotFound("There is no such ticket.")
    return found


def held(tx: Transaction, id_: int) -> TicketRow:
    """The ticket as it is now and stays until the commit, whoever else wants to change it. Raises NotFound."""
    if tx.dialect == "postgresql":
        tx.connection.execute(select(_TICKET.c.id).where(_TICKET.c.id == id_).with_for_update(key_share=True)).all()
    return find(tx, id_)


def held_all(tx: Transaction, ids: Iterable[int]) -> tuple[TicketRow, ...]:
    """The same for many, in the order they were asked for. Held in the order of numbers, so that no two wait in a ring."""
    asked = list(ids)
    if tx.dialect == "postgresql":
        among = select(_TICKET.c.id).where(_TICKET.c.id.in_(asked)).order_by(_TICKET.c.id)
        tx.connection.execute(among.with_for_update(key_share=True)).all()
    found = rows(tx, asked)
    if len(found) < len(set(asked)):
        raise errors.NotFound("There is no such ticket.")
    return found


def change_all(tx: Transaction, changes: Sequence[tuple[TicketRow, Mapping[str, Any]]]) -> None:
    """Set the same columns of many held tickets, each to its own values."""
    if changes:
        columns = tuple(changes[0][1])
        given = [(row.id, *(values[name] for name in columns), row.version + 1) for row, values in changes]
        bulk.update(tx, _TICKET, "id", (*columns, "version"), given)


def change(tx: Transaction, id_: int, **values: Any) -> TicketRow:
    """Set columns of one ticket, which then has a new version."""
    tx.connection.execute(update(_TICKET).where(_TICKET.c.id == id_).values(**values, version=_TICKET.c.version + 1))
    return find(tx, id_)


def unresolved_of(tx: Transaction, conversation_id: int) -> int | None:
    """The ticket that this conversation's work is on now: its own, or that of the conversation which it continues."""
    continued = select(_CONVERSATION.c.continues_id).where(_CONVERSATION.c.id == conversation_id).scalar_subquery()
    is_own = _TICKET.c.conversation_id == conversation_id
    question = select(_TICKET.c.id).where(
        or_(is_own, _TICKET.c.conversation_id == continued), _TICKET.c.state != State.RESOLVED
    )
    return tx.connection.execute(question.order_by(is_own.desc()).limit(1)).scalar()


def of_contact(
    tx: Transaction, contact_id: int, viewer: AgentRow | None = None, limit: int = 20
) -> tuple[TicketRow, ...]:
    """A contact's tickets, the newest first; with a viewer, only those they may see."""
    question = select(_TICKET.c.id).where(_TICKET.c.contact_id == contact_id).order_by(_TICKET.c.id.desc()).limit(limit)
    if viewer and not viewer.sees_all:
        question = question.where(_seen_by(viewer))
    return rows(tx, tx.connection.execute(question).scalars())


def unresolved_with(tx: Transaction, agent_id: int) -> list[int]:
    """What an agent still has to do, or waits for."""
    question = select(_TICKET.c.id).where(_TICKET.c.assignee_id == agent_id, _TICKET.c.state != State.RESOLVED)
    return list(tx.connection.execute(question).scalars())


def to_wake(tx: Transaction, limit: int = 100) -> list[int]:
    """Snoozed tickets whose time has come, the longest due first."""
    question = select(_TICKET.c.id).where(_TICKET.c.state == State.SNOOZED, _TICKET.c.snoozed_until <= tx.now)
    return list(tx.connection.execute(question.order_by(_TICKET.c.snoozed_until, _TICKET.c.id).limit(limit)).scalars())


def to_route(tx: Transaction, limit: int = 50) -> list[int]:
    """Open tickets that routing left with nobody, the longest waiting first; not those that a person put back."""
    question = select(_TICKET.c.id).where(
        _TICKET.c.assignee_id.is_(None), _TICKET.c.state == State.OPEN, _TICKET.c.routing_reason != ""
    )
    order = (_TICKET.c.assignee_id, _TICKET.c.last_message_at, _TICKET.c.id)
    return list(tx.connection.execute(question.order_by(*order).limit(limit)).scalars())


def open_by_assignee(tx: Transaction, agent_ids: Sequence[int]) -> dict[int, int]:
    """How many open tickets each of these agents has."""
    theirs = _TICKET.c.assignee_id.in_(sorted(agent_ids))
    question = select(_TICKET.c.assignee_id, func.count()).where(theirs, _TICKET.c.state == State.OPEN)
    found = tx.connection.execute(question.group_by(_TICKET.c.assignee_id)).all()
    return dict.fromkeys(agent_ids, 0) | {row[0]: row[1] for row in found}


def _picked(few: Sequence[TicketRow], view: View, viewer: AgentRow, after: Place | None) -> tuple[TicketRow, ...]:
    """Those of a few tickets that stand in the view after a place, in its order."""
    right = [(views.place(row, view).rank, row) for row in few if views.matches(row, view, viewer)]
    return tuple(row for rank, row in sorted(right, key=lambda one: one[0]) if after is None or rank > after.rank)


def _seen_by(viewer: AgentRow) -> ColumnElement[bool]:
    shared = func.coalesce(_TICKET.c.team_id, 0).in_([*viewer.team_ids, 0])
    return or_(shared, _TICKET.c.assignee_id == viewer.id)
