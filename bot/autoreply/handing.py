"""From the bot to a person and back: handed over with all that was said, given back by a person's act only."""

from dataclasses import dataclass
from functools import partial

from bot import errors
from bot.autoreply import phrases
from bot.autoreply.decide import WITHOUT_WORDS
from bot.autoreply.speaking import CannotSay, Occasion, say
from bot.desk import changing, noting, routing
from bot.model.engagement import Course, Hand
from bot.model.event import Actor
from bot.model.ticket import Priority, State
from bot.store import channels, engagements, queues, tickets
from bot.store.intents import Book
from bot.store.rows import TicketRow
from bot.store.transaction import Transaction
from bot.store.understandings import Heard, UnderstandingRow

QUOTED = 400
STEP = 5  # minutes: a wait is no appointment
LONGEST = 240  # minutes; beyond that the figure helps nobody
_RANK = [Priority.LOW, Priority.NORMAL, Priority.HIGH, Priority.URGENT]


@dataclass(frozen=True, slots=True)
class Story:
    """What has led to a handing over: the message, what was understood of it, and why. Colleagues read `locale`."""

    heard: Heard
    known: UnderstandingRow
    book: Book
    reason: str
    locale: str


def hand_over(tx: Transaction, at: Occasion, story: Story) -> int | None:
    """Call a person: say so once, leave a note with what was said, and route. The number of the words in the outbox, if any.

    Dangers go first: the ticket is urgent. The bot stays silent until a person gives the ticket back.
    """
    before, by = at.ticket, at.voice.by
    parting_id = _part(tx, at, story)
    noting.write(tx, before.id, summary(tx, before.id, story), by=by)
    engagements.save(
        tx, before.id, hand=Hand.PERSON, handed_over_at=tx.now, reason=story.reason, asks="", parting_id=parting_id
    )
    ticket = tickets.held(tx, before.id)
    changes: dict[str, object] = {"priority": priority(ticket, story.known)}
    if ticket.state == State.WAITING:
        # Words of farewell are no answer: somebody still waits for one.
        changes |= {name: getattr(before, name) for name in ("state", "unanswered_count", "waiting_since")}
    changing.apply(tx, ticket, "ticket.handed_over", by, changes, reason=story.reason, message=story.heard.id)
    routing.route(tx, ticket.id)
    return parting_id


def give_back(tx: Transaction, ticket_id: int, *, by: Actor) -> TicketRow:
    """The bot may answer here again, and nobody has the ticket. Raises Conflict where no bot is at work, or it has the ticket."""
    ticket = changing.hold(tx, ticket_id, by)
    held = engagements.find(tx, ticket_id)
    if not channels.find(tx, ticket.channel_id).has_bot:
        raise errors.Conflict("No bot is at work on this channel.")
    if held is not None and held.is_bots:
        raise errors.Conflict("The bot has this ticket already.")
    if ticket.state == State.RESOLVED:
        raise errors.Conflict("This ticket is resolved: reopen it first.")
    engagements.save(
        tx, ticket_id, hand=Hand.BOT, taken_at=None, handed_over_at=None, reason="", asks="", parting_id=None
    )
    return changing.apply(tx, ticket, "ticket.given_back", by, {"assignee_id": None, "routing_reason": ""})


def summary(tx: Transaction, ticket_id: int, story: Story) -> str:
    """What a colleague must know: what was asked, answered and understood, and how somebody feels."""
    said = partial(phrases.say, story.locale)
    known, asked = story.known, story.heard.text.strip() or "…"
    lines = [
        said("note", reason=said(f"reason_{story.reason}")),
        said("note_asked", text=asked if len(asked) <= QUOTED else f"{asked[: QUOTED - 1]}…"),
    ]
    answered = [one.intent for one in engagements.decisions(tx, ticket_id) if one.course == Course.ANSWER]
    if answered:
        lines.append(said("note_answered", titles=", ".join(_title(story, name) for name in dict.fromkeys(answered))))
    if known.now_intent:
        percent = round(known.probability * 100)
        lines.append(said("note_understood", intent=_title(story, known.now_intent), percent=percent))
    else:
        lines.append(said("note_nothing"))
    lines.append(said("note_language", language=said(f"language_{known.language or 'unknown'}")))
    if known.now_mood:
        lines.append(said("note_mood", mood=said(f"mood_{known.now_mood}")))
    if known.dangers:
        lines.append(said("note_dangers", dangers=", ".join(said(f"danger_{one}") for one in known.dangers)))
    return "\n".join(lines)


def _part(tx: Transaction, at: Occasion, story: Story) -> int | None:
    """Say that a person comes, and when. Once: who has been told so before is not told again."""
    if story.reason in WITHOUT_WORDS or at.held.has_excused:
        return None
    key = {"unknown": "unknown", "language": "unknown", "danger": "danger"}.get(story.reason, "called")
    words = f"{phrases.say(at.language, key)} {_wait(tx, at.ticket, at.language)}"
    try:
        parting_id = say(tx, at, words)
    except CannotSay:
        return None
    engagements.save(tx, at.ticket.id, has_excused=True)
    return parting_id


def _wait(tx: Transaction, ticket: TicketRow, language: str) -> str:
    """How long it takes until a person answers, by the queue; where that cannot be told, that one will."""
    team_id = ticket.team_id or channels.find(tx, ticket.channel_id).team_id
    wait = queues.line(tx, ticket.id, team_id).wait
    minutes = 0 if wait is None else -(-int(wait.total_seconds()) // (60 * STEP)) * STEP
    if not 0 < minutes <= LONGEST:
        return phrases.say(language, "wait_none")
    return phrases.say(language, "wait", minutes=minutes)


def priority(ticket: TicketRow, known: UnderstandingRow) -> str:
    """Never lower than it is: urgent for a danger, else as urgent as the message."""
    wanted = Priority.URGENT if known.dangers else Priority(known.urgency or Priority.LOW)
    return max(wanted, Priority(ticket.priority), key=_RANK.index).value


def _title(story: Story, name: str) -> str:
    intent = story.book.named(name)
    return intent.title(story.locale) if intent else name
