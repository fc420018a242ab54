"""What is said to the contact: written, taken back, tried again."""

from datetime import timedelta

from aiohttp import web

from bot import errors
from bot.autoreply import suggesting
from bot.desk import drafting, enclosing, replying
from bot.store import outbox
from bot.store.enclosures import Writer
from bot.store.outbox import OutboxRow
from bot.store.transaction import Transaction
from inbox import acting, allowing, drawing, rewriting, uploads
from inbox.acting import Told
from inbox.forms import Form
from inbox.keys import ENGINE, VIEWER
from inbox.rendering import Piece, dom_id

LONGEST = 100_000
FIELDS = ("text", "key", "seen", "place", "canned", "is_meant", "file", "alt", "upload")


async def create(request: web.Request) -> web.Response:
    """Put the words into the outbox. What speaks against it is said beside them, and nothing that was written is lost."""
    form = await acting.form(request, *FIELDS)
    if form.files("upload"):
        return await _look_first(request, form)
    try:
        outbox_id = await _write(request, form)
    except (errors.Invalid, errors.Conflict) as problem:
        await _describe(request, form)
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


async def _look_first(request: web.Request, form: Form) -> web.Response:
    """Files that were chosen and not looked at do not leave: they lie beside the reply, and are asked about."""
    id_, agent_id, text = (
        acting.ticket_id(request),
        request[VIEWER].agent_id,
        form.text("text", longest=replying.LONGEST),
    )
    await acting.write(request, lambda tx: drafting.save(tx, id_, agent_id, text))
    await _describe(request, form)
    refused = await uploads.lay(request, form.files("upload"))
    return await rewriting.with_error(request, " ".join(refused) or drawing.words(request)("files.look_first"))


async def _describe(request: web.Request, form: Form) -> None:
    """What was said of the files is kept with them, when the reply is not sent yet."""
    writer, files = Writer(acting.ticket_id(request), request[VIEWER].agent_id), _files(form)
    if files:
        await acting.write(request, lambda tx: enclosing.describe_all(tx, writer, files))


def _files(form: Form) -> dict[int, str]:
    """The files that the form names, each with what it says that it shows."""
    ids, alts = form.numbers("file"), form.texts("alt", longest=enclosing.LONGEST_ALT)
    if len(ids) != len(alts):
        raise errors.Invalid("The form cannot be read.", field="file")
    return dict(zip(ids, alts, strict=True))


async def _row(request: web.Request) -> OutboxRow:
    """The words that the address names, if they belong to its ticket."""
    row = await acting.read(request, lambda tx: outbox.find(tx, int(request.match_info["reply"])))
    if row.ticket_id != acting.ticket_id(request):
        raise errors.NotFound("There are no such words in the outbox.")
    return row


async def _write(request: web.Request, form: Form) -> int:
    id_, files = acting.ticket_id(request), _files(form)
    text = form.text("text", longest=replying.LONGEST, is_required=not files)
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
    by = acting.by(request)

    def say(tx: Transaction) -> int:
        outbox_id = replying.reply(
            tx, id_, text, seen_message_id=seen, key=key, by=by, is_meant=is_meant,
            canned_id=canned_id, measure=measure, undo_within=undo,
            place=place, files=files,
        )  # fmt: skip
        suggesting.settle(tx, id_, canned_id, text, by=by)
        return outbox_id

    return await acting.write(request, say)
