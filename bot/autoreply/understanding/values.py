"""What goes in and what comes out."""

from dataclasses import dataclass
from enum import StrEnum


class Kind(StrEnum):
    INTENT = "intent"
    MOOD = "mood"


class Decision(StrEnum):
    """answer: as sure as was asked for. suggest: worth an agent's look. hand_over: a guess at best."""

    ANSWER = "answer"
    SUGGEST = "suggest"
    HAND_OVER = "hand_over"


class Urgency(StrEnum):
    LOW = "low"
    NORMAL = "normal"
    HIGH = "high"
    URGENT = "urgent"


class Danger(StrEnum):
    """What always goes to a person."""

    FRAUD = "fraud"
    STOLEN_CARD = "stolen_card"
    PHISHING = "phishing"
    THREAT = "threat"
    SELF_HARM = "self_harm"
    MINOR = "minor"
    LEGAL = "legal"
    PRESS = "press"
    REGULATOR = "regulator"


@dataclass(frozen=True, slots=True)
class Example:
    """A text and what it means. `line` is where it was read, for whoever must be told."""

    text: str
    label: str
    line: int = 0


@dataclass(frozen=True, slots=True)
class Guess:
    label: str
    probability: float


@dataclass(frozen=True, slots=True)
class Prediction:
    """What a model makes of one text. `ranked` are its likeliest labels, at most three, the first of them `label`."""

    label: str
    probability: float
    decision: Decision
    ranked: tuple[Guess, ...]


@dataclass(frozen=True, slots=True)
class Understanding:
    """What a message means, as far as it could be told. `intent` and `mood` are empty where no model says them.

    `language` is "fr", "en", "other" or "unknown". `version` names what produced it, so that it can be done again.
    `suggestions` are the likeliest intents, best first.
    """

    language: str
    intent: str
    intent_probability: float
    decision: Decision
    mood: str
    mood_probability: float
    urgency: Urgency
    dangers: tuple[Danger, ...]
    version: str
    suggestions: tuple[Guess, ...] = ()
