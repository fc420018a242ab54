"""Who has a ticket: an agent, and a team's queue."""

from aiohttp import web

from bot.desk import assigning
from inbox import acting, drawing
from inbox.acting import Told


async def replace(request: web.Request) -> web.Response:
    """Give the ticket to an agent, or to nobody."""
    agent_id = (await acting.form(request, "agent")).number("agent")
    id_, words = acting.ticket_id(request), drawing.words(request)
    ticket = await acting.write(request, lambda tx: assigning.assign(tx, id_, agent_id, by=acting.by(request)))
    said = words("done.assigned", name=ticket.assignee_name) if agent_id else words("done.unassigned")
    return await acting.done(request, Told(said))


async def replace_team(request: web.Request) -> web.Response:
    """Put the ticket into a team's queue."""
    team_id = (await acting.form(request, "team")).number("team")
    id_ = acting.ticket_id(request)
    ticket = await acting.write(request, lambda tx: assigning.hand_to_team(tx, id_, team_id, by=acting.by(request)))
    return await acting.done(request, Told(drawing.words(request)("done.handed", name=ticket.team_name)))


async def create_many(request: web.Request) -> web.Response:
    """Give the ticked tickets to one agent, each by itself."""
    form = await acting.form(request, "ticket", "agent")
    ids, agent_id = form.numbers("ticket"), form.number("agent")
    outcome = await acting.each(
        request, ids, lambda tx, id_: assigning.assign(tx, id_, agent_id, by=acting.by(request))
    )
    return await acting.done_many(request, "bulk.assigned", outcome)
