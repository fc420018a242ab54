"""What follows what. Read this table and you know the system.

An event of the kind on the left is committed together with one row of work for each reaction on the right. A reaction is a verb
that is done at least once, and does no harm when done twice. What is due together is done together.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from bot.desk import assigning, replying, routing
from bot.store.transaction import Follow, Transaction


@dataclass(frozen=True, slots=True)
class Reaction:
    """A kind of work, and the verb that does it. A body is the event's: its ticket, its channel and what the event says."""

    kind: str
    do: Callable[[Transaction, Sequence[Mapping[str, Any]]], object]


ROUTE = Reaction("route", lambda tx, bodies: routing.route_all(tx, [body["ticket"] for body in bodies]))
COME_IN = Reaction("come_in", lambda tx, bodies: routing.route_or_wait(tx, [body["ticket"] for body in bodies]))
WITHHOLD = Reaction("withhold", lambda tx, bodies: replying.withheld(tx, [body["outbox"] for body in bodies]))
CALL_BACK = Reaction("call_back", lambda tx, bodies: replying.call_back(tx, [body["outbox"] for body in bodies]))
RELEASE = Reaction("release", lambda tx, bodies: assigning.release(tx, [body["agent"] for body in bodies]))

AFTER: Mapping[str, tuple[Reaction, ...]] = {
    "ticket.opened": (COME_IN,),
    "ticket.reopened": (COME_IN,),
    "ticket.woke": (ROUTE,),
    "ticket.handed_to_team": (ROUTE,),
    "agent.disabled": (RELEASE,),
    "reply.withheld": (WITHHOLD,),
    "reply.failed": (CALL_BACK,),
    "reply.refused": (CALL_BACK,),
    "reply.undecided": (CALL_BACK,),
}

FOLLOW: Follow = {event: tuple(reaction.kind for reaction in reactions) for event, reactions in AFTER.items()}
BY_KIND: Mapping[str, Reaction] = {reaction.kind: reaction for reactions in AFTER.values() for reaction in reactions}
