"""What is an agent's own: how their window looks, whether they are here, their password, their sessions."""

from aiohttp import web

from bot.desk import passwords, signing_in, staffing
from bot.desk.staffing import LANGUAGES, THEMES, Wishes
from bot.errors import ComptoirError, Invalid, NotAllowed
from bot.store import agents, sessions
from inbox import acting, sheets
from inbox.access import PORTER
from inbox.forms import Form
from inbox.keys import ENGINE, VIEWER
from inbox.sheets import Faults
from inbox.visitors import visit


async def show(request: web.Request, faults: Faults | None = None) -> web.Response:
    viewer = request[VIEWER]
    frame, (agent, devices) = await sheets.look(
        request, lambda tx: (agents.find(tx, viewer.agent_id), sessions.of_agent(tx, viewer.agent_id))
    )
    return sheets.page(
        request, "profile/show.html", frame, "profile", faults=faults, agent=agent, devices=devices, themes=THEMES
    )


async def change(request: web.Request) -> web.Response:
    form = await acting.form(request, "name", "locale", "theme", "has_shortcuts")
    viewer = request[VIEWER]
    try:
        wishes = Wishes(
            form.name("name", longest=120, is_required=True),
            form.choice("locale", LANGUAGES),
            form.choice("theme", THEMES),
            has_shortcuts=form.ticked("has_shortcuts"),
        )
    except Invalid as error:
        return await show(request, sheets.faults_of(request, error))
    await acting.write(request, lambda tx: staffing.wish(tx, viewer.agent_id, wishes, by=acting.by(request)))
    request.app[PORTER].forget()
    return sheets.back("/profile", "profile_saved")


async def step_out(request: web.Request) -> web.Response:
    await acting.write(request, lambda tx: staffing.step_out(tx, request[VIEWER].agent_id, by=acting.by(request)))
    return sheets.back("/profile", "away")


async def come_back(request: web.Request) -> web.Response:
    await acting.write(request, lambda tx: staffing.come_back(tx, request[VIEWER].agent_id, by=acting.by(request)))
    return sheets.back("/profile", "here")


async def change_password(request: web.Request) -> web.Response:
    """A new password, for whoever knows the old one. Every session ends, this one too."""
    form = await acting.form(request, "current", "password")
    try:
        stored = await _checked(request, form)
    except NotAllowed as error:
        return await show(request, {"current": sheets.faults_of(request, error)[""]})
    except ComptoirError as error:
        return await show(request, sheets.faults_of(request, error))
    agent_id = request[VIEWER].agent_id
    await acting.write(request, lambda tx: signing_in.change_password(tx, agent_id, stored, by=acting.by(request)))
    request.app[PORTER].forget()
    return sheets.back("/sign-in", "password_chosen")


async def _checked(request: web.Request, form: Form) -> str:
    viewer, porter, password = request[VIEWER], request.app[PORTER], form.exact("password")
    passwords.check(password, about=(viewer.name, viewer.email, request.app[ENGINE].settings.brand))
    await porter.check_own_password(viewer, form.exact("current"), visit(request))
    return await porter.hashing(lambda: passwords.hashed(password))
