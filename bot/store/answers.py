"""What the bot answered, and what people made of it."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import and_, select

from bot.model.columns import table
from bot.model.engagement import Course, Decision, Engagement
from bot.model.message import Message
from bot.model.understanding import Correction, Subject
from bot.store.transaction import Transaction

_DECISION, _ENGAGEMENT, _MESSAGE, _CORRECTION = (
    table(Decision), table(Engagement), table(Message), table(Correction),
)  # fmt: skip

SOON = timedelta(hours=1)  # whoever takes over so soon after an answer contradicts it


@dataclass(frozen=True, slots=True)
class Answer:
    """A message that the bot answered. `meant` is what a person said it was about; `taken_at` when one took the ticket over."""

    message_id: int
    ticket_id: int
    text: str
    language: str
    intent: str
    decided_at: datetime
    meant: str | None
    taken_at: datetime | None

    @property
    def is_corrected(self) -> bool:
        return self.meant is not None and self.meant != self.intent

    @property
    def is_contradicted(self) -> bool:
        return self.taken_at is not None and timedelta(0) <= self.taken_at - self.decided_at <= SOON

    @property
    def is_right(self) -> bool:
        """As far as people have said."""
        return not self.is_corrected and not self.is_contradicted


def between(tx: Transaction, since: datetime, until: datetime) -> tuple[Answer, ...]:
    """The answers that were decided from `since` to before `until`, the newest first."""
    corrected = and_(_CORRECTION.c.message_id == _DECISION.c.message_id, _CORRECTION.c.subject == Subject.INTENT)
    found = tx.connection.execute(
        select(
            _DECISION.c.message_id, _DECISION.c.ticket_id, _MESSAGE.c.text, _MESSAGE.c.language, _DECISION.c.intent,
            _DECISION.c.decided_at, _CORRECTION.c.meant, _ENGAGEMENT.c.taken_at,
        )
        .join(_MESSAGE, _MESSAGE.c.id == _DECISION.c.message_id)
        .outerjoin(_CORRECTION, corrected)
        .outerjoin(_ENGAGEMENT, _ENGAGEMENT.c.ticket_id == _DECISION.c.ticket_id)
        .where(
            _DECISION.c.course == Course.ANSWER, _DECISION.c.decided_at >= since, _DECISION.c.decided_at < until
        )
        .order_by(_DECISION.c.decided_at.desc(), _DECISION.c.message_id.desc())
    )  # fmt: skip
    return tuple(Answer(*row) for row in found)
