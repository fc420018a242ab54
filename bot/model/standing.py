"""What a ticket's figures become when words are heard or answered. Pure, and the one place where it is reckoned.

Networks deliver late and out of order. Times of service depend on the set of messages only, not on the order of their arrival:
`first_response_at` is our first answer after the contact's first message. What is unanswered depends on arrival, too: words that
come in late have not been seen by anybody, so they call the ticket back, except from an archive, where both sides are known.
"""

from dataclasses import dataclass, fields
from datetime import datetime
from typing import Any

from bot.model.message import Direction
from bot.model.ticket import State

PREVIEW = 140


@dataclass(slots=True)
class Utterance:
    """A message as far as a ticket's figures need it. `is_lost`: words of ours that surely did not arrive are no answer.

    `is_bots`: a machine's words are an answer, but nobody's first response.
    """

    id: int
    direction: Direction
    sent_at: datetime
    text: str
    is_lost: bool = False
    is_bots: bool = False


@dataclass(slots=True)
class Standing:
    """The changing part of a ticket. `is_disordered` asks for the figures to be counted anew from its messages."""

    id: int
    conversation_id: int
    channel_id: int
    contact_id: int
    team_id: int | None
    assignee_id: int | None
    state: str
    language: str
    contact_name: str
    is_public: bool
    opened_at: datetime
    first_message_at: datetime
    last_message_at: datetime
    last_message_id: int = 0
    preview: str = ""
    last_direction: str = Direction.IN.value
    message_count: int = 0
    unanswered_count: int = 0
    last_answer_at: datetime | None = None
    first_response_at: datetime | None = None
    waiting_since: datetime | None = None
    snoozed_until: datetime | None = None
    resolved_at: datetime | None = None
    version: int = 0
    is_disordered: bool = False


NAMES = tuple(one.name for one in fields(Standing) if one.name != "is_disordered")
# What is counted from the ticket's messages alone.
COUNTED = (
    "last_message_at", "last_message_id", "preview", "last_direction", "message_count", "first_message_at", "last_answer_at",
    "first_response_at",
)  # fmt: skip


def of(row: Any) -> Standing:
    """The changing part of any row of a ticket."""
    return Standing(**{name: getattr(row, name) for name in NAMES})


def hear(standing: Standing, said: Utterance, *, is_archive: bool = False) -> None:
    """Take one more message into the figures."""
    standing.message_count += 1
    is_first = standing.message_count == 1
    if (is_first and said.direction is Direction.OUT) or (not is_first and said.sent_at < standing.last_message_at):
        standing.is_disordered = True
    if (said.sent_at, said.id) >= (standing.last_message_at, standing.last_message_id) or is_first:
        standing.last_message_at = said.sent_at
        _show(standing, said)
    standing.first_message_at = min(standing.first_message_at, said.sent_at)
    if said.direction is Direction.IN:
        _asked(standing, said.sent_at, is_archive=is_archive)
    else:
        _answered(standing, said.sent_at)


def answer(standing: Standing, said: Utterance) -> None:
    """An agent has answered with all of it before them: it is the contact's turn, whatever the network's clock says."""
    standing.message_count += 1
    standing.last_message_at = max(said.sent_at, standing.last_message_at)
    _show(standing, said)
    _count_answer(standing, said.sent_at)
    standing.unanswered_count, standing.waiting_since = 0, None
    standing.state, standing.snoozed_until, standing.resolved_at = State.WAITING.value, None, None


def preview(text: str) -> str:
    """The first words, on one line."""
    line = " ".join(text[: PREVIEW * 4].split())
    return line if len(line) <= PREVIEW else f"{line[: PREVIEW - 1]}…"


def _asked(standing: Standing, at: datetime, *, is_archive: bool) -> None:
    if is_archive and standing.last_answer_at is not None and at <= standing.last_answer_at:
        return
    standing.unanswered_count += 1
    standing.waiting_since = min(at, standing.waiting_since or at)
    standing.state, standing.snoozed_until, standing.resolved_at = State.OPEN.value, None, None


def _answered(standing: Standing, at: datetime) -> None:
    _count_answer(standing, at)
    if standing.waiting_since is None or at >= standing.last_message_at:
        standing.unanswered_count, standing.waiting_since = 0, None
        if standing.state == State.OPEN:
            standing.state = State.WAITING.value


def _count_answer(standing: Standing, at: datetime) -> None:
    standing.last_answer_at = max(at, standing.last_answer_at or at)
    if standing.first_response_at is None and at >= standing.first_message_at:
        standing.first_response_at = at


def _show(standing: Standing, newest: Utterance) -> None:
    standing.last_message_id, standing.last_direction = newest.id, newest.direction.value
    standing.preview = preview(newest.text)


def recount(standing: Standing, said: list[Utterance], *, is_archive: bool = False) -> None:
    """Count the times of service anew from all messages of the ticket; from an archive also what is unanswered."""
    ordered = sorted(said, key=lambda one: (one.sent_at, one.id))
    asked = [one.sent_at for one in ordered if one.direction is Direction.IN]
    answered = [one.sent_at for one in ordered if one.direction is Direction.OUT and not one.is_lost]
    standing.last_message_at = ordered[-1].sent_at
    _show(standing, ordered[-1])
    standing.message_count, standing.first_message_at = len(ordered), ordered[0].sent_at
    standing.last_answer_at = answered[-1] if answered else None
    people = [one.sent_at for one in ordered if one.direction is Direction.OUT and not (one.is_lost or one.is_bots)]
    standing.first_response_at = next((at for at in people if asked and at >= asked[0]), None)
    standing.is_disordered = False
    if is_archive:
        unanswered = [at for at in asked if not answered or at > answered[-1]]
        standing.unanswered_count = len(unanswered)
        standing.waiting_since = unanswered[0] if unanswered else None
        if standing.state in (State.OPEN, State.WAITING):
            standing.state = (State.OPEN if unanswered else State.WAITING).value
