"""The lists that agents work from: what belongs to each, which index range holds it, and how many there are.

A view is said three times: for a row (`matches`), a page (`ranges`) and a badge (`counts`). A test holds the three together.
"""

from dataclasses import dataclass

from bot import errors
from bot.model.ticket import State
from bot.store import counters, teams
from bot.store.agents import AgentRow
from bot.store.rows import TicketRow
from bot.store.transaction import Transaction

CURRENT = (State.OPEN, State.WAITING)
STATES: dict[str, tuple[State, ...]] = {
    "mine": CURRENT,
    "unassigned": (State.OPEN,),
    "team": (State.OPEN,),
    "open": (State.OPEN,),
    "waiting": (State.WAITING,),
    "snoozed": (State.SNOOZED,),
    "resolved": (State.RESOLVED,),
    "all": tuple(State),
}


@dataclass(frozen=True, slots=True)
class View:
    """`name` is mine, unassigned, team:<id>, open, waiting, snoozed, resolved or all; `channel` and `tag` are names, or empty."""

    name: str = "mine"
    channel: str = ""
    tag: str = ""

    @property
    def team_id(self) -> int | None:
        """The team of a team's view."""
        return int(self.name.removeprefix("team:")) if self.name.startswith("team:") else None

    @property
    def states(self) -> tuple[State, ...]:
        return STATES[self.name.partition(":")[0]]


@dataclass(frozen=True, slots=True)
class Range:
    """Rows of one state that lie together in an index: `column` is its first, None where it begins with the state.

    Of these only the rows of the teams in `within`, if there are any (None there: of no team).
    """

    state: State
    column: str | None = None
    value: int | None = None
    within: tuple[int | None, ...] = ()


def named(name: str, *, channel: str = "", tag: str = "") -> View:
    """The view of this name. Raises NotFound."""
    if "\0" in channel + tag:
        raise errors.NotFound("There is no such view.")  # no database can even be asked for it
    if name in STATES and name != "team":
        return View(name, channel, tag)
    number = name.removeprefix("team:")
    if number != name and number.isascii() and number.isdigit() and len(number) < 19:
        return View(name, channel, tag)
    raise errors.NotFound("There is no such view.")


def can_see(row: TicketRow, viewer: AgentRow) -> bool:
    """Agents see the tickets of their teams, those of no team, and those given to them; supervisors and admins see all."""
    return viewer.sees_all or row.team_id is None or row.team_id in viewer.team_ids or row.assignee_id == viewer.id


def matches(row: TicketRow, view: View, viewer: AgentRow) -> bool:
    """Whether the ticket stands in this view as this agent sees it."""
    if row.state not in view.states or not can_see(row, viewer):
        return False
    if (view.channel and row.channel_name != view.channel) or (view.tag and view.tag not in row.tag_names):
        return False
    if view.name == "mine":
        return row.assignee_id == viewer.id
    if view.name == "unassigned":
        return row.assignee_id is None
    return view.team_id is None or row.team_id == view.team_id


def ranges(view: View, viewer: AgentRow, channel_id: int | None = None) -> list[Range]:
    """The index ranges that together hold the view. A row may lie in two of them."""
    if view.name == "mine":
        return [Range(state, "assignee_id", viewer.id) for state in view.states]
    if view.team_id is not None:
        return [Range(state, "team_id", view.team_id) for state in view.states if _may_open(view.team_id, viewer)]
    if viewer.sees_all:
        return [_whole(view, state, channel_id) for state in view.states]
    own = (*viewer.team_ids, None)
    if view.name == "unassigned":
        return [Range(state, "assignee_id", None, within=own) for state in view.states]
    shared = [Range(state, "team_id", team) for state in view.states for team in own]
    return [*shared, *(Range(state, "assignee_id", viewer.id) for state in view.states)]


def counts(tx: Transaction, viewer: AgentRow) -> dict[str, int]:
    """How many tickets stand in each view, by the view's name; with a team's view for each team the viewer may open."""
    open_to = [team.id for team in teams.all(tx)] if viewer.sees_all else viewer.team_ids
    found = dict.fromkeys([name for name in STATES if name != "team"], 0) | {f"team:{team}": 0 for team in open_to}
    for state, team, held, free, own in counters.by_state_and_team(tx, viewer.id):
        is_shared = not team or team in open_to
        found[state] += held if is_shared else own
        found["all"] += held if is_shared else own
        found["mine"] += own if state in CURRENT else 0
        if is_shared and state == State.OPEN:
            found["unassigned"] += free
            if team:
                found[f"team:{team}"] = held
    return found


def _may_open(team_id: int, viewer: AgentRow) -> bool:
    return viewer.sees_all or team_id in viewer.team_ids


def _whole(view: View, state: State, channel_id: int | None) -> Range:
    if view.name == "unassigned":
        return Range(state, "assignee_id", None)
    return Range(state) if channel_id is None else Range(state, "channel_id", channel_id)
