"""Choosing a password by a link that works once: a new agent's first one, or another after it was forgotten."""

from aiohttp import web

from bot.desk import passwords, signing_in
from bot.errors import Invalid
from bot.store.agents import AgentRow
from inbox import acting, sheets
from inbox.access import PORTER
from inbox.keys import ENGINE


async def show(request: web.Request) -> web.Response:
    secret = request.query.get("token", "")
    agent = await acting.read(request, lambda tx: signing_in.invited(tx, secret))
    return sheets.door(request, "invitations/show.html", token=secret, agent=agent)


async def accept(request: web.Request) -> web.Response:
    form = await acting.form(request, "token", "password")
    secret, password = form.text("token", longest=100), form.exact("password")
    agent = await acting.read(request, lambda tx: signing_in.invited(tx, secret))
    try:
        stored = await _hashed(request, password, agent)
    except Invalid as error:
        faults = sheets.faults_of(request, error)
        return sheets.door(request, "invitations/show.html", token=secret, agent=agent, faults=faults)
    await acting.write(request, lambda tx: signing_in.accept(tx, secret, stored))
    request.app[PORTER].forget()
    return sheets.back("/sign-in", "password_chosen")


async def _hashed(request: web.Request, password: str, agent: AgentRow) -> str:
    passwords.check(password, about=(agent.name, agent.email, request.app[ENGINE].settings.brand))
    return await request.app[PORTER].hashing(lambda: passwords.hashed(password))
