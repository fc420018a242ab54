"""All nouns at once, for migrations and for the database's creation."""

from sqlmodel import SQLModel

from bot.model import (  # noqa: F401  each import puts its tables into the metadata
    agent,
    canned_reply,
    channel,
    contact,
    conversation,
    credential,
    draft,
    engagement,
    event,
    incident,
    intent,
    message,
    note,
    outbox,
    quarantine,
    tag,
    team,
    ticket,
    trained,
    understanding,
    work,
)

METADATA = SQLModel.metadata
