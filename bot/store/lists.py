"""Which tickets come next in a list: each index range of a view read as far as the page needs, the ends merged."""

from collections.abc import Callable, Sequence
from typing import Any, TypeAlias

import sqlalchemy
from sqlalchemy import ColumnElement, Select, func, literal, or_, select, tuple_

from bot.model.channel import Channel
from bot.model.columns import table
from bot.model.tag import Tag
from bot.model.ticket import State, Ticket, TicketTag
from bot.store import channels, views
from bot.store.agents import AgentRow
from bot.store.rows import Place
from bot.store.transaction import Transaction
from bot.store.views import Range, View

Order: TypeAlias = Callable[[ColumnElement[Any]], ColumnElement[Any]]

_TICKET, _TAG, _TICKET_TAG, _CHANNEL = table(Ticket), table(Tag), table(TicketTag), table(Channel)


def ordered(tx: Transaction, view: View, viewer: AgentRow, after: Place | None, limit: int) -> list[int]:
    """The first tickets of a view after a place. Sorted by waiting, those whom nobody owes an answer come when the others end."""
    channel = channels.by_name(tx, view.channel) if view.channel else None
    if view.channel and channel is None:
        return []
    channel_id = channel.id if channel else None
    rest = _rest(view, channel_id)
    ranges = views.ranges(view, viewer, channel_id)
    if not view.is_longest:
        return _read(tx, [_newest(range_, rest, after, limit) for range_ in ranges], limit, sqlalchemy.desc)
    found: list[int] = []
    if after is None or after.is_waiting:
        waiting = [_waiting(range_, rest, after, limit) for range_ in ranges if range_.state == State.OPEN]
        found, after = _read(tx, waiting, limit, sqlalchemy.asc), None
    if len(found) < limit:
        missing = limit - len(found)
        owed_nothing = [*rest, or_(_TICKET.c.state != State.OPEN, _TICKET.c.waiting_since.is_(None))]
        found += _read(
            tx, [_newest(range_, owed_nothing, after, missing) for range_ in ranges], missing, sqlalchemy.desc
        )
    return found


def _read(tx: Transaction, parts: list[Select[Any]], limit: int, order: Order) -> list[int]:
    return [row.id for row in tx.connection.execute(_merged(parts, limit, order))] if parts else []


def _newest(range_: Range, rest: list[ColumnElement[bool]], after: Place | None, limit: int) -> Select[Any]:
    """The first rows of one index range after a place, the newest first."""
    at, id_ = _TICKET.c.last_message_at, _TICKET.c.id
    question, first = _in(range_, at, rest)
    if after:
        question = question.where(tuple_(at, id_) < _place(after))
    return question.order_by(*(column.desc() for column in (*first, at, id_))).limit(limit)


def _waiting(range_: Range, rest: list[ColumnElement[bool]], after: Place | None, limit: int) -> Select[Any]:
    """The first rows of one index range after a place, the longest waiting first."""
    at, id_ = _TICKET.c.waiting_since, _TICKET.c.id
    question, first = _in(range_, at, [*rest, at.is_not(None)])
    if after:
        question = question.where(tuple_(at, id_) > _place(after))
    return question.order_by(*first, at, id_).limit(limit)


def _in(range_: Range, at: Any, rest: list[ColumnElement[bool]]) -> tuple[Select[Any], list[Any]]:
    """The rows of one index range, and what must stand first in their order.

    The range's first column stands in the order too, though it has one value only: PostgreSQL does not see that of a null.
    """
    question = select(_TICKET.c.id, at.label("at")).where(_TICKET.c.state == range_.state, *rest)
    if range_.within:
        question = question.where(_of_teams(range_.within))
    if not range_.column:
        return question, []
    column = _TICKET.c[range_.column]
    question = question.where(column.is_(None) if range_.value is None else column == range_.value)
    return question, [column] if range_.value is None else []


def _place(after: Place) -> Any:
    return tuple_(literal(after.at, _TICKET.c.last_message_at.type), literal(after.id))


def _merged(parts: list[Select[Any]], limit: int, order: Order) -> sqlalchemy.Executable:
    """The first rows of all parts together, each once. A part is cut before that, so that no more is read than is shown."""
    if len(parts) == 1:
        return parts[0]
    lists = [part.subquery() for part in parts]
    together = sqlalchemy.union(*(select(part.c.id, part.c.at) for part in lists)).subquery()
    return select(together.c.id, together.c.at).order_by(order(together.c.at), order(together.c.id)).limit(limit)


def _rest(view: View, channel_id: int | None) -> list[ColumnElement[bool]]:
    """What a row must be besides lying in the range."""
    rest: list[ColumnElement[bool]] = []
    if channel_id is not None:
        rest.append(_TICKET.c.channel_id == channel_id)
    if view.network:
        rest.append(_TICKET.c.channel_id.in_(select(_CHANNEL.c.id).where(_CHANNEL.c.network == view.network)))
    if view.team:
        rest.append(_TICKET.c.team_id == int(view.team))
    if view.language:
        rest.append(_TICKET.c.language == ("" if view.language == views.UNKNOWN else view.language))
    if view.priority:
        rest.append(_TICKET.c.priority == view.priority)
    if view.name == "unassigned":
        rest.append(_TICKET.c.assignee_id.is_(None))
    if view.tag:
        named = select(_TAG.c.id).where(_TAG.c.name == view.tag).scalar_subquery()
        rest.append(_wears(named))
    return rest


def _wears(tag_id: Any) -> ColumnElement[bool]:
    """Looked up ticket by ticket: a tag that many wear is soon met along the range."""
    worn = (_TICKET_TAG.c.ticket_id == _TICKET.c.id, _TICKET_TAG.c.tag_id == tag_id)
    return select(_TICKET_TAG.c.id).where(*worn).correlate(_TICKET).exists()


def _of_teams(teams: Sequence[int | None]) -> ColumnElement[bool]:
    """Of one of these teams; None there means of no team."""
    named = sorted(team for team in teams if team is not None)
    return func.coalesce(_TICKET.c.team_id, 0).in_([*named, *([0] if None in teams else [])])
