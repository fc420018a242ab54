"""One connected account on a network, and the branch of the brand that it speaks for."""

from datetime import datetime

from sqlalchemy import JSON
from sqlmodel import Field, SQLModel

from bot.model.columns import at, number, reference
from bot.wire import Health


class Channel(SQLModel, table=True):
    """`name` is what people and URLs call it. `cursor` is moved only in the transaction that commits what came before it.

    `options` are plain settings; `secrets` holds no secret but the names of the environment variables that do.
    """

    id: int = number()
    name: str = Field(unique=True, max_length=60)
    title: str = Field(max_length=120)
    network: str = Field(max_length=30)
    base_url: str = ""
    branch: str = Field(default="", max_length=60)
    team_id: int | None = reference("team.id", optional=True)
    language: str = Field(default="fr", max_length=5)
    options: dict[str, str] = Field(default_factory=dict, sa_type=JSON)
    secrets: dict[str, str] = Field(default_factory=dict, sa_type=JSON)
    cursor: str | None = None
    health: str = Field(default=Health.CONNECTING, max_length=20)
    health_reason: str = ""
    health_at: datetime | None = at(optional=True)
    heard_at: datetime | None = at(optional=True)
    is_paused: bool = False
    is_demo: bool = False
    created_at: datetime = at()
