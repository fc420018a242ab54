"""What is said to the contact: written, taken back, tried again."""

from datetime import timedelta

from aiohttp import web

from bot import errors
from bot.desk import replying
from bot.store import outbox
from bot.store.outbox import OutboxRow
from inbox import acting, allowing, drawing, rewriting
from inbox.acting import Told
from inbox.forms import Form
from inbox.keys import ENGINE
from inbox.rendering import Piece, dom_id

LONGEST = 100_000
FIELDS = ("text", "key", "seen", "place", "canned", "is_meant")


async def create(request: web.Request) -> web.Response:
    """Put the words into the outbox. What speaks against it is said beside them, and nothing that was written is lost."""
    form = await acting.form(request, *FIELDS)
    try:
        outbox_id = await _write(request, form)
    except (errors.Invalid, errors.Conflict) as problem:
        kept = {
            "text": form.text("text", longest=LONGEST),
            "key": form.text("key", longest=64),
            "canned": form.number("canned"),
        }
        return await rewriting.once_more(request, "reply", kept, problem)
    undo = request.app[ENGINE].settings.undo_seconds
    said = drawing.words(request)("done.sending", count=undo)
    told = Told(said, undo=f"/tickets/{acting.ticket_id(request)}/replies/{outbox_id}", seconds=undo)
    return await acting.done(request, told, *await rewriting.fresh(request))


async def delete(request: web.Request) -> web.Response:
    """Take it back while it can be: the words return to the composer."""
    row = await _row(request)
    later = await acting.read(request, lambda tx: outbox.followers(tx, row.id))
    await acting.write(request, lambda tx: replying.undo(tx, row.id, by=acting.by(request)))
    gone = [Piece(dom_id("message", one.message_id), how="remove") for one in (row, *later) if one.message_id]
    return await acting.done(
        request, Told(drawing.words(request)("done.undone")), *gone, *await rewriting.fresh(request)
    )


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
    ticket, where = await acting.whereabouts(request)
    measure = allowing.measure(allowing.connector(request, ticket.channel_id), where.spot, "reply", text)
    place = form.number("place")
    undo = timedelta(seconds=request.app[ENGINE].settings.undo_seconds)
    return await acting.write(
        request,
        lambda tx: replying.reply(
            tx, id_, text, seen_message_id=seen, key=key, by=acting.by(request), is_meant=is_meant,
            canned_id=canned_id, measure=measure, undo_within=undo,
            place=place,
        ),
    )  # fmt: skip
