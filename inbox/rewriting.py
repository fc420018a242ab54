"""A form of the composer once more, with what speaks against it: nothing that was written is lost."""

from collections.abc import Mapping
from typing import Any

from aiohttp import web

from bot import errors
from bot.desk import replying
from bot.store.rows import TicketRow
from inbox import acting, allowing, drawing, problems
from inbox.rendering import Piece, pieces, wants_pieces
from inbox.screens import Desk

# Each form of the composer: the element that holds it, and its template.
FORMS: Mapping[str, tuple[str, str]] = {
    "reply": ("reply-form", "replies/_reply_form.html"),
    "move": ("private-form", "replies/_private_form.html"),
    "formula": ("formula-form", "replies/_formula_form.html"),
}


async def once_more(
    request: web.Request, name: str, kept: Mapping[str, Any], problem: errors.ComptoirError
) -> web.Response:
    """The form, and above it the newest messages: sending it again means that they were read."""
    status = problems.of(problem).status
    view, desk = await acting.shown_view(request), await acting.desk(request)
    fresh = _fresh(request, name, desk)
    changed: dict[str, Any] = {name: {**fresh, **kept, **said(request, desk.ticket, problem)}, "writes": name}
    if not wants_pieces(request):
        return await acting.page(request, view, status=status, **changed)
    context = drawing.ticket_context(request, view, desk) | changed
    place, template = FORMS[name]
    form = Piece(place, drawing.draw(request, template, **context))
    return pieces([*drawing.changed(request, context), form], status=status)


async def with_error(request: web.Request, said: str) -> web.Response:
    """The page of a ticket, whose reply form says what stands against it: for whom no script runs."""
    view, desk = await acting.shown_view(request), await acting.desk(request)
    return await acting.page(request, view, status=422, reply={**drawing.reply_fields(desk), "error": said})


def _fresh(request: web.Request, name: str, desk: Desk) -> dict[str, Any]:
    """What an untouched form of this name holds."""
    if name == "formula":
        return drawing.formula_fields(desk)
    return drawing.reply_fields(desk) if name == "reply" else drawing.move_fields(request, desk)


async def fresh(request: web.Request) -> list[Piece]:
    """Empty forms with new keys, or with what was taken back. Only a script needs them."""
    if not wants_pieces(request):
        return []
    context = drawing.ticket_context(request, await acting.shown_view(request), await acting.desk(request))
    return [Piece(place, drawing.draw(request, template, **context)) for place, template in FORMS.values()]


def said(request: web.Request, ticket: TicketRow, problem: errors.ComptoirError) -> dict[str, object]:
    """What the form says: a question that sending again answers, or what must be changed first."""
    words = drawing.words(request)
    if isinstance(problem, replying.SpokenSince):
        names = ", ".join(dict.fromkeys(one.name or words("message.us") for one in problem.spoken))
        seen = max(one.id for one in problem.spoken)
        return {"question": words("composer.spoken_since", names=names), "seen": seen}
    if isinstance(problem, replying.Elsewhere):
        return {"question": words("composer.elsewhere", name=ticket.contact_name)}
    return {"error": reason(request, ticket, problem)} | _question(request, problem)


def reason(request: web.Request, ticket: TicketRow, problem: errors.ComptoirError) -> str:
    """Why not, in the agent's language."""
    words = drawing.words(request)
    if isinstance(problem, replying.Barred):
        return allowing.sentence(request, ticket.network, problem.why_not)
    if isinstance(problem, replying.Objected):
        return " ".join(dict.fromkeys(words(one.key) for one in problem.objections))
    return problems.sentence(words, problems.of(problem))


def _question(request: web.Request, problem: errors.ComptoirError) -> dict[str, object]:
    """An objection that only warns is asked about."""
    if not isinstance(problem, replying.Objected) or problem.is_blocked:
        return {}
    words = drawing.words(request)
    told = " ".join(dict.fromkeys(words(one.key) for one in problem.objections))
    return {"error": "", "question": told, "means": True}
