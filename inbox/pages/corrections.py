"""What a message meant, when a person knows better: one click, from which the next training learns."""

from aiohttp import web

from bot.autoreply import correcting
from inbox import acting, drawing
from inbox.acting import Told


async def replace_intent(request: web.Request) -> web.Response:
    """It was about something else, or about nothing that we have a name for."""
    intent = (await acting.form(request, "intent")).text("intent", longest=60)
    id_, message_id = acting.ticket_id(request), int(request.match_info["message"])
    await acting.write(
        request, lambda tx: correcting.correct_intent(tx, id_, message_id, intent, by=acting.by(request))
    )
    return await acting.done(request, Told(drawing.words(request)("done.corrected")))


async def replace_mood(request: web.Request) -> web.Response:
    """Whoever wrote this feels otherwise."""
    mood = (await acting.form(request, "mood")).text("mood", longest=8)
    id_, message_id = acting.ticket_id(request), int(request.match_info["message"])
    await acting.write(request, lambda tx: correcting.correct_mood(tx, id_, message_id, mood, by=acting.by(request)))
    return await acting.done(request, Told(drawing.words(request)("done.corrected")))
