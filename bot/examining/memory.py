"""The database, who can sign in to it, and what in it waits for somebody."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from bot import errors
from bot.examining.findings import Finding, fine, warning, wrong
from bot.model.agent import Kind, Role
from bot.settings import Settings
from bot.store import agents, channels, condition, outbox, quarantines, queue, schema, vitals
from bot.store.channels import ChannelRow
from bot.store.condition import Condition
from bot.store.database import ask_once
from bot.store.transaction import Transaction
from bot.store.vitals import Vitals


@dataclass(frozen=True, slots=True)
class Seen:
    """What the database told."""

    admins: int
    agents: int
    quarantined: int
    uncertain: int
    dead_work: int
    channels: tuple[ChannelRow, ...]
    vitals: Mapping[int, Vitals] = field(default_factory=dict[int, Vitals])


@dataclass(frozen=True, slots=True)
class Memory:
    """`seen` is None when the database could not be asked."""

    findings: tuple[Finding, ...]
    seen: Seen | None = None


def examine(settings: Settings) -> Memory:
    """Ask the database how it is and what is in it. One that is not there is not made by asking."""
    if not settings.database_url and not (settings.data_dir / "comptoir.db").is_file():
        return Memory((warning("Database", "There is none yet.", "`comptoir serve` makes it, or `comptoir migrate`."),))
    try:
        found = ask_once(settings.url, condition.look)
    except errors.ComptoirError as error:
        return Memory((wrong("Database", error.message, _reaching(settings)),))
    findings = tuple(_about(found))
    if found.revision != schema.newest():
        return Memory(findings)
    seen = ask_once(settings.url, _look)
    return Memory((*findings, *_signing_in(seen), *_waiting(seen)), seen)


def _reaching(settings: Settings) -> str:
    if settings.database_url:
        return "See that PostgreSQL runs, and that COMPTOIR_DATABASE_URL has the right host, port, user, password and database."
    return (
        "See whether the disk is full or another program holds the file; `comptoir restore` puts a backup in its place."
    )


def _about(found: Condition) -> Iterator[Finding]:
    needed = schema.newest()
    if found.revision == needed:
        yield fine("Database", f"{found.product} answers, at revision {needed}.")
    elif found.revision is None:
        yield warning(
            "Database",
            f"{found.product} answers; the database is empty.",
            "`comptoir serve` or `comptoir migrate` fills it.",
        )
    elif schema.is_known(found.revision):
        sentence = f"{found.product} answers, at revision {found.revision}; this program needs {needed}."
        yield warning("Database", sentence, "Make a backup, then run `comptoir migrate`; `comptoir serve` does it too.")
    else:
        sentence = f"It is at revision {found.revision}, which this program does not know: a newer one has used it."
        yield wrong("Database", sentence, "Install that newer program, or restore a backup that this one made.")
    for weakness in found.weaknesses:
        yield wrong("Database", weakness, "Change this before customers' messages are entrusted to it.")


def _signing_in(seen: Seen) -> Iterator[Finding]:
    if seen.admins:
        yield fine(
            "Sign-in",
            f"{seen.agents} {'person' if seen.agents == 1 else 'people'} can sign in, {seen.admins} of them admin.",
        )
    else:
        remedy = "Open the set-up link that `comptoir serve` prints, or run `comptoir add-agent EMAIL --name NAME --role admin`."
        yield warning("Sign-in", "There is no admin who can sign in.", remedy)


def _waiting(seen: Seen) -> Iterator[Finding]:
    """What the desk could not do by itself."""
    if seen.quarantined:
        sentence = f"{seen.quarantined:,} could not be taken in."
        yield warning(
            "Messages",
            sentence,
            "`comptoir quarantine list` tells why; mend the cause, then `comptoir quarantine retry --all`.",
        )
    if seen.uncertain:
        sentence = f"It is not known of {seen.uncertain:,} replies whether they have arrived."
        yield warning("Replies", sentence, "Their tickets are open again: look on the network, then send again or not.")
    if seen.dead_work:
        yield warning(
            "Work",
            f"{seen.dead_work:,} follow-up tasks were given up.",
            "`comptoir quarantine list` tells why; mend the cause, then `comptoir quarantine retry-work --all`.",
        )


def _look(tx: Transaction) -> Seen:
    human = [one for one in agents.all(tx) if one.kind == Kind.HUMAN and one.password_hash and not one.is_disabled]
    return Seen(
        admins=sum(one.role == Role.ADMIN for one in human),
        agents=len(human),
        quarantined=quarantines.count(tx),
        uncertain=outbox.unfinished(tx).get("uncertain", 0),
        dead_work=queue.depth(tx)[1],
        channels=channels.all(tx),
        vitals=vitals.all(tx),
    )
