"""Who speaks when the bot does: an agent of its own, made when it first has something to say."""

from collections.abc import Callable
from dataclasses import dataclass

from bot import wire
from bot.desk.replying import Measure
from bot.model.agent import Kind, Role
from bot.model.event import SYSTEM, Actor, ActorKind
from bot.store import agents, events
from bot.store.agents import AgentRow
from bot.store.transaction import Transaction

EMAIL = "bot@comptoir.invalid"  # no mail ever reaches it

# What a channel's connector says of words that would leave from a spot; None where none is open here.
MeasureBy = Callable[[int, wire.Spot, str], Measure | None]


@dataclass(frozen=True, slots=True)
class Voice:
    """Who speaks, and how words are measured."""

    bot: AgentRow
    measure: MeasureBy

    @property
    def by(self) -> Actor:
        return Actor(ActorKind.BOT, self.bot.id)


def the_bot(tx: Transaction, name: str) -> AgentRow:
    """The agent that is a machine; made under this name if there is none. An admin may call it otherwise."""
    known = next((agent for agent in agents.all(tx) if agent.kind == Kind.BOT), None)
    if known is not None:
        return known
    id_ = agents.add(tx, email=EMAIL, name=name, kind=Kind.BOT.value)
    events.record(tx, "agent.added", by=SYSTEM, body={"agent": id_, "role": Role.AGENT.value, "teams": []})
    return agents.find(tx, id_)
