"""Words that the network has approved, said where it takes no others: chosen, their blanks filled, then sent like any reply."""

from datetime import timedelta

from aiohttp import web

from bot import errors, wire
from bot.desk import replying
from inbox import acting, allowing, drawing, rewriting
from inbox.acting import Told
from inbox.forms import Form
from inbox.keys import ENGINE

LONGEST = 500
FIELDS = ("formula", "blank", "key", "seen", "place", "is_meant")


async def create(request: web.Request) -> web.Response:
    """Put the words into the outbox, each blank with its value. What speaks against it is said beside them."""
    form = await acting.form(request, *FIELDS)
    ticket, where = await acting.whereabouts(request)
    door = allowing.connector(request, ticket.channel_id)
    offered = allowing.at(door, where.spot).formulas
    chosen = next((one for one in offered if one.id == form.text("formula", longest=300)), None)
    try:
        words = _filled(form, chosen)
        measure = allowing.measure(door, where.spot, "reply", words)
        outbox_id = await _write(request, form, words, measure)
    except (errors.Invalid, errors.Conflict) as problem:
        return await rewriting.once_more(request, "formula", _kept(form, chosen), problem)
    undo = request.app[ENGINE].settings.undo_seconds
    said = drawing.words(request)("done.sending", count=undo)
    told = Told(said, undo=f"/tickets/{ticket.id}/replies/{outbox_id}", seconds=undo)
    return await acting.done(request, told, *await rewriting.fresh(request))


async def _write(request: web.Request, form: Form, words: str, measure: replying.Measure | None) -> int:
    key, seen, place = form.text("key", longest=64, is_required=True), form.number("seen") or 0, form.number("place")
    is_meant, undo = form.ticked("is_meant"), timedelta(seconds=request.app[ENGINE].settings.undo_seconds)
    id_, by = acting.ticket_id(request), acting.by(request)
    return await acting.write(
        request,
        lambda tx: replying.reply(
            tx, id_, words, seen_message_id=seen, key=key, by=by, is_meant=is_meant, measure=measure, undo_within=undo,
            place=place,
        ),
    )  # fmt: skip


def _filled(form: Form, chosen: wire.Formula | None) -> str:
    """The words as the contact reads them. Raises Invalid for a formula that is no longer offered, and for an empty blank."""
    if chosen is None:
        raise errors.Invalid("This is not one of the choices.", field="formula")
    values = _values(form, chosen)
    if any(not values.get(name) for name in chosen.blanks):
        raise errors.Invalid("This may not be empty.", field="blank")
    return chosen.filled(values)


def _values(form: Form, chosen: wire.Formula) -> dict[str, str]:
    given = [" ".join(value.split()) for value in form.texts("blank", longest=LONGEST)]
    return dict(zip(chosen.blanks, given, strict=False))


def _kept(form: Form, chosen: wire.Formula | None) -> dict[str, object]:
    """What was chosen and typed, as it goes back into the form."""
    return {"id": chosen.id, "blanks": _values(form, chosen)} if chosen else {}
