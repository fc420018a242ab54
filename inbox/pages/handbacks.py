"""Giving a ticket back to the bot: a person's act, and the only way back."""

from aiohttp import web

from bot import wire
from bot.autoreply import following, handing
from bot.autoreply.following import House
from bot.desk.replying import Measure
from bot.store import intents
from bot.store.transaction import Transaction
from inbox import acting, allowing, drawing
from inbox.acting import Told
from inbox.keys import ENGINE


async def create(request: web.Request) -> web.Response:
    """The bot has the ticket; what the contact said last, and nobody answered, it looks at now."""
    id_, settings = acting.ticket_id(request), request.app[ENGINE].settings

    def measure(channel_id: int, spot: wire.Spot, text: str) -> Measure | None:
        return allowing.measure(allowing.connector(request, channel_id), spot, "reply", text)

    def give(tx: Transaction) -> None:
        handing.give_back(tx, id_, by=acting.by(request))
        following.reconsider(tx, id_, House(intents.book(tx), measure, settings.default_locale, settings.brand))

    await acting.write(request, give)
    return await acting.done(request, Told(drawing.words(request)("done.given_back")))
