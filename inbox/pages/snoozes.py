"""Putting a ticket off until a time, and waking it."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from aiohttp import web

from bot.desk import ticketing
from bot.errors import Invalid
from inbox import acting, drawing
from inbox.acting import Told
from inbox.keys import ENGINE


async def replace(request: web.Request) -> web.Response:
    until = _moment((await acting.form(request, "until")).text("until", longest=40), request)
    id_, words = acting.ticket_id(request), drawing.words(request)
    await acting.write(request, lambda tx: ticketing.snooze(tx, id_, until, by=acting.by(request)))
    said = words("done.snoozed", time=words.stamp(until))
    return await acting.done(request, Told(said, undo=f"/tickets/{id_}/snooze"))


async def delete(request: web.Request) -> web.Response:
    id_ = acting.ticket_id(request)
    await acting.write(request, lambda tx: ticketing.wake(tx, id_, by=acting.by(request)))
    return await acting.done(request, Told(drawing.words(request)("done.woken")))


def _moment(text: str, request: web.Request) -> datetime:
    """A time as a form gives it: with its zone, or as the bank's clocks show it."""
    try:
        given = datetime.fromisoformat(text)
        here = given if given.tzinfo else given.replace(tzinfo=ZoneInfo(request.app[ENGINE].settings.time_zone))
        return here.astimezone(UTC)
    except (ValueError, OverflowError):
        raise Invalid("A date and a time are expected here.", field="until") from None
