"""A small bank with named people, so that a test reads as a story.

Crédit des Deux Rives has two branches, Nord and Midi, with a team each. Amina and Bruno answer for Nord, Denis for Midi,
Carol for both; Sofia supervises, Hugo administers. Customers write on Telegram to Nord, on X to Midi, on Mastodon to no team.
"""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import count

from bot import wire
from bot.desk import hearing, ingest
from bot.model.agent import Role
from bot.model.event import Actor, ActorKind
from bot.store import agents, channels, counters, intake, numbers, queue, standings, teams
from bot.store.transaction import Transaction


@dataclass(slots=True)
class Bank:
    """The numbers of everybody and everything. `heard` counts what customers have said."""

    nord: int
    midi: int
    amina: int
    bruno: int
    carol: int
    denis: int
    sofia: int
    hugo: int
    telegram: int
    x: int
    mastodon: int
    heard: "count[int]" = field(default_factory=lambda: count(1))

    def everybody(self) -> tuple[int, ...]:
        return self.amina, self.bruno, self.carol, self.denis, self.sofia, self.hugo

    def hear(
        self,
        tx: Transaction,
        text: str = "Bonjour, ma carte est bloquée depuis ce matin.",
        *,
        channel: int | None = None,
        who: str = "Léa Martin",
        conversation: str = "",
        is_public: bool = False,
        is_own: bool = False,
        external_id: str = "",
        at: datetime | None = None,
    ) -> int:
        """A customer writes; the number of the ticket that it is in."""
        number = next(self.heard)
        handle = who.lower().replace(" ", ".")
        said = wire.InboundMessage(
            external_id=external_id or f"m{number}",
            conversation_id=conversation or f"with {handle}",
            author=wire.Person(handle, who, handle),
            sent_at=at or tx.now + timedelta(milliseconds=number - 10_000),
            text=text,
            is_public=is_public,
            is_own=is_own,
        )
        channel_id = channel or self.telegram
        ingest.take(tx, [hearing.prepare(channel_id, said)], hearing.Rules())
        return ticket_of(tx, channel_id, said.conversation_id)

    def arrive(self, tx: Transaction, *agent_ids: int) -> None:
        """Agents open their windows."""
        for agent_id in agent_ids:
            agents.seen(tx, agent_id)


def open_bank(tx: Transaction) -> Bank:
    """Make everybody and everything."""
    nord = teams.add(tx, name="Nord", branch="Nord")
    midi = teams.add(tx, name="Midi", branch="Midi")

    def hire(name: str, languages: str, *team_ids: int, role: Role = Role.AGENT) -> int:
        email = f"{name.split(maxsplit=1)[0].lower()}@deux-rives.example"
        return agents.add(tx, email=email, name=name, languages=languages, role=role, team_ids=team_ids)

    def connect(name: str, title: str, network: str, branch: str, team_id: int | None) -> int:
        return channels.save(tx, name=name, title=title, network=network, branch=branch, team_id=team_id)

    return Bank(
        nord=nord,
        midi=midi,
        amina=hire("Amina Diallo", "fr,en", nord),
        bruno=hire("Bruno Petit", "fr", nord),
        carol=hire("Carol Jones", "en", nord, midi),
        denis=hire("Denis Roux", "fr", midi),
        sofia=hire("Sofia Lopez", "fr,en", role=Role.SUPERVISOR),
        hugo=hire("Hugo Klein", "fr,en", role=Role.ADMIN),
        telegram=connect("telegram-nord", "Telegram Nord", "telegram", "Nord", nord),
        x=connect("x-midi", "X Midi", "x", "Midi", midi),
        mastodon=connect("mastodon", "Mastodon", "mastodon", "", None),
    )


def actor(agent_id: int) -> Actor:
    """This agent, acting."""
    return Actor(ActorKind.AGENT, agent_id)


def ticket_of(tx: Transaction, channel_id: int, conversation: str) -> int:
    """The newest ticket of a conversation."""
    (found,) = intake.conversations(tx, channel_id, [conversation])()
    return max(row[0] for row in standings.of_conversations(tx, found.lines))


def give_up(tx: Transaction) -> int:
    """Work that has failed as often as it may; its number."""
    queue.put_all(tx, numbers.take(tx, "work"), [queue.Task("route", "gone", {"ticket": 7}, tx.now)])
    (work,) = queue.claim(tx, ["route"])
    tx.connection.exec_driver_sql(f"UPDATE work SET attempts = {queue.ATTEMPTS}")
    lost = queue.Claimed(work.id, work.kind, work.key, work.body, queue.ATTEMPTS, work.token)
    assert queue.retry_later(tx, lost, "The database refused it: it is not there.")
    return work.id


def counters_are_true(tx: Transaction) -> bool:
    """Whether the counters hold what a count of the rows gives."""
    return counters.everything(tx) == counters.tally(tx)
