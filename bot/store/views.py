"""The lists that agents work from: what belongs to each, which index range holds it, and how many there are.

A view is said three times: for a row (`matches`), a page (`ranges`) and a badge (`counts`). A test holds the three together.
"""

from dataclasses import dataclass

from bot import errors
from bot.model.ticket import State
from bot.store import counters, teams
from bot.store.agents import AgentRow
from bot.store.rows import Place, TicketRow
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
FILTERS = ("network", "channel", "team", "language", "priority", "tag")
LONGEST = "longest"
UNKNOWN = "unknown"  # the language that nobody has recognised, which the row leaves empty


@dataclass(frozen=True, slots=True)
class View:
    """`name` is mine, unassigned, team:<id>, open, waiting, snoozed, resolved or all. What is empty does not filter.

    `channel` and `tag` are names, `team` is a number. `sort` is empty, the newest first, or `longest`: who has waited longest
    for an answer is first, and whom nobody owes one comes after all who wait.
    """

    name: str = "mine"
    channel: str = ""
    tag: str = ""
    network: str = ""
    language: str = ""
    priority: str = ""
    team: str = ""
    sort: str = ""

    @property
    def filters(self) -> dict[str, str]:
        """What narrows the view, by the filter's name."""
        return {name: value for name in FILTERS if (value := getattr(self, name))}

    @property
    def is_longest(self) -> bool:
        return self.sort == LONGEST

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


def named(name: str, **wanted: str) -> View:
    """The view of this name, with these filters and this order. Raises NotFound."""
    number = name.removeprefix("team:")
    is_team = number != name and _is_number(number)
    if "\0" in "".join(wanted.values()) or not (is_team or (name in STATES and name != "team")):
        raise errors.NotFound("There is no such view.")  # of a zero byte no database can even be asked
    if not _is_number(wanted.get("team", "")):
        wanted["team"] = ""
    if wanted.get("sort") != LONGEST or not can_sort(name):
        wanted["sort"] = ""
    return View(name, **wanted)


def can_sort(name: str) -> bool:
    """Whether anybody waits in this view: elsewhere it is our word that came last."""
    return State.OPEN in STATES[name.partition(":")[0]] and name != "all"


def _is_number(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) < 19


def can_see(row: TicketRow, viewer: AgentRow) -> bool:
    """Agents see the tickets of their teams, those of no team, and those given to them; supervisors and admins see all."""
    return viewer.sees_all or row.team_id is None or row.team_id in viewer.team_ids or row.assignee_id == viewer.id


def matches(row: TicketRow, view: View, viewer: AgentRow) -> bool:
    """Whether the ticket stands in this view as this agent sees it."""
    if row.state not in view.states or not can_see(row, viewer):
        return False
    if not _passes(row, view):
        return False
    if view.name == "mine":
        return row.assignee_id == viewer.id
    if view.name == "unassigned":
        return row.assignee_id is None
    return view.team_id is None or row.team_id == view.team_id


def _passes(row: TicketRow, view: View) -> bool:
    """Whether the view's filters let the ticket through."""
    has = {
        "network": row.network,
        "channel": row.channel_name,
        "team": str(row.team_id or ""),
        "language": row.language or UNKNOWN,
        "priority": row.priority,
    }
    return all(value in row.tag_names if name == "tag" else has[name] == value for name, value in view.filters.items())


def place(row: TicketRow, view: View) -> Place:
    """Where the ticket stands in the view's order."""
    if view.is_longest and row.state == State.OPEN and row.waiting_since:
        return Place(row.waiting_since, row.id, is_waiting=True)
    return Place(row.last_message_at, row.id)


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
    if view.team:
        return Range(state, "team_id", int(view.team))
    return Range(state) if channel_id is None or view.is_longest else Range(state, "channel_id", channel_id)
