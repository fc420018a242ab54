"""What the bot could learn from agents' work: their corrections, and questions that they solved and it did not know."""

from aiohttp import web

from bot.autoreply import errand, proposing
from bot.desk.intents import LANGUAGES
from bot.errors import Conflict, Invalid
from bot.store import intents as kept
from bot.store import proposals
from inbox import acting, sheets
from inbox.sheets import Faults

MOST = 100
MOST_TOPICS = 10


async def index(request: web.Request) -> web.Response:
    frame, (book, found) = await sheets.look(
        request, lambda tx: (kept.book(tx), proposals.corrections(tx, LANGUAGES, MOST))
    )
    locale = sheets.words_of(request).locale
    titles = {one.name: one.title(locale) for one in book.intents}
    return sheets.page(request, "training/proposals.html", frame, "intents", found=found, titles=titles)


async def approve(request: web.Request) -> web.Response:
    form = await acting.form(request, "message", "intent")
    message_id, intent = form.number("message") or 0, form.text("intent", longest=60)
    await acting.write(request, lambda tx: proposing.approve(tx, message_id, intent, by=acting.by(request)))
    return sheets.back("/training/proposals", "example_kept")


async def refuse(request: web.Request) -> web.Response:
    form = await acting.form(request, "message", "name", "title_fr", "title_en")
    message_ids = form.numbers("message")
    await acting.write(request, lambda tx: proposing.refuse(tx, message_ids, by=acting.by(request)))
    return sheets.back("/training/proposals", "example_refused")


async def topics(request: web.Request) -> web.Response:
    """Questions that ask the same, grouped in a process of their own."""
    return await _topics(request)


async def make_intent(request: web.Request) -> web.Response:
    form = await acting.form(request, "name", "title_fr", "title_en", "message")
    name = form.text("name", longest=60)
    titles = form.name("title_fr", longest=120), form.name("title_en", longest=120)
    message_ids = form.numbers("message")
    try:
        made = await acting.write(
            request, lambda tx: proposing.make_intent(tx, name, titles, message_ids, by=acting.by(request))
        )
    except (Invalid, Conflict) as error:
        return await _topics(request, {"": next(iter(sheets.faults_of(request, error).values()))})
    return sheets.back(f"/intents/{made}", "intent_saved")


async def _topics(request: web.Request, faults: Faults | None = None) -> web.Response:
    frame, found = await sheets.look(request, proposing.unanswered)
    groups = (await errand.grouped([one.text for one in found])).groups if found else ()
    grouped = [[found[place] for place in group] for group in groups[:MOST_TOPICS]]
    return sheets.page(request, "training/topics.html", frame, "intents", faults=faults, topics=grouped)
