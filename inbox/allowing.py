"""What may be done where a ticket stands now, and with each of its messages, as its network says: in words, for pages."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import msgspec
from aiohttp import web

from bot import wire
from bot.connectors.base import Connector
from bot.desk.doing import ON_OURS
from bot.desk.replying import ARCHIVE, Measure
from bot.store.conversations import MessageItem
from bot.store.deeds import DeedRow
from inbox import filing, networks
from inbox.keys import ENGINE, RENDERER, VIEWER
from inbox.screens import NOTHING_KNOWN, Desk

SENT = ("", "sent")


@dataclass(frozen=True, slots=True)
class Offer:
    """One deed that a message's menu offers. The same form sent twice has the same key."""

    act: str
    key: str
    permission: wire.Permission
    why_not: str


@dataclass(frozen=True, slots=True)
class Deeds:
    """What may be done with a message, and what was last asked for."""

    offers: tuple[Offer, ...]
    last: DeedRow | None


def connector(request: web.Request, channel_id: int) -> Connector | None:
    """The open door of a channel."""
    door = request.app[ENGINE].doors.by_id(channel_id)
    return door.connector if door else None


def at(door: Connector | None, spot: wire.Spot) -> wire.Capabilities:
    return door.capabilities(spot) if door else NOTHING_KNOWN


def measure(door: Connector | None, spot: wire.Spot, act: str, text: str) -> Measure | None:
    """What a channel's connector says of words: how long they are, and whether they may leave from there."""
    if door is None:
        return None
    there = door.capabilities(in_private(spot) if act == "private_reply" else spot)
    return Measure(door.count(text), there.limit, door.capabilities(spot).permission(act, text), there.files)


def in_private(spot: wire.Spot) -> wire.Spot:
    """The private conversation that would begin there."""
    return msgspec.structs.replace(spot, is_public=False)


def sentence(request: web.Request, network: str, key: str) -> str:
    """What a network's manifest says under a key, or else the catalogue."""
    return said_by(request, network, key) or request.app[RENDERER].words[request[VIEWER].locale](key)


def said_by(request: web.Request, network: str, key: str) -> str:
    """What a network's manifest says under a key; empty when it says nothing."""
    known = networks.known(request)
    said = known[network].sentences if network in known else {}
    return said[key][request[VIEWER].locale] if key in said else ""


def reasons(request: web.Request, desk: Desk) -> Mapping[str, str]:
    """The sentences of reasons that stand with messages and deeds of a ticket."""
    told = {item.reason for item in desk.thread.items if item.kind == "message"}
    told |= {deed.reason for deed in desk.deeds.values()}
    words = request.app[RENDERER].words[request[VIEWER].locale]
    known = {key: said_by(request, desk.ticket.network, key) for key in told if key}
    own = {
        "first_not_sent": "delivery.first_not_sent",
        "cannot.unknown": "cannot.unknown",
        "taken_over": "delivery.taken_over",
    }
    return {key: said or (words(own[key]) if key in own else "") for key, said in known.items()}


def deeds(request: web.Request, desk: Desk) -> dict[int, Deeds]:
    """For each message of the ticket on the page: what its menu offers, and what was last asked for."""
    door = connector(request, desk.ticket.channel_id)
    found: dict[int, Deeds] = {}
    for item in desk.thread.items:
        if item.kind == "message" and item.ticket_id == desk.ticket.id:
            last = desk.deeds.get(item.id)
            found[item.id] = Deeds(tuple(_offers(request, desk, door, item, last)), last)
    return found


def _offers(
    request: web.Request, desk: Desk, door: Connector | None, item: MessageItem, last: DeedRow | None
) -> list[Offer]:
    is_there = item.external_id and item.deleted_at is None and item.delivery in SENT
    if door is None or not is_there or (last and last.is_open):
        return []
    allowed = door.capabilities(item.spot(desk.now))
    acts = ON_OURS if item.direction == "out" else _marks(item)
    made: list[Offer] = []
    for act in acts:
        if act.removeprefix("un") in allowed.acts:
            permission = allowed.permission(act)
            why = (
                ""
                if permission.is_allowed
                else sentence(request, desk.ticket.network, permission.why_not or "cannot.deed")
            )
            key = f"deed {item.id} {act} {last.id if last else 0} {desk.agent.id}"
            made.append(Offer(act, key, permission, why))
    return made


def _marks(item: MessageItem) -> tuple[str, str]:
    return "unhide" if item.hidden_at else "hide", "unlike" if item.liked_at else "like"


def composer(request: web.Request, desk: Desk) -> dict[str, Any]:
    """What the composer says of the place where the ticket stands now."""
    door, spot, network = connector(request, desk.ticket.channel_id), desk.where.spot, desk.ticket.network
    capabilities = wire.Capabilities(can_reply=False, why_not=ARCHIVE) if desk.channel.holds_archive else at(door, spot)
    meant = at(door, desk.meant.spot) if spot.is_public and desk.meant else NOTHING_KNOWN
    private, has_private = meant.permission("private_reply"), "private_reply" in meant.acts
    return {
        "place": desk.where.conversation_id,
        "answered": desk.where.name,
        "meant": desk.meant.name if desk.meant else "",
        "is_public": spot.is_public,
        "channel": desk.channel,
        "capabilities": capabilities,
        "files": desk.enclosures,
        "files_here": filing.here(request.app[RENDERER].words[request[VIEWER].locale], capabilities.files),
        "problem": "",
        "cannot": sentence(request, network, capabilities.why_not or "cannot.unknown"),
        "private": private if has_private else None,
        "private_limit": at(door, in_private(spot)).limit,
        "formulas": sorted(
            capabilities.formulas, key=lambda one: not one.language.startswith(desk.ticket.language or "-")
        ),
        "cannot_private": sentence(request, network, private.why_not or "cannot.unknown") if has_private else "",
    }
