"""The journal, for admins: who did what, when; and whether anybody has changed it since."""

from collections.abc import Mapping
from typing import Any

import orjson
from aiohttp import web

from bot.desk import audit
from bot.model.event import ActorKind
from bot.store import agents, channels, events
from bot.store.events import Recorded
from inbox import sheets

ON_A_PAGE = 50


async def index(request: web.Request) -> web.Response:
    before = _number(request.query.get("before", ""))
    kind = request.query.get("kind", "")[:60]
    frame, (found, people, accounts) = await sheets.look(
        request,
        lambda tx: (events.latest(tx, before=before, noun=kind, limit=ON_A_PAGE + 1), agents.all(tx), channels.all(tx)),
    )
    context: dict[str, Any] = {
        "rows": [_row(one) for one in found[:ON_A_PAGE]],
        "more": found[ON_A_PAGE - 1].position.id if len(found) > ON_A_PAGE else None,
        "people": {agent.id: agent.name for agent in people},
        "accounts": {channel.id: channel.title for channel in accounts},
        "kind": kind,
        "kinds": NOUNS,
        "verdict": None,
    }
    return sheets.page(request, "audit/index.html", frame, "audit", **context)


async def verify(request: web.Request) -> web.Response:
    """Walk the whole chain of seals and show the verdict."""
    head = request.query.get("head", "").strip()[:64]
    frame, verdict = await sheets.look(request, lambda tx: audit.verify(tx, known_head=head))
    return sheets.page(request, "audit/verification.html", frame, "audit", verdict=verdict, head=head)


NOUNS = (
    "session",
    "access",
    "agent",
    "team",
    "channel",
    "canned_reply",
    "intent",
    "bot",
    "understanding",
    "suggestion",
    "incident",
    "quarantine",
    "work",
    "ticket",
    "reply",
    "message",
    "note",
    "desk",
)


def _number(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 19 else None


def _row(one: Recorded) -> dict[str, Any]:
    """An event as the page shows it."""
    return {
        "id": one.position.id,
        "at": one.at,
        "kind": one.kind,
        "by": one.by.kind.value,
        "by_id": one.by.id if one.by.kind in (ActorKind.AGENT, ActorKind.BOT) else 0,
        "ticket_id": one.ticket_id,
        "channel_id": one.channel_id,
        "details": _details(one.body),
    }


def _details(body: Mapping[str, Any]) -> list[tuple[str, str]]:
    """What an event says, as names and values; of a change what was and what is."""
    was, now = _parts(body.get("before")), _parts(body.get("after"))
    changed = [(name, f"{_text(was.get(name))} → {_text(now.get(name))}") for name in (was | now)]
    changed += [(name, f"{_text(old)} → {_text(new)}") for name, (old, new) in body.get("changed", {}).items()]
    return [
        (name, _text(value)) for name, value in body.items() if name not in ("before", "after", "changed")
    ] + changed


def _parts(value: object) -> dict[str, object]:
    return {str(name): part for name, part in value.items()} if isinstance(value, Mapping) else {}


def _text(value: object) -> str:
    """A value in plain words: no quotes, no braces, and a dash for nothing."""
    if value is None or value == "":
        return "—"
    if isinstance(value, Mapping):
        return ", ".join(f"{name}: {_text(part)}" for name, part in value.items())
    if isinstance(value, list):
        return ", ".join(_text(part) for part in value) or "—"
    return value if isinstance(value, str) else orjson.dumps(value).decode()
