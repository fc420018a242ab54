"""One connected account on a network, and the branch of the brand that it speaks for."""

from datetime import datetime

from sqlalchemy import JSON, BigInteger, false
from sqlmodel import Field, SQLModel

from bot.model.columns import at, number, owner, reference
from bot.wire import Health


class Channel(SQLModel, table=True):
    """`name` is what people and URLs call it. `cursor` is moved only in the transaction that commits what came before it.

    `has_bot` lets the bot answer here. `options` are plain settings; `secrets` holds no secret but the names of the environment
    variables that do.
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
    has_bot: bool = Field(default=False, sa_column_kwargs={"server_default": false()})
    is_demo: bool = False
    created_at: datetime = at()


class Pulse(SQLModel, table=True):
    """When a channel was last surely heard, at which message of the desk, and the last time that nobody heard it.

    `gap_messages` came in afterwards and were said meanwhile; `is_reached` is false when the network does not keep so long.
    """

    channel_id: int = owner("channel.id")
    listened_at: datetime | None = at(optional=True)
    listened_id: int = Field(default=0, sa_type=BigInteger)
    gap_from: datetime | None = at(optional=True)
    gap_until: datetime | None = at(optional=True)
    gap_after_id: int = Field(default=0, sa_type=BigInteger)
    gap_messages: int | None = None
    is_reached: bool = True


class Lane(SQLModel, table=True):
    """A channel's way out while it fails; there is no row while it does not. See `store/lanes`."""

    channel_id: int = owner("channel.id")
    failures: int = 0
    reason: str = ""
    failing_since: datetime = at()
    rests_until: datetime = at()
    trial_until: datetime | None = at(optional=True)
