"""The canned replies as a ticket's composer offers them: the contact's language first, every blank filled that is known."""

from dataclasses import dataclass

from aiohttp import web

from bot.desk import canned
from bot.model import canned_reply
from bot.store import canned_replies, tickets
from bot.store.agents import AgentRow
from bot.store.canned_replies import CannedReplyRow
from bot.store.rows import TicketRow
from bot.store.transaction import Transaction
from inbox import acting, drawing
from inbox.rendering import Piece, pieces


@dataclass(frozen=True, slots=True)
class Pick:
    """One canned reply in one language, filled for a ticket."""

    id: int
    shortcut: str
    title: str
    language: str
    text: str
    is_safe_in_public: bool


async def show(request: web.Request) -> web.Response:
    id_ = acting.ticket_id(request)
    ticket, picks = await acting.read(request, lambda tx: _picks(tx, id_, acting.agent(tx, request)))
    drawn = drawing.draw(request, "canned_replies/_picker.html", picks=picks, ticket=ticket)
    return pieces([Piece("picker-place", drawn, "inside")])


def _picks(tx: Transaction, ticket_id: int, agent: AgentRow) -> tuple[TicketRow, list[Pick]]:
    ticket = tickets.visible(tx, ticket_id, agent)
    first = ticket.language if ticket.language in ("fr", "en") else agent.locale
    languages = (first, "en" if first == "fr" else "fr")
    replies = canned_replies.all(tx)
    return ticket, [_pick(one, ticket, agent, tongue) for tongue in languages for one in replies if _has(one, tongue)]


def _has(reply: CannedReplyRow, language: str) -> bool:
    return bool(reply.text_fr if language == "fr" else reply.text_en)


def _pick(reply: CannedReplyRow, ticket: TicketRow, agent: AgentRow, language: str) -> Pick:
    words = canned.filled(reply, ticket, agent, language)
    return Pick(
        reply.id,
        reply.shortcut,
        canned_reply.called(reply.title, agent.locale),
        language,
        words,
        reply.is_safe_in_public,
    )
