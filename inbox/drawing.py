"""The desk's templates and what each is given: the whole page, the right of the list, and the parts that a verb changes."""

from typing import Any
from uuid import uuid4
from zoneinfo import ZoneInfo

import orjson
from aiohttp import web
from markupsafe import Markup

from bot.desk import routing
from bot.store import views
from bot.store.rows import TicketRow
from bot.store.views import View
from inbox import allowing, assisting, filtering, i18n, screens
from inbox.addresses import query
from inbox.keys import ENGINE, RENDERER, VIEWER
from inbox.packing import packed
from inbox.rendering import Piece, dom_id, html
from inbox.screens import Desk, Frame, Queue

# What the page's scripts say themselves.
SCRIPT_WORDS = (
    "time.now", "time.seconds", "time.minutes", "time.hours", "time.days", "list.new", "bulk.selected", "bulk.only", "shell.lost",
    "shell.updated", "thread.new", "composer.over", "composer.left", "composer.blanks", "composer.empty",
    "composer.drafted", "composer.undraftable", "may.left", "may.soon", "files.laying", "files.laid", "files.heavy",
)  # fmt: skip


def draw(request: web.Request, template: str, **context: Any) -> str:
    """A template in the agent's language, told who looks."""
    viewer = request[VIEWER]
    return request.app[RENDERER].draw(viewer.locale, template, viewer=viewer, **context)


def words(request: web.Request) -> i18n.Words:
    return request.app[RENDERER].words[request[VIEWER].locale]


def title(request: web.Request, view: View, frame: Frame) -> str:
    if view.team_id is None:
        return words(request)(f"view.{view.name}")
    return next((team.name for team in frame.all_teams if team.id == view.team_id), view.name)


def frame_context(request: web.Request, frame: Frame, current: str = "") -> dict[str, Any]:
    """What shell.html needs: the rail, its badges, the agent's theme, and the sentences of the scripts."""
    viewer = request[VIEWER]
    return {
        "theme": viewer.theme,
        "counts": frame.counts,
        "teams": frame.teams,
        "current": current,
        "script_words": orjson.dumps(words(request).some(SCRIPT_WORDS)).decode(),
    }


def queue_context(request: web.Request, frame: Frame, queue: Queue, current: int | None = None) -> dict[str, Any]:
    view = queue.view
    return frame_context(request, frame, view.name) | {
        "title": title(request, view, frame),
        "view": view.name,
        "query": query(view),
        "shown": f"{view.name}{query(view)}",
        "filtering": filtering.menu(words(request), request.app[RENDERER].looks, queue, frame.all_teams),
        "rows": rows(request, view, queue.page.rows, current),
        "more": more(view, queue),
        "blank": screens.blank(view, is_deaf=queue.is_deaf),
        "steps": queue.steps,
        "cursor": str(queue.cursor),
        "ticket": None,
    }


def rows(request: web.Request, view: View, tickets: tuple[TicketRow, ...], current: int | None = None) -> Markup:
    renderer = request.app[RENDERER]
    return renderer.rows(request[VIEWER].locale, tickets, view=view.name, query=query(view), current=current)


def more(view: View, queue: Queue) -> str:
    """The address of the list's next page; empty on its last."""
    filters = query(view)
    return f"/views/{view.name}{filters}{'&' if filters else '?'}after={queue.page.next}" if queue.page.next else ""


def ticket_context(request: web.Request, view: View, desk: Desk) -> dict[str, Any]:
    """What the templates right of the list need."""
    filters = query(view)
    return composer_context(request, desk) | {
        "view": view.name,
        "query": filters,
        "shown": f"{view.name}{filters}",
        "here": f"/views/{view.name}/tickets/{desk.ticket.id}",
        "ticket": desk.ticket,
        "is_inside": views.matches(desk.ticket, view, desk.agent),
        "thread": desk.thread,
        "panel": desk.panel,
        "past": [one for one in desk.panel.tickets if one.id != desk.ticket.id],
        "others": desk.others,
        "agents": desk.agents,
        "all_teams": desk.all_teams,
        "all_tags": desk.all_tags,
        "reason": reason(request, desk.ticket),
        "deeds": allowing.deeds(request, desk),
        "edit": {"message": None},
        **assisting.context(desk.assistance, words(request)),
        "reasons": allowing.reasons(request, desk),
        "snoozes": screens.snoozes(desk.now, ZoneInfo(request.app[ENGINE].settings.time_zone)),
    }


def composer_context(request: web.Request, desk: Desk) -> dict[str, Any]:
    """What the reply and the note need: what the network allows and how it counts, the drafts, the canned replies."""
    door = allowing.connector(request, desk.ticket.channel_id)
    note = desk.drafts.get("note")
    return allowing.composer(request, desk) | {
        "canneds": desk.canneds,
        "counts_by": screens.rule(door.count) if door else "points",
        "reply": reply_fields(desk),
        "move": move_fields(request, desk),
        "formula": formula_fields(desk),
        "fault": "",
        "writes": "reply",
        "note": {"text": note.text if note else "", "error": ""},
    }


def move_fields(request: web.Request, desk: Desk) -> dict[str, Any]:
    """What the form for moving to private holds: fresh keys, the prepared line in the contact's language, the draft."""
    ours = {"": request[VIEWER].locale, "other": "en"}
    language = ours.get(desk.ticket.language, desk.ticket.language)
    line = request.app[RENDERER].words[language]("private.line")
    draft = desk.drafts.get("move")
    fields = {
        "key": uuid4().hex,
        "private_key": uuid4().hex,
        "seen": screens.last_seen(desk.thread),
        "language": language,
    }
    return fields | {"line": line, "text": draft.text if draft else "", "error": "", "question": "", "means": False}


def formula_fields(desk: Desk) -> dict[str, Any]:
    """What the forms of the network's own words hold: fresh keys, and which was chosen with what in its blanks."""
    fields = {"key": uuid4().hex[:32], "seen": screens.last_seen(desk.thread), "id": "", "blanks": dict[str, str]()}
    return fields | {"error": "", "question": "", "means": False}


def reply_fields(desk: Desk, canned_id: int | None = None) -> dict[str, Any]:
    """What the reply form holds: a fresh key, the last message that is on the page, and the first words."""
    text, canned = screens.prepared(desk, canned_id)
    fields = {"key": uuid4().hex, "seen": screens.last_seen(desk.thread), "text": text, "canned": canned}
    return fields | {"error": "", "question": "", "means": False}


def reason(request: web.Request, ticket: TicketRow) -> str:
    """Why the ticket is where it is, in words; empty when a person put it there."""
    told = routing.reason(ticket)
    if not told:
        return ""
    key = told.pop("key")
    if "language" in told:
        told["language"] = words(request)(f"spoken.{told['language'] or 'unknown'}")
    return words(request)(key, **told)


def changed(request: web.Request, context: dict[str, Any], *, is_polite: bool = False) -> list[Piece]:
    """The parts of an open ticket that a change may have touched, all but what the agent is writing."""
    return [
        Piece("thread-head", draw(request, "tickets/_head.html", **context), is_polite=is_polite),
        Piece("items", draw(request, "tickets/_items.html", **context), "merge", is_polite=is_polite),
        Piece("facts", draw(request, "tickets/_facts.html", **context), is_polite=is_polite),
        Piece("tags", draw(request, "tags/_tags.html", **context), is_polite=is_polite),
        Piece("suggestions", draw(request, "replies/_suggestions.html", **context), is_polite=True),
        Piece("understood", draw(request, "contacts/_understood.html", **context), is_polite=True),
        Piece("composer-may", draw(request, "replies/_may.html", **context)),
        Piece("collision", draw(request, "presences/_collision.html", **context)),
        Piece(dom_id("ticket", context["ticket"].id), row(request, context)),
    ]


def row(request: web.Request, context: dict[str, Any]) -> str:
    """The open ticket's own row, so that list and conversation never disagree; marked when it has left the view."""
    ticket, view = context["ticket"], context["view"]
    renderer = request.app[RENDERER]
    drawn = str(renderer.rows(request[VIEWER].locale, [ticket], view=view, query=context["query"], current=ticket.id))
    return drawn if context["is_inside"] else drawn.replace('class="row', 'class="row is-gone', 1)


def page(request: web.Request, context: dict[str, Any], *, status: int = 200) -> web.Response:
    return packed(request, html(draw(request, "desk.html", **context), status=status))
