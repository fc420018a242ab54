"""What every verb and question is given first."""

from collections.abc import Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

from sqlalchemy import Connection

from bot.store import driver

Dialect = Literal["sqlite", "postgresql"]
# event kind → the kinds of work that must follow; given by the composition root from `bot.reactions`
Follow = Mapping[str, tuple[str, ...]]


@dataclass(slots=True)
class Transaction:
    """The connection, the time that holds for all of it, and what events lead to.

    `is_news` is set by whoever records an event: only then are others woken after the commit.
    """

    connection: Connection
    dialect: Dialect
    now: datetime
    follow: Follow = field(default_factory=dict[str, tuple[str, ...]])
    is_news: bool = False

    def savepoint(self) -> AbstractContextManager[None]:
        """What fails in here is undone, and nothing else. The error goes on."""
        return driver.savepoint(self.connection)

    def pipelined(self) -> AbstractContextManager[None]:
        """In here plain statements do not wait for each other's answers, where the database can do without."""
        return driver.pipelined(self.connection)
