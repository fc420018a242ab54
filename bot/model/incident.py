"""One trouble of many people: suspected by the watch, declared by a person, followed to its end."""

from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum

from sqlalchemy import JSON, BigInteger, Index, LargeBinary
from sqlmodel import Field, SQLModel

from bot.model.columns import at, number, part


class State(StrEnum):
    """suspected: the watch found it, nobody has judged. dismissed: it was none. watching: too early to tell.

    investigating: declared; identified: the cause is known; monitoring: mended, one looks whether it stays so; resolved: over.
    review: what is to be learnt; closed. paused: nothing can be done now. reopened: it came back.
    """

    SUSPECTED = "suspected"
    DISMISSED = "dismissed"
    WATCHING = "watching"
    INVESTIGATING = "investigating"
    IDENTIFIED = "identified"
    MONITORING = "monitoring"
    RESOLVED = "resolved"
    REVIEW = "review"
    CLOSED = "closed"
    PAUSED = "paused"
    REOPENED = "reopened"


class Severity(StrEnum):
    """The harm. Undetermined counts as sev2 until somebody has judged."""

    SEV1 = "sev1"
    SEV2 = "sev2"
    SEV3 = "sev3"
    SEV4 = "sev4"
    UNDETERMINED = "undetermined"


_S = State
_AT_WORK = frozenset({_S.IDENTIFIED, _S.MONITORING, _S.RESOLVED, _S.PAUSED})
NEXT: Mapping[State, frozenset[State]] = {
    _S.SUSPECTED: frozenset({_S.DISMISSED, _S.WATCHING, _S.INVESTIGATING}),
    _S.WATCHING: frozenset({_S.DISMISSED, _S.INVESTIGATING}),
    _S.INVESTIGATING: _AT_WORK,
    _S.IDENTIFIED: _AT_WORK - {_S.IDENTIFIED} | {_S.INVESTIGATING},
    _S.MONITORING: _AT_WORK - {_S.MONITORING} | {_S.INVESTIGATING},
    _S.PAUSED: frozenset({_S.INVESTIGATING, _S.RESOLVED}),
    _S.RESOLVED: frozenset({_S.REVIEW, _S.CLOSED, _S.REOPENED}),
    _S.REVIEW: frozenset({_S.CLOSED, _S.REOPENED}),
    _S.CLOSED: frozenset({_S.REOPENED}),
    _S.REOPENED: _AT_WORK | {_S.INVESTIGATING},
    _S.DISMISSED: frozenset(),
}
DECLARED = frozenset(State) - {_S.SUSPECTED, _S.DISMISSED, _S.WATCHING}
AT_REST = frozenset({_S.DISMISSED, _S.CLOSED})


class Incident(SQLModel, table=True):
    """What the watch found stands as it was found: `people`, `expected`, `score`, `words` and the two first times never change.

    `title` and `severity` are a person's. `version` grows with every change, so that nobody judges what he has not seen.
    """

    __table_args__ = (Index("incident_by_time", "suspected_at", "id"),)

    id: int = number()
    state: str = Field(max_length=15)
    severity: str = Field(default=Severity.UNDETERMINED, max_length=15)
    likely_severity: str = Field(default=Severity.UNDETERMINED, max_length=15)
    title: str = Field(default="", max_length=200)
    reason: str = Field(default="", max_length=1000)
    words: list[str] = Field(default_factory=list, sa_type=JSON)
    doubts: list[str] = Field(default_factory=list, sa_type=JSON)
    people: int = 0
    expected: float = 0.0
    score: float = 0.0
    first_message_at: datetime = at()
    suspected_at: datetime = at()
    found_at: datetime = at()
    declared_at: datetime | None = at(optional=True)
    resolved_at: datetime | None = at(optional=True)
    closed_at: datetime | None = at(optional=True)
    lead_id: int | None = Field(default=None, sa_type=BigInteger)
    version: int = 1


class IncidentMessage(SQLModel, table=True):
    """A message in which somebody complains of it. `is_first` marks those by which it was noticed."""

    __tablename__ = "incident_message"
    __table_args__ = (Index("incident_of_message", "message_id"),)

    incident_id: int = part()
    message_id: int = part()
    is_first: bool = True


class Recollection(SQLModel, table=True):
    """What the watch has learnt, and up to which event: kept now and then, taken up again by whoever watches next."""

    name: str = Field(primary_key=True, max_length=80)
    xid: int = Field(default=0, sa_type=BigInteger)
    event_id: int = Field(default=0, sa_type=BigInteger)
    body: bytes = Field(sa_type=LargeBinary)
    kept_at: datetime = at()
