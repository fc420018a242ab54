"""What training made: versions that are kept, so that they can be compared, put to work and taken back."""

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import JSON
from sqlmodel import Field, SQLModel

from bot.model.columns import at, number, owner


class State(StrEnum):
    """asked: it waits for a process. training: one is at it. ready: it can be put to work. failed, cancelled: only the reason."""

    ASKED = "asked"
    TRAINING = "training"
    READY = "ready"
    FAILED = "failed"
    CANCELLED = "cancelled"


UNDER_WAY = (State.ASKED, State.TRAINING)


class Trained(SQLModel, table=True):
    """`edition` is the book of intents it was trained from, `engine` what trained it.

    `done` of 100 and `stage` are how far a training is; `beat_at` is its last sign of life. `figures` are what was measured on
    examples that it had not seen.
    """

    id: int = number()
    state: str = Field(default=State.ASKED, max_length=10)
    stage: str = Field(default="", max_length=40)
    done: int = 0
    is_to_stop: bool = False
    attempts: int = 0
    engine: str = Field(default="", max_length=80)
    edition: int = 0
    intents: int = 0
    examples: int = 0
    started_by: int | None = None
    started_at: datetime = at()
    beat_at: datetime = at()
    finished_at: datetime | None = at(optional=True)
    reason: str = ""
    size: int = 0
    figures: dict[str, Any] = Field(default_factory=dict, sa_type=JSON)


class TrainedBody(SQLModel, table=True):
    """The bytes of a trained version. In the database, so that every process and every machine finds them.

    `unseen` is what scorers like it said of each example that they had not seen: its number, the intent, the probability.
    """

    __tablename__ = "trained_body"

    trained_id: int = owner("trained.id")
    body: bytes
    unseen: list[Any] = Field(default_factory=list, sa_type=JSON)
