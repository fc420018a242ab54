"""Incidents, for supervisors: what the watch suspects, what people declared, by what it was noticed and how it goes."""

from collections.abc import Callable
from typing import Any

from aiohttp import web

from bot.errors import Conflict, Invalid
from bot.model.incident import DECLARED, NEXT, Severity, State
from bot.store import agents, events, incidents
from bot.store.events import Recorded
from bot.store.incidents import IncidentRow
from bot.store.transaction import Transaction
from bot.watch import incidents as verbs
from inbox import acting, sheets
from inbox.sheets import Faults

ON_A_PAGE = 50
MOST_TOLD = 1_000


async def index(request: web.Request) -> web.Response:
    before = request.query.get("before", "")
    last = int(before) if before.isascii() and before.isdecimal() and len(before) < 19 else None
    frame, found = await sheets.look(request, lambda tx: incidents.latest(tx, limit=ON_A_PAGE + 1, before=last))
    context: dict[str, Any] = {
        "found": found[:ON_A_PAGE],
        "more": found[ON_A_PAGE - 1].id if len(found) > ON_A_PAGE else None,
        "declared": DECLARED,
    }
    return sheets.page(request, "incidents/index.html", frame, "incidents", **context)


async def show(request: web.Request, faults: Faults | None = None, typed: dict[str, str] | None = None) -> web.Response:
    """The incident's room."""
    id_ = sheets.number(request, "incident")
    frame, told = await sheets.look(request, lambda tx: _told(tx, id_))
    context = {"typed": typed or {}, "severities": [one.value for one in Severity], "declared": DECLARED, **told}
    return sheets.page(request, "incidents/show.html", frame, "incidents", faults=faults, **context)


async def declare(request: web.Request) -> web.Response:
    """Somebody says that it is one: its title, and how bad it is."""
    form = await acting.form(request, "title", "severity", "version")
    title, severity = form.text("title", longest=1_000), form.text("severity")
    return await _done(request, {"title": title, "severity": severity}, lambda tx, id_: verbs.declare(
        tx, id_, title, _severity(severity), by=acting.by(request), seen_version=form.number("version") or 0,
    ))  # fmt: skip


async def dismiss(request: web.Request) -> web.Response:
    """Somebody says that it is none, and why."""
    form = await acting.form(request, "reason", "version")
    reason = form.text("reason", longest=verbs.LONGEST_REASON)
    return await _done(request, {"reason": reason}, lambda tx, id_: verbs.dismiss(
        tx, id_, reason, by=acting.by(request), seen_version=form.number("version") or 0,
    ))  # fmt: skip


async def replace_state(request: web.Request) -> web.Response:
    """It goes on: identified, mended, resolved and so forth, in an order that is kept."""
    form = await acting.form(request, "state", "reason", "version")
    state, reason = form.text("state"), form.text("reason", longest=verbs.LONGEST_REASON)
    return await _done(request, {}, lambda tx, id_: verbs.become(
        tx, id_, _state(state), by=acting.by(request), reason=reason, seen_version=form.number("version") or 0,
    ))  # fmt: skip


async def replace_severity(request: web.Request) -> web.Response:
    """Its harm is another than was thought."""
    form = await acting.form(request, "severity", "version")
    severity = form.text("severity")
    return await _done(request, {}, lambda tx, id_: verbs.judge(
        tx, id_, _severity(severity), by=acting.by(request), seen_version=form.number("version") or 0,
    ))  # fmt: skip


async def _done(
    request: web.Request, typed: dict[str, str], verb: Callable[[Transaction, int], IncidentRow]
) -> web.Response:
    """Do it and come back to the room; what is wrong with it stands in the room, with what was typed."""
    id_ = sheets.number(request, "incident")
    try:
        row = await acting.write(request, lambda tx: verb(tx, id_))
    except (Invalid, Conflict) as error:
        return await show(request, sheets.faults_of(request, error), typed)
    return sheets.back(f"/incidents/{id_}", f"incident_{row.state.value}")


def _told(tx: Transaction, id_: int) -> dict[str, Any]:
    row = incidents.find(tx, id_)
    story = [one for one in events.latest(tx, noun="incident", limit=MOST_TOLD) if one.body.get("incident") == id_]
    return {
        "row": row,
        "evidence": incidents.evidence(tx, id_),
        "story": [_step(one) for one in story],
        "people": {agent.id: agent.name for agent in agents.all(tx)},
        "next": [state.value for state in State if state in NEXT[row.state]],
    }


def _step(one: Recorded) -> dict[str, Any]:
    return {"id": one.position.id, "kind": one.kind, "at": one.at, "by": one.by.kind.value, "by_id": one.by.id}


def _severity(text: str) -> Severity:
    if text not in list(Severity):
        raise Invalid("There is no such severity.", field="severity")
    return Severity(text)


def _state(text: str) -> State:
    if text not in list(State):
        raise Invalid("There is no such state.", field="state")
    return State(text)
