"""What people come for, as the operator teaches it to the bot: examples, an answer, and what the bot may do with it."""

import re
import unicodedata
from datetime import datetime
from enum import StrEnum

from sqlalchemy import BigInteger, UniqueConstraint
from sqlmodel import Field, SQLModel

from bot.model.columns import at, number, owner, reference

ALL = 1  # the number of the one row of IntentBook
TARGET = 97  # be right at least so many times in 100, until the operator says otherwise
_NOT_A_WORD = re.compile(r"[\W_]+")


class Policy(StrEnum):
    """What the bot does when it knows what is meant: answer, offer an agent the answer, or call a person at once."""

    ANSWER = "answer"
    SUGGEST = "suggest"
    HAND_OVER = "hand_over"


class Place(StrEnum):
    """Where the bot may answer: everywhere, in private only, in public only."""

    ANYWHERE = ""
    PRIVATE = "private"
    PUBLIC = "public"


class Hours(StrEnum):
    """When the bot may answer: always, while people are at their desks, while they are not."""

    ALWAYS = ""
    OPEN = "open"
    CLOSED = "closed"


class During(StrEnum):
    """Whether an incident matters: it does not, only while none is open, only while one is open."""

    WHATEVER = ""
    CALM = "calm"
    INCIDENT = "incident"


class Check(StrEnum):
    """What the answer to the bot's question must be."""

    NONE = ""
    DATE = "date"
    AMOUNT = "amount"
    REFERENCE = "reference"
    YES_NO = "yes_no"


class Origin(StrEnum):
    """Where an example comes from: the starter set, the operator, an agent's correction, a ticket that people solved."""

    STARTER = "starter"
    OPERATOR = "operator"
    CORRECTION = "correction"
    SOLVED = "solved"


class Intent(SQLModel, table=True):
    """`name` is what trained versions and messages call it; it never changes.

    The answer is a canned reply, which also says whether it is safe in public. `question` and `awaits` are the short dialogue:
    the bot asks for one thing, checks it, and then answers. No question, no dialogue.
    """

    id: int = number()
    name: str = Field(unique=True, max_length=60)
    title_fr: str = Field(max_length=120)
    title_en: str = Field(max_length=120)
    policy: str = Field(default=Policy.SUGGEST, max_length=10)
    canned_reply_id: int | None = reference("canned_reply.id", optional=True)
    place: str = Field(default=Place.ANYWHERE, max_length=10)
    hours: str = Field(default=Hours.ALWAYS, max_length=10)
    during: str = Field(default=During.WHATEVER, max_length=10)
    question_fr: str = ""
    question_en: str = ""
    awaits: str = Field(default=Check.NONE, max_length=10)
    changed_at: datetime = at()


class IntentExample(SQLModel, table=True):
    """One way to say it. `key` is its text as it is compared: in a language the same words belong to one intent only.

    `message_id` is the message that it was taken from, when it was.
    """

    __tablename__ = "intent_example"
    __table_args__ = (UniqueConstraint("language", "key"),)

    id: int = number()
    intent_id: int = reference("intent.id", index=True)
    language: str = Field(max_length=5)
    text: str
    key: str
    origin: str = Field(default=Origin.OPERATOR, max_length=10)
    message_id: int | None = Field(default=None, sa_type=BigInteger)


class IntentBook(SQLModel, table=True):
    """What holds for all intents; there is one row. `edition` grows with each change to an intent, its examples or its answer.

    `target`: be right at least so many times in 100. `trained_id` is the trained version that decides, `previous_id` the one
    before it; without one only the examples themselves are known.
    """

    __tablename__ = "intent_book"

    id: int = number()
    edition: int = 0
    target: int = TARGET
    trained_id: int | None = Field(default=None, sa_type=BigInteger)
    previous_id: int | None = Field(default=None, sa_type=BigInteger)


class ExampleRefusal(SQLModel, table=True):
    """A message that could have been an example, and that a person did not want as one: it is not proposed again."""

    __tablename__ = "example_refusal"

    message_id: int = owner("message.id")
    agent_id: int | None = reference("agent.id", optional=True)
    refused_at: datetime = at()


def key(text: str) -> str:
    """The text as examples are compared: small letters without accents, signs and repeated blanks."""
    plain = unicodedata.normalize("NFKD", text.casefold())
    words = _NOT_A_WORD.sub(" ", "".join(sign for sign in plain if not unicodedata.combining(sign))).strip()
    return words or text.strip()  # an emoji is all sign
