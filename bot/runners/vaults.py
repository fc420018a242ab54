"""A channel's vault in the desk's own database: what a connector has written there survives everything that the desk does."""

from dataclasses import dataclass

from bot.store import credentials
from bot.store.database import Database


@dataclass(frozen=True, slots=True)
class Vault:
    """The `Vault` that connectors are promised."""

    database: Database
    channel_id: int

    async def read(self, name: str) -> str:
        return await self.database.read(lambda tx: credentials.value(tx, self.channel_id, name))

    async def write(self, name: str, value: str) -> None:
        await self.database.write(lambda tx: credentials.keep(tx, self.channel_id, name, value))
