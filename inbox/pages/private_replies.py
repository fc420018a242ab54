"""Moving a public conversation to private: a line where all read it, and the message for the one who is meant."""

from datetime import timedelta

from aiohttp import web

from bot import errors
from bot.desk import moving, replying
from bot.desk.moving import Move
from inbox import acting, allowing, drawing, rewriting
from inbox.acting import Told
from inbox.forms import Form
from inbox.keys import ENGINE

LONGEST = 100_000
FIELDS = ("public_text", "text", "key", "private_key", "seen", "place", "is_meant")


async def create(request: web.Request) -> web.Response:
    """Put both into the outbox, or neither. Taking the private message back takes the public line back with it.

    Where nothing may be said in public, the private message goes alone.
    """
    form = await acting.form(request, *FIELDS)
    try:
        outbox_id = await _write(request, form)
    except (errors.Invalid, errors.Conflict) as problem:
        return await rewriting.once_more(request, "move", _kept(form), problem)
    undo = request.app[ENGINE].settings.undo_seconds
    said = drawing.words(request)("done.moving", count=undo)
    told = Told(said, undo=f"/tickets/{acting.ticket_id(request)}/replies/{outbox_id}", seconds=undo)
    return await acting.done(request, told, *await rewriting.fresh(request))


def _kept(form: Form) -> dict[str, object]:
    """What was typed, as it goes back into the form."""
    return {
        "line": form.text("public_text", longest=LONGEST),
        "text": form.text("text", longest=LONGEST),
        "key": form.text("key", longest=64),
        "private_key": form.text("private_key", longest=64),
    }


async def _write(request: web.Request, form: Form) -> int:
    line = form.text("public_text", longest=replying.LONGEST)
    text = form.text("text", longest=replying.LONGEST, is_required=True)
    key, private_key = (form.text(name, longest=64, is_required=True) for name in ("key", "private_key"))
    seen, place, is_meant = form.number("seen") or 0, form.number("place"), form.ticked("is_meant")
    ticket, spot = await acting.meant(request)
    door = allowing.connector(request, ticket.channel_id)
    public = allowing.measure(door, spot, "reply", line)
    private = allowing.measure(door, spot, "private_reply", text)
    move = Move(line, key, text, private_key, public, private)
    undo = timedelta(seconds=request.app[ENGINE].settings.undo_seconds)
    return await acting.write(
        request,
        lambda tx: moving.to_private(
            tx, ticket.id, move, seen_message_id=seen, by=acting.by(request), is_meant=is_meant, undo_within=undo,
            place=place,
        ),
    )  # fmt: skip
