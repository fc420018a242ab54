"""What the bank has done about the past: who had each ticket, what was hung on it, noted, and brought to its end."""

import random
from collections.abc import Sequence

from bot.demo.cast import Cast
from bot.demo.staging import Told
from bot.desk import assigning, noting, tagging, ticketing
from bot.model.event import Actor, ActorKind
from bot.store import agents, channels, messages
from bot.store.agents import AgentRow
from bot.store.transaction import Transaction


def dress(tx: Transaction, cast: Cast, told: Sequence[Told], chance: random.Random) -> None:
    """Tickets that were answered have an agent; a story that is at its end is mostly resolved."""
    numbers = {row.name: row.id for row in channels.all(tx)}
    everybody = agents.all(tx)
    team_of = {channel.name: channel.team for channel in cast.channel}
    for one in told:
        first = messages.by_external_id(tx, numbers[one.channel], f"{one.thread}-0c")
        if first is None or first.ticket_id is None:
            continue
        mates = [
            agent.email
            for agent in cast.agent
            if agent.team == team_of[one.channel] and one.story.language in agent.languages
        ]
        agent = chance.choice([row for row in everybody if row.email in mates])
        _dress(tx, one, first.ticket_id, agent, is_over=chance.random() < 0.75)


def _dress(tx: Transaction, one: Told, ticket_id: int, agent: AgentRow, *, is_over: bool) -> None:
    by = Actor(ActorKind.AGENT, agent.id)
    if one.story.tag:
        tagging.add(tx, ticket_id, one.story.tag, by=by)
    if one.story.priority:
        ticketing.prioritise(tx, ticket_id, one.story.priority, by=by)
    if one.answers:
        assigning.assign(tx, ticket_id, agent.id, by=by)
        if one.story.note:
            noting.write(tx, ticket_id, one.story.note, by=by)
    if is_over and one.answers == len(one.story.lines):
        ticketing.resolve(tx, ticket_id, by=by)
