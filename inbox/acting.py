"""What happens when an agent does something: the verb, then what changes on the page. Pages name the verb; the rest is here.

With a script only the changed parts travel, with a sentence at the foot of the window. Without one, the browser is sent back to
the ticket, and the page it gets says the same in its own way.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any, TypeVar

from aiohttp import web

from bot import errors, wire
from bot.model.event import Actor, ActorKind
from bot.store import agents, spots, tickets, views
from bot.store.agents import AgentRow
from bot.store.rows import Place, TicketRow
from bot.store.spots import Whereabouts
from bot.store.transaction import Transaction
from bot.store.views import View
from inbox import addresses, drawing, problems, screens
from inbox.forms import Form
from inbox.keys import ENGINE, VIEWER
from inbox.rendering import Piece, dom_id, pieces, wants_pieces
from inbox.screens import Desk

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Told:
    """What the foot of the window says. `undo` is the address of what takes it back, by `undo_method`."""

    said: str
    undo: str = ""
    undo_method: str = "DELETE"
    seconds: int = 6


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a verb on many tickets."""

    count: int
    reasons: tuple[errors.ComptoirError, ...]


def ticket_id(request: web.Request) -> int:
    """The ticket that the address names. The route admits digits only."""
    return int(request.match_info["ticket"])


def by(request: web.Request) -> Actor:
    return Actor(ActorKind.AGENT, request[VIEWER].agent_id)


async def form(request: web.Request, *fields: str) -> Form:
    """The submitted form, with these fields and no others. Raises Invalid."""
    return Form(await request.post(), frozenset(fields))


async def write(request: web.Request, verb: Callable[[Transaction], T]) -> T:
    return await request.app[ENGINE].database.write(verb)


async def read(request: web.Request, question: Callable[[Transaction], T]) -> T:
    return await request.app[ENGINE].database.read(question)


def agent(tx: Transaction, request: web.Request) -> AgentRow:
    """Who asks, with the rights that hold in this transaction."""
    return agents.find(tx, request[VIEWER].agent_id)


async def shown_view(request: web.Request) -> View:
    """The view from which a form was sent, so that the agent comes back to it. Anything odd means all tickets."""
    name, _, query = str((await request.post()).get("_view", "")).partition("?")
    return addresses.view_of(name, query) or views.named("all")


async def whereabouts(request: web.Request) -> tuple[TicketRow, Whereabouts]:
    """The ticket that the address names, and where it is answered now. Raises NotFound."""

    def question(tx: Transaction) -> tuple[TicketRow, Whereabouts]:
        ticket = tickets.visible(tx, ticket_id(request), agent(tx, request))
        return ticket, spots.whereabouts(tx, ticket)

    return await read(request, question)


async def meant(request: web.Request) -> tuple[TicketRow, wire.Spot]:
    """The ticket, and where a message to its contact alone would begin. Raises NotFound."""

    def question(tx: Transaction) -> tuple[TicketRow, wire.Spot]:
        ticket = tickets.visible(tx, ticket_id(request), agent(tx, request))
        return ticket, (spots.meant(tx, ticket) or spots.whereabouts(tx, ticket)).spot

    return await read(request, question)


async def desk(request: web.Request) -> Desk:
    """The ticket that the address names with all that stands around it. Raises NotFound."""
    id_ = ticket_id(request)
    return await read(request, lambda tx: screens.desk(tx, agent(tx, request), id_))


async def page(
    request: web.Request, view: View, *, before: Place | None = None, status: int = 200, **changed: Any
) -> web.Response:
    """The whole page of a ticket beside its view. `changed` replaces what its templates are given."""
    id_ = ticket_id(request)
    frame, queue, shown = await read(
        request,
        lambda tx: (
            frame := screens.frame(tx, request[VIEWER]),
            screens.queue(tx, frame.agent, view, None),
            screens.desk(tx, frame.agent, id_, before),
        ),
    )
    context = drawing.queue_context(request, frame, queue, id_) | drawing.ticket_context(request, view, shown)
    return drawing.page(request, context | changed, status=status)


async def done(request: web.Request, told: Told, *further: Piece) -> web.Response:
    """Answer a verb on a ticket: the parts of the page that it changed, or the page itself."""
    view = await shown_view(request)
    if not wants_pieces(request):
        return await _back(request, view)
    try:
        shown = await desk(request)
    except errors.NotFound:
        # The verb has put the ticket where this agent may not follow it.
        rest = Piece("rest", drawing.draw(request, "tickets/_rest.html", ticket=None))
        return pieces([rest, Piece(dom_id("ticket", ticket_id(request)), how="remove"), toast(request, told)])
    context = drawing.ticket_context(request, view, shown)
    return pieces([*drawing.changed(request, context), toast(request, told, context["shown"]), *further])


async def _back(request: web.Request, view: View) -> web.Response:
    try:
        await desk(request)
    except errors.NotFound:
        return web.Response(status=303, headers={"Location": addresses.address(view)})
    return web.Response(status=303, headers={"Location": addresses.address(view, ticket_id(request))})


async def each(request: web.Request, ids: Sequence[int], verb: Callable[[Transaction, int], object]) -> Outcome:
    """A verb on many tickets, each in a transaction of its own: one that cannot be does not hold up the others."""
    count, reasons = 0, list[errors.ComptoirError]()
    for id_ in ids:
        try:
            await write(request, partial(_on, verb, id_))
            count += 1
        except (errors.Conflict, errors.Invalid, errors.NotFound, errors.NotAllowed) as reason:
            reasons.append(reason)
    return Outcome(count, tuple(reasons))


def _on(verb: Callable[[Transaction, int], object], id_: int, tx: Transaction) -> None:
    verb(tx, id_)


async def done_many(request: web.Request, key: str, outcome: Outcome) -> web.Response:
    """Answer a verb on many tickets: how many, and what failed. The rows themselves are redrawn by the live stream."""
    view, words = await shown_view(request), drawing.words(request)
    if not wants_pieces(request):
        return web.Response(status=303, headers={"Location": addresses.address(view)})
    said = words(key, count=outcome.count)
    if outcome.reasons:
        first = problems.sentence(words, problems.of(outcome.reasons[0]))
        said += " " + words("bulk.failed", count=len(outcome.reasons), reason=first)
    return pieces([toast(request, Told(said), is_bad=bool(outcome.reasons))])


def toast(request: web.Request, told: Told, shown: str = "", *, is_bad: bool = False) -> Piece:
    undo: dict[str, Any] | None = {"action": told.undo, "method": told.undo_method} if told.undo else None
    context = {"said": told.said, "seconds": told.seconds, "undo": undo, "shown": shown, "is_bad": is_bad}
    return Piece("toasts", drawing.draw(request, "toast.html", **context), "append")
