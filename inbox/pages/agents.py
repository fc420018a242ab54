"""Agents, for admins: who works here, in which role and team, for how many tickets; and who no longer does."""

from typing import Any

from aiohttp import web

from bot.desk import signing_in, staffing
from bot.desk.staffing import LANGUAGES, Post
from bot.errors import ComptoirError, Conflict, Invalid
from bot.model.agent import Kind, Role
from bot.store import agents, sessions, teams
from bot.store.agents import AgentRow
from inbox import acting, sheets
from inbox.access import PORTER
from inbox.forms import Form
from inbox.keys import ENGINE
from inbox.sheets import Faults

FIELDS = ("email", "name", "role", "speaks_fr", "speaks_en", "first_language", "capacity", "team_ids")
BLANK = Post(email="", name="")


async def index(request: web.Request) -> web.Response:
    frame, everybody = await sheets.look(request, agents.all)
    names = {team.id: team.name for team in frame.all_teams}
    return sheets.page(request, "agents/index.html", frame, "agents", agents=everybody, team_names=names)


async def new(request: web.Request, post: Post = BLANK, faults: Faults | None = None) -> web.Response:
    frame, _ = await sheets.look(request, teams.all)
    return sheets.page(
        request,
        "agents/form.html",
        frame,
        "agents",
        faults=faults,
        post=post,
        agent=None,
        roles=tuple(Role),
        devices=(),
    )


async def create(request: web.Request) -> web.Response:
    """Add an agent, and show the link by which they choose a password. Nobody else ever knows it."""
    form = await acting.form(request, *FIELDS)
    post = _post(form)
    locale = post.languages[0] if post.languages else LANGUAGES[0]
    try:
        id_ = await acting.write(request, lambda tx: staffing.hire(tx, post, by=acting.by(request), locale=locale))
    except Invalid as error:
        return await new(request, post, sheets.faults_of(request, error))
    return await _link(request, id_)


async def show(request: web.Request, post: Post | None = None, faults: Faults | None = None) -> web.Response:
    id_ = sheets.number(request, "agent")
    frame, (agent, devices) = await sheets.look(request, lambda tx: (agents.find(tx, id_), sessions.of_agent(tx, id_)))
    context: dict[str, Any] = {
        "post": post or _post_of(agent),
        "agent": agent,
        "roles": tuple(Role),
        "devices": devices,
    }
    return sheets.page(request, "agents/form.html", frame, "agents", faults=faults, **context)


async def change(request: web.Request) -> web.Response:
    post = _post(await acting.form(request, *FIELDS))
    id_ = sheets.number(request, "agent")
    try:
        await acting.write(request, lambda tx: staffing.change(tx, id_, post, by=acting.by(request)))
    except (Invalid, Conflict) as error:
        return await show(request, post, sheets.faults_of(request, error))
    request.app[PORTER].forget()
    return sheets.back("/agents", "agent_saved")


async def invite(request: web.Request) -> web.Response:
    """A fresh link to choose a password; the one before it no longer works."""
    return await _link(request, sheets.number(request, "agent"))


async def enable(request: web.Request) -> web.Response:
    id_ = sheets.number(request, "agent")
    await acting.write(request, lambda tx: staffing.enable(tx, id_, by=acting.by(request)))
    return sheets.back(f"/agents/{id_}", "agent_enabled")


async def disable(request: web.Request) -> web.Response:
    id_ = sheets.number(request, "agent")
    try:
        await acting.write(request, lambda tx: staffing.disable(tx, id_, by=acting.by(request)))
    except ComptoirError as error:
        return await show(request, faults=sheets.faults_of(request, error))
    request.app[PORTER].forget()
    return sheets.back(f"/agents/{id_}", "agent_disabled")


async def _link(request: web.Request, agent_id: int) -> web.Response:
    secret = await acting.write(request, lambda tx: signing_in.invite(tx, agent_id, by=acting.by(request)))
    frame, agent = await sheets.look(request, lambda tx: agents.find(tx, agent_id))
    base = request.app[ENGINE].settings.public_url.rstrip("/") or str(request.url.origin())
    link = f"{base}/invitations?token={secret}"
    return sheets.page(
        request, "agents/link.html", frame, "agents", agent=agent, link=link, is_human=agent.kind == Kind.HUMAN
    )


def _post(form: Form) -> Post:
    spoken = [language for language in LANGUAGES if form.ticked(f"speaks_{language}")]
    first = form.text("first_language", longest=5)
    capacity = form.text("capacity", longest=5)
    return Post(
        email=form.text("email", longest=200),
        name=form.name("name", longest=120),
        role=form.text("role", longest=20),
        languages=tuple(sorted(spoken, key=lambda language: language != first)),
        capacity=int(capacity) if capacity.isascii() and capacity.isdecimal() else 0,
        team_ids=form.numbers("team_ids"),
    )


def _post_of(agent: AgentRow) -> Post:
    return Post(agent.email, agent.name, agent.role, agent.spoken, agent.capacity, agent.team_ids)
