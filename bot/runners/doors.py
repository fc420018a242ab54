"""The open doors of this process: one connector per configured channel, kept equal to the channels' rows."""

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog

from bot import errors
from bot.clock import Clock
from bot.connectors import registry
from bot.connectors.base import Connector
from bot.desk import attending
from bot.runners.accounts import Accounts
from bot.runners.vaults import Vault
from bot.store import channels
from bot.store.channels import ChannelRow
from bot.store.database import Database
from bot.wire import ChannelHealth, Health, Manifest

log = structlog.get_logger(__name__)

LOOK_EVERY = timedelta(seconds=1)
TRY_EVERY = timedelta(seconds=5)  # a door that could not be opened for now
OPENING = timedelta(seconds=15)  # the longest that a network may take to answer


@dataclass(frozen=True, slots=True)
class Door:
    """A channel that is open here."""

    channel_id: int
    name: str
    connector: Connector
    is_paused: bool
    written: tuple[object, ...]


class Doors:
    """`refresh` opens what is new, closes what is gone, and opens anew what was configured differently."""

    def __init__(
        self,
        database: Database,
        clock: Clock,
        secret: Callable[[str], str | None],
        public_url: str,
        *,
        is_private_allowed: bool,
    ) -> None:
        self._database = database
        self._clock = clock
        self._accounts = Accounts(secret, public_url, is_private_allowed, lambda id_: Vault(database, id_))
        self._open: dict[int, Door] = {}
        self._names: dict[str, int] = {}
        self._known: frozenset[str] = frozenset()
        self._shut: dict[int, tuple[object, ...]] = {}
        self._opening: dict[int, asyncio.Task[None]] = {}
        self._not_before: dict[int, datetime] = {}
        self._manifests: Mapping[str, Manifest] | None = None

    def by_name(self, name: str) -> Door | None:
        """The open door of the channel called so."""
        return self._open.get(self._names.get(name, -1))

    def is_known(self, name: str) -> bool:
        """Whether there is a channel called so, open here or not."""
        return name in self._known

    def by_id(self, channel_id: int) -> Door | None:
        return self._open.get(channel_id)

    def connector(self, channel_id: int) -> Connector | None:
        """The connector of a channel that is open here and not paused."""
        door = self._open.get(channel_id)
        return door.connector if door and not door.is_paused else None

    def networks(self) -> Mapping[str, Manifest]:
        """Every network that a channel can be on, read once."""
        if self._manifests is None:
            self._manifests = registry.networks()
        return self._manifests

    def all(self) -> list[Door]:
        return list(self._open.values())

    async def refresh(self) -> None:
        """Bring the doors in line with the rows. A slow network goes on opening by itself; nobody waits for it."""
        rows = await self._database.read(channels.all)
        wanted = {row.id: row for row in rows}
        self._known = frozenset(row.name for row in rows)
        for door in self.all():
            if door.channel_id not in wanted or door.written != _written(wanted[door.channel_id]):
                await self._close(door)
        for row in rows:
            if self._may_try(row):
                self._opening[row.id] = asyncio.create_task(self._try(row), name=f"opening {row.name}")
        if self._opening:
            await asyncio.wait(self._opening.values(), timeout=LOOK_EVERY.total_seconds())

    async def close(self) -> None:
        for opening in list(self._opening.values()):
            opening.cancel()
            await asyncio.gather(opening, return_exceptions=True)
        for door in self.all():
            await self._close(door)

    def _may_try(self, row: ChannelRow) -> bool:
        is_busy = row.id in self._open or row.id in self._opening
        is_to_wait = self._not_before.get(row.id, self._clock()) > self._clock()
        return not is_busy and not is_to_wait and self._shut.get(row.id) != _written(row)

    async def _try(self, row: ChannelRow) -> None:
        connector: Connector | None = None
        try:
            connector = registry.connect(self._accounts.of(row), self._clock)
            async with asyncio.timeout(OPENING.total_seconds()):
                await connector.open()
            self._open[row.id] = Door(row.id, row.name, connector, row.is_paused, _written(row))
            self._names[row.name] = row.id
        except Exception as error:  # noqa: BLE001  whatever it is, it stops this channel only
            await self._stay_shut(row, connector, error)
        finally:
            del self._opening[row.id]

    async def _stay_shut(self, row: ChannelRow, connector: Connector | None, error: Exception) -> None:
        """Say why, and when it is tried again: soon, or only when it is configured differently."""
        self._not_before[row.id] = self._clock() + TRY_EVERY
        if connector is not None:
            await _let_go(row.name, connector)
        match error:
            case errors.TryLater():
                await self._say(row, ChannelHealth(Health.INTERRUPTED, error.message))
            case TimeoutError():
                await self._say(row, ChannelHealth(Health.INTERRUPTED, "The network does not answer."))
            case errors.ComptoirError():
                self._shut[row.id] = _written(row)
                state = Health.BAD_CREDENTIALS if isinstance(error, errors.Reauthorize) else Health.UNCONFIGURED
                await self._say(row, ChannelHealth(state, error.message))
            case _:
                log.error("connector.defect", channel=row.name, error=type(error).__name__, exc_info=error)
                await self._say(
                    row, ChannelHealth(Health.INTERRUPTED, f"Unexpected {type(error).__name__}; see the log.")
                )

    async def _say(self, row: ChannelRow, health: ChannelHealth) -> None:
        if not row.is_paused and await self._database.write(lambda tx: attending.note(tx, row.id, health)):
            log.warning("channel.not_open", channel=row.name, reason=health.reason)

    async def _close(self, door: Door) -> None:
        del self._open[door.channel_id]
        self._names.pop(door.name, None)
        await _let_go(door.name, door.connector)


async def _let_go(name: str, connector: Connector) -> None:
    """Close it; a defect in its closing holds nobody up."""
    try:
        await connector.close()
    except Exception as error:  # it is gone either way
        log.exception("connector.defect", channel=name, error=type(error).__name__)


def _written(row: ChannelRow) -> tuple[object, ...]:
    """What of a channel's row makes another connector of it."""
    return (
        row.name, row.network, row.base_url, tuple(sorted(row.options.items())), tuple(sorted(row.secrets.items())),
        row.is_paused,
    )  # fmt: skip
