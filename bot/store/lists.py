"""Which tickets come next in a list: each index range of a view read as far as the page needs, the ends merged."""

from collections.abc import Sequence
from typing import Any

import sqlalchemy
from sqlalchemy import ColumnElement, Select, func, literal, select, tuple_

from bot.model.columns import table
from bot.model.tag import Tag
from bot.model.ticket import Ticket, TicketTag
from bot.store import channels, views
from bot.store.agents import AgentRow
from bot.store.rows import Place
from bot.store.transaction import Transaction
from bot.store.views import Range, View

_TICKET, _TAG, _TICKET_TAG = table(Ticket), table(Tag), table(TicketTag)


def newest(tx: Transaction, view: View, viewer: AgentRow, after: Place | None, limit: int) -> list[int]:
    """The first tickets of a view after a place."""
    channel = channels.by_name(tx, view.channel) if view.channel else None
    if view.channel and channel is None:
        return []
    channel_id = channel.id if channel else None
    rest = _rest(view, channel_id)
    parts = [_part(range_, rest, after, limit) for range_ in views.ranges(view, viewer, channel_id)]
    return [row.id for row in tx.connection.execute(_merged(parts, limit))] if parts else []


def _part(range_: Range, rest: list[ColumnElement[bool]], after: Place | None, limit: int) -> Select[Any]:
    """The first rows of one index range after a place.

    The range's first column stands in the order too, though it has one value only: PostgreSQL does not see that of a null.
    """
    order = [_TICKET.c.last_message_at.desc(), _TICKET.c.id.desc()]
    question = select(_TICKET.c.id, _TICKET.c.last_message_at).where(_TICKET.c.state == range_.state, *rest)
    if range_.column:
        column = _TICKET.c[range_.column]
        question = question.where(column.is_(None) if range_.value is None else column == range_.value)
        order = [column.desc(), *order] if range_.value is None else order
    if range_.within:
        question = question.where(_of_teams(range_.within))
    if after:
        place = tuple_(literal(after.at, _TICKET.c.last_message_at.type), literal(after.id))
        question = question.where(tuple_(_TICKET.c.last_message_at, _TICKET.c.id) < place)
    return question.order_by(*order).limit(limit)


def _merged(parts: list[Select[Any]], limit: int) -> sqlalchemy.Executable:
    """The newest rows of all parts together, each once. A part is cut before that, so that no more is read than is shown."""
    if len(parts) == 1:
        return parts[0]
    lists = [part.subquery() for part in parts]
    together = sqlalchemy.union(*(select(part.c.id, part.c.last_message_at) for part in lists)).subquery()
    question = select(together.c.id, together.c.last_message_at)
    return question.order_by(together.c.last_message_at.desc(), together.c.id.desc()).limit(limit)


def _rest(view: View, channel_id: int | None) -> list[ColumnElement[bool]]:
    """What a row must be besides lying in the range."""
    rest: list[ColumnElement[bool]] = []
    if channel_id is not None:
        rest.append(_TICKET.c.channel_id == channel_id)
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
