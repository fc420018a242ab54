"""What a page of the desk shows, read in one transaction: so that list, conversation and the start of the live stream agree."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta, tzinfo
from typing import Any

from bot import wire
from bot.desk import canned, presence
from bot.model.agent import Kind, Role
from bot.store import (
    agents,
    canned_replies,
    channels,
    contacts,
    conversations,
    deeds,
    drafts,
    enclosures,
    events,
    messages,
    spots,
    tags,
    teams,
    tickets,
    views,
)  # fmt: skip
from bot.store.agents import AgentRow
from bot.store.canned_replies import CannedReplyRow
from bot.store.channels import ChannelRow
from bot.store.contacts import Panel
from bot.store.conversations import Thread
from bot.store.deeds import DeedRow
from bot.store.drafts import DraftRow
from bot.store.enclosures import EnclosureRow, Writer
from bot.store.events import Position
from bot.store.presences import Sight
from bot.store.rows import Page, Place, TicketRow
from bot.store.sessions import Known
from bot.store.spots import Whereabouts
from bot.store.tags import TagRow
from bot.store.teams import TeamRow
from bot.store.transaction import Transaction
from bot.store.views import View
from bot.wire import Health
from inbox import addresses, assisting
from inbox.assisting import Assistance

DEAF = frozenset({Health.INTERRUPTED, Health.BAD_CREDENTIALS, Health.UNCONFIGURED})


@dataclass(frozen=True, slots=True)
class Frame:
    """What stands round every page: who looks, the views' badges, and the teams whose queues they may open."""

    viewer: Known
    agent: AgentRow
    counts: Mapping[str, int]
    teams: tuple[TeamRow, ...]
    all_teams: tuple[TeamRow, ...]


@dataclass(frozen=True, slots=True)
class Step:
    """Something that an admin does before the first message can be answered."""

    name: str
    link: str
    is_done: bool


@dataclass(frozen=True, slots=True)
class Queue:
    """A view's list, and what can filter it. `is_deaf` tells that a channel hears nothing now: an empty list must not hide it."""

    view: View
    page: Page
    cursor: Position
    is_deaf: bool
    channels: tuple[ChannelRow, ...]
    tags: tuple[TagRow, ...]
    steps: tuple[Step, ...]


@dataclass(frozen=True, slots=True)
class Desk:
    """An open ticket with all that stands right of the list."""

    ticket: TicketRow
    channel: ChannelRow
    agent: AgentRow
    thread: Thread
    panel: Panel
    drafts: Mapping[str, DraftRow]
    others: tuple[Sight, ...]
    agents: tuple[AgentRow, ...]
    all_teams: tuple[TeamRow, ...]
    all_tags: tuple[TagRow, ...]
    canneds: tuple[CannedReplyRow, ...]
    now: datetime
    where: Whereabouts
    meant: Whereabouts | None
    deeds: Mapping[int, DeedRow]
    enclosures: Sequence[EnclosureRow]
    assistance: Assistance


def frame(tx: Transaction, viewer: Known) -> Frame:
    """Raises NotFound when the agent is no more."""
    agent = agents.find(tx, viewer.agent_id)
    everybody = teams.all(tx)
    own = tuple(team for team in everybody if agent.sees_all or team.id in agent.team_ids)
    return Frame(viewer, agent, views.counts(tx, agent), own, everybody)


def queue(tx: Transaction, agent: AgentRow, view: View, after: Place | None) -> Queue:
    """A page of a view, and the place in the log from which its window must be kept up to date."""
    cursor = events.end(tx)
    page = tickets.page(tx, view, viewer=agent, after=after)
    every_channel = channels.all(tx)
    is_deaf = not page.rows and any(one.health in DEAF and not one.is_paused for one in every_channel)
    return Queue(view, page, cursor, is_deaf, every_channel, tags.all(tx), first_steps(tx, agent, page, every_channel))


def first_steps(tx: Transaction, agent: AgentRow, page: Page, every_channel: Sequence[ChannelRow]) -> tuple[Step, ...]:
    """What an admin still has to do on a desk that has heard nobody yet; nothing as soon as the first message is there."""
    if page.rows or agent.role != Role.ADMIN or messages.has_any(tx):
        return ()
    return (
        Step("channel", "/channels/new", bool(every_channel)),
        Step("agents", "/agents/new", len(agents.all(tx)) > 1),
        Step("canned", "/canned-replies/new", bool(canned_replies.all(tx))),
        Step("message", "/channels", is_done=False),
    )


def desk(tx: Transaction, agent: AgentRow, ticket_id: int, before: Place | None = None) -> Desk:
    """An open ticket. Raises NotFound when it is not this agent's to see."""
    ticket = tickets.visible(tx, ticket_id, agent)
    thread, canneds = conversations.thread(tx, ticket_id, before), canned_replies.all(tx)
    return Desk(
        ticket=ticket,
        channel=channels.find(tx, ticket.channel_id),
        agent=agent,
        thread=thread,
        panel=contacts.panel(tx, ticket.contact_id, agent),
        drafts=drafts.of(tx, ticket_id, agent.id),
        others=presence.others(tx, ticket_id, agent.id),
        agents=tuple(one for one in agents.all(tx) if one.kind == Kind.HUMAN),
        all_teams=teams.all(tx),
        all_tags=tags.all(tx),
        canneds=canneds,
        now=tx.now,
        where=spots.whereabouts(tx, ticket),
        meant=spots.meant(tx, ticket),
        deeds=deeds.last(tx, ticket_id),
        enclosures=enclosures.of(tx, Writer(ticket_id, agent.id)),
        assistance=assisting.assistance(tx, ticket, agent, last_asked(thread), canneds),
    )


def last_asked(thread: Thread) -> int | None:
    """The number of the contact's newest message on the page."""
    return max((item.id for item in thread.items if item.kind == "message" and item.direction == "in"), default=None)


def last_seen(thread: Thread) -> int:
    """The number of the newest message on the page: what a reply says that its writer had read."""
    return max((item.id for item in thread.items if item.kind == "message"), default=0)


def prepared(desk: Desk, canned_id: int | None) -> tuple[str, int | None]:
    """The reply's first words: a canned reply that was chosen, else the draft."""
    chosen = next((one for one in desk.canneds if one.id == canned_id), None)
    if chosen:
        return canned.filled(chosen, desk.ticket, desk.agent), chosen.id
    draft = desk.drafts.get("reply")
    return (draft.text if draft else ""), None


def snoozes(now: datetime, zone: tzinfo) -> list[tuple[str, datetime]]:
    """The times that are offered for snoozing, those that still lie ahead."""
    local = now.astimezone(zone)
    morning = local.replace(hour=9, minute=0, second=0, microsecond=0)
    evening = datetime.combine(local.date(), time(18), zone)
    monday = morning + timedelta(days=7 - local.weekday())
    offered = [("hour", local.replace(second=0, microsecond=0) + timedelta(hours=1))]
    offered += [("evening", evening)] if evening - local > timedelta(hours=1) else []
    offered.append(("tomorrow", morning + timedelta(days=1)))
    return offered + ([("monday", monday)] if monday.date() != (morning + timedelta(days=1)).date() else [])


def blank(view: View, *, is_deaf: bool) -> dict[str, str]:
    """What an empty list says: why it is empty, and what can be done."""
    if view.filters:
        return _blank("filtered", "sliders-horizontal", addresses.without(view, *view.filters))
    if is_deaf:
        return _blank("down", "wifi-off")
    if view.name == "mine":
        return _blank("mine", "circle-check", "/views/unassigned")
    if view.name in ("snoozed", "resolved"):
        return _blank(view.name, "alarm-clock" if view.name == "snoozed" else "archive")
    return _blank("done", "circle-check")


def _blank(name: str, drawing: str, link: str = "") -> dict[str, str]:
    told: dict[str, Any] = {"icon": drawing, "title": f"blank.{name}", "text": f"blank.{name}_text"}
    return told | {"link": link, "link_text": f"blank.{name}_link"}


def rule(count: Any) -> str:
    """How a network counts, found by asking its connector: a face is one point, two UTF-16 units or four bytes."""
    return {2: "units", 4: "bytes"}.get(count("\N{GRINNING FACE}"), "points")


NOTHING_KNOWN = wire.Capabilities()
