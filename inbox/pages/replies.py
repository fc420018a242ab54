"""What is said to the contact: written, taken back, tried again."""

from datetime import timedelta

from aiohttp import web

from bot import errors, wire
from bot.desk import replying
from bot.desk.replying import Measure
from bot.store import outbox, spots, tickets
from bot.store.agents import AgentRow
from bot.store.outbox import OutboxRow
from bot.store.rows import TicketRow
from bot.store.transaction import Transaction
from inbox import acting, drawing, problems, screens
from inbox.acting import Told
from inbox.forms import Form
from inbox.keys import ENGINE
from inbox.rendering import Piece, dom_id, pieces, wants_pieces

LONGEST = 100_000
FIELDS = ("text", "key", "seen", "canned", "is_meant")


async def create(request: web.Request) -> web.Response:
    """Put the words into the outbox. What speaks against it is said beside them, and nothing that was written is lost."""
    form = await acting.form(request, *FIELDS)
    try:
        outbox_id = await _write(request, form)
    except (errors.Invalid, errors.Conflict) as problem:
        return await _once_more(request, form, problem)
    undo = request.app[ENGINE].settings.undo_seconds
    said = drawing.words(request)("done.sending", count=undo)
    told = Told(said, undo=f"/tickets/{acting.ticket_id(request)}/replies/{outbox_id}", seconds=undo)
    return await acting.done(request, told, *await _fresh_form(request))


async def delete(request: web.Request) -> web.Response:
    """Take it back while it can be: the words return to the composer."""
    row = await _row(request)
    await acting.write(request, lambda tx: replying.undo(tx, row.id, by=acting.by(request)))
    gone = [Piece(dom_id("message", row.message_id), how="remove")] if row.message_id else []
    return await acting.done(request, Told(drawing.words(request)("done.undone")), *gone, *await _fresh_form(request))


async def retry(request: web.Request) -> web.Response:
    """Send again what did not arrive. What may have arrived is sent again only when the agent has been asked."""
    row, form = await _row(request), await acting.form(request, "is_confirmed")
    is_confirmed = form.ticked("is_confirmed")
    await acting.write(request, lambda tx: replying.retry(tx, row.id, by=acting.by(request), is_confirmed=is_confirmed))
    return await acting.done(request, Told(drawing.words(request)("done.retried")))


async def _row(request: web.Request) -> OutboxRow:
    """The words that the address names, if they belong to its ticket."""
    row = await acting.read(request, lambda tx: outbox.find(tx, int(request.match_info["reply"])))
    if row.ticket_id != acting.ticket_id(request):
        raise errors.NotFound("There are no such words in the outbox.")
    return row


async def _write(request: web.Request, form: Form) -> int:
    id_, text = acting.ticket_id(request), form.text("text", longest=replying.LONGEST, is_required=True)
    key, seen, canned_id = (
        form.text("key", longest=64, is_required=True),
        form.number("seen") or 0,
        form.number("canned"),
    )
    is_meant = form.ticked("is_meant")
    ticket, spot = await acting.read(request, lambda tx: _spot(tx, id_, acting.agent(tx, request)))
    door = request.app[ENGINE].doors.by_id(ticket.channel_id)
    capabilities = door.connector.capabilities(spot) if door else screens.NOTHING_KNOWN
    measure = Measure(door.connector.count(text), capabilities.limit) if door else None
    undo = timedelta(seconds=request.app[ENGINE].settings.undo_seconds)
    return await acting.write(
        request,
        lambda tx: replying.reply(
            tx, id_, text, seen_message_id=seen, key=key, by=acting.by(request), is_meant=is_meant,
            canned_id=canned_id, measure=measure, undo_within=undo,
        ),
    )  # fmt: skip


def _spot(tx: Transaction, ticket_id: int, agent: AgentRow) -> tuple[TicketRow, wire.Spot]:
    ticket = tickets.visible(tx, ticket_id, agent)
    return ticket, spots.whereabouts(tx, ticket).spot


async def _once_more(request: web.Request, form: Form, problem: errors.ComptoirError) -> web.Response:
    """The same form with what speaks against it, and above it the newest messages: sending it again means they were read."""
    status = problems.of(problem).status
    view, desk = await acting.shown_view(request), await acting.desk(request)
    kept = {
        "text": form.text("text", longest=LONGEST),
        "key": form.text("key", longest=64),
        "canned": form.number("canned"),
    }
    reply = drawing.reply_fields(desk) | kept | _said(request, problem)
    if not wants_pieces(request):
        return await acting.page(request, view, status=status, reply=reply)
    context = drawing.ticket_context(request, view, desk) | {"reply": reply}
    return pieces(
        [
            *drawing.changed(request, context),
            Piece("reply-form", drawing.draw(request, "replies/_reply_form.html", **context)),
        ],
        status=status,
    )


def _said(request: web.Request, problem: errors.ComptoirError) -> dict[str, object]:
    """What the form says: a question that sending again answers, or what must be changed first."""
    words = drawing.words(request)
    if isinstance(problem, replying.SpokenSince):
        names = ", ".join(dict.fromkeys(one.name or words("message.us") for one in problem.spoken))
        return {"question": words("composer.spoken_since", names=names)}
    if isinstance(problem, replying.Objected):
        told = " ".join(dict.fromkeys(words(one.key) for one in problem.objections))
        return {"error": told} if problem.is_blocked else {"question": told, "means": True}
    return {"error": problems.sentence(words, problems.of(problem))}


async def _fresh_form(request: web.Request) -> list[Piece]:
    """An empty form with a new key, or the one that holds what was taken back. Only a script needs it."""
    if not wants_pieces(request):
        return []
    context = drawing.ticket_context(request, await acting.shown_view(request), await acting.desk(request))
    return [Piece("reply-form", drawing.draw(request, "replies/_reply_form.html", **context))]
