"""The bot's day: what it answered, what people made of that, and the precision that follows."""

from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from aiohttp import web

from bot.errors import Invalid
from bot.store import answers
from bot.store import intents as kept
from inbox import days, sheets
from inbox.keys import ENGINE


async def show(request: web.Request) -> web.Response:
    """A day by the bank's own clocks: the one that the address names, or this one."""
    zone = ZoneInfo(request.app[ENGINE].settings.time_zone)
    day = _day(request.query.get("date", ""), zone) or days.begins(request.app[ENGINE].clock(), zone)
    frame, (found, book) = await sheets.look(request, lambda tx: (answers.between(tx, *days.span(day)), kept.book(tx)))
    locale = sheets.words_of(request).locale
    return sheets.page(
        request, "training/day.html", frame, "intents", day=day, before=day - timedelta(days=1), found=found,
        figure=days.figure(found), titles={one.name: one.title(locale) for one in book.intents},
    )  # fmt: skip


def _day(text: str, zone: ZoneInfo) -> datetime | None:
    if not text:
        return None
    try:
        return datetime.combine(datetime.fromisoformat(text).date(), time(), zone)
    except ValueError as error:
        raise Invalid("This is not a day such as 2026-03-02.", field="date") from error
