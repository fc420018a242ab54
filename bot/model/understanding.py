"""What was understood of a message, by what, and what a person said of it."""

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, UniqueConstraint
from sqlmodel import Field, SQLModel

from bot.model.columns import at, number, owner, reference


class Mood(StrEnum):
    """How somebody feels who writes so."""

    NEGATIVE = "negative"
    NEUTRAL = "neutral"
    POSITIVE = "positive"


class Subject(StrEnum):
    """What a person may correct."""

    INTENT = "intent"
    MOOD = "mood"


class Understanding(SQLModel, table=True):
    """`intent` is the name of the likeliest intent, empty for none; `guesses` are the first ones as [name, probability].

    `sureness` is what that allows by what was measured in training: answer, suggest or hand_over. `dangers` are the signs that
    always go to a person, separated by commas. `version` names what produced all of it.
    """

    message_id: int = owner("message.id")
    language: str = Field(default="", max_length=5)
    intent: str = Field(default="", max_length=60)
    probability: float = 0.0
    sureness: str = Field(default="", max_length=10)
    guesses: list[Any] = Field(default_factory=list, sa_type=JSON)
    mood: str = Field(default="", max_length=8)
    mood_probability: float = 0.0
    urgency: str = Field(default="", max_length=10)
    dangers: str = Field(default="", max_length=120)
    version: str = Field(default="", max_length=80)
    understood_at: datetime = at()


class Correction(SQLModel, table=True):
    """A person says what was meant. What was understood stays; the two together are what training learns from."""

    __table_args__ = (UniqueConstraint("message_id", "subject"),)

    id: int = number()
    message_id: int = reference("message.id")
    subject: str = Field(max_length=10)
    said: str = Field(default="", max_length=60)
    meant: str = Field(default="", max_length=60)
    agent_id: int | None = reference("agent.id", optional=True)
    corrected_at: datetime = at()
