"""Teams, for admins: their names, their branches, who belongs to them."""

from dataclasses import dataclass

from aiohttp import web

from bot.desk import staffing
from bot.errors import Invalid
from bot.store import agents, teams
from inbox import acting, sheets
from inbox.forms import Form
from inbox.sheets import Faults

FIELDS = ("name", "branch", "agent_ids")


@dataclass(frozen=True, slots=True)
class Typed:
    """A team as the form holds it."""

    name: str = ""
    branch: str = ""
    agent_ids: tuple[int, ...] = ()


async def index(request: web.Request) -> web.Response:
    frame, found = await sheets.look(request, teams.all)
    return sheets.page(request, "teams/index.html", frame, "teams", found=found)


async def new(request: web.Request, typed: Typed = Typed(), faults: Faults | None = None) -> web.Response:
    frame, everybody = await sheets.look(request, agents.all)
    return sheets.page(
        request, "teams/form.html", frame, "teams", faults=faults, typed=typed, team=None, agents=everybody
    )


async def create(request: web.Request) -> web.Response:
    typed = _typed(await acting.form(request, *FIELDS))
    try:
        await acting.write(
            request,
            lambda tx: staffing.found_team(
                tx, name=typed.name, branch=typed.branch, agent_ids=typed.agent_ids, by=acting.by(request)
            ),
        )
    except Invalid as error:
        return await new(request, typed, sheets.faults_of(request, error))
    return sheets.back("/teams", "team_added")


async def show(request: web.Request, typed: Typed | None = None, faults: Faults | None = None) -> web.Response:
    id_ = sheets.number(request, "team")
    frame, (team, everybody, members) = await sheets.look(
        request, lambda tx: (teams.find(tx, id_), agents.all(tx), agents.of_team(tx, id_))
    )
    shown = typed or Typed(team.name, team.branch, tuple(agent.id for agent in members))
    return sheets.page(
        request, "teams/form.html", frame, "teams", faults=faults, typed=shown, team=team, agents=everybody
    )


async def change(request: web.Request) -> web.Response:
    typed = _typed(await acting.form(request, *FIELDS))
    id_ = sheets.number(request, "team")
    try:
        await acting.write(
            request,
            lambda tx: staffing.change_team(
                tx, id_, name=typed.name, branch=typed.branch, agent_ids=typed.agent_ids, by=acting.by(request)
            ),
        )
    except Invalid as error:
        return await show(request, typed, sheets.faults_of(request, error))
    return sheets.back("/teams", "team_saved")


def _typed(form: Form) -> Typed:
    return Typed(form.name("name", longest=80), form.name("branch", longest=60), form.numbers("agent_ids"))
