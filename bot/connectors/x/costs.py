"""What reading and writing at X costs this month, and what it will. X bills each thing that it shows, once in a UTC day.

The prices are X's published ones, in ten-thousandths of a dollar. The meter is ours, not X's bill: it counts people and media
that are shown beside posts as if each were billed, so it is rather early than late. To carry a file up costs nothing, to
describe it does. A new month begins at nothing.
"""

import calendar
from collections.abc import Iterable
from datetime import UTC, datetime
from decimal import Decimal

import msgspec

from bot import errors, wire
from bot.clock import Clock
from bot.connectors.base import Vault

NAME = "costs"
MENTION = 10
STREAMED = 50
USER = 100
DM_EVENT = 100
EVENT = 100
MEDIA = 50
DESCRIPTION = 50
REPLY = 100
LINK_REPLY = 2_000
DM = 150
DELETION = 100
_UNIT = Decimal(10_000)


class Spent(msgspec.Struct):
    """What the vault holds."""

    month: str
    units: int


def billed(batch: wire.Batch) -> list[str]:
    """Under which numbers X bills the events of a batch. Our own words are free."""
    return [one.version or one.external_id for one in batch.messages if not one.is_own]


class Meter:
    """One account's costs. Counting is at once, writing down when `keep` is called."""

    def __init__(self, vault: Vault, clock: Clock, cap: Decimal) -> None:
        self._vault = vault
        self._clock = clock
        self._cap = cap
        self._spent = Spent("", 0)
        self._unkept = 0
        self._seen: set[tuple[int, str]] = set()
        self._day = ""

    async def open(self) -> None:
        """Go on from what was written down."""
        self._spent = await self._kept()

    def read(self, price: int, names: Iterable[str]) -> None:
        """X showed these; what it showed today already costs nothing more."""
        today = f"{self._clock().astimezone(UTC):%Y-%m-%d}"
        if today != self._day:
            self._day, self._seen = today, set()
        fresh = {(price, name) for name in names} - self._seen
        self._seen |= fresh
        self.spend(price * len(fresh))

    def spend(self, units: int) -> None:
        self._roll()
        self._spent.units += units
        self._unkept += units

    async def keep(self) -> None:
        """Write down what was counted since; what cannot be written now goes with the next. Another process adds to it, too.

        Nothing is raised: it is asked for after words have left, and nobody may think that they have not.
        """
        added = self._unkept
        if not added:
            return
        try:
            kept = await self._kept()
            kept.units += added
            await self._vault.write(NAME, msgspec.json.encode(kept).decode())
        except errors.ComptoirError:
            return
        self._unkept -= added
        self._spent = Spent(kept.month, kept.units + self._unkept)

    @property
    def dollars(self) -> Decimal:
        """This month's costs so far."""
        self._roll()
        return self._spent.units / _UNIT

    @property
    def forecast(self) -> Decimal:
        """This month's costs if it goes on like this."""
        now = self._clock().astimezone(UTC)
        days = calendar.monthrange(now.year, now.month)[1]
        gone = Decimal((now - _beginning(now)).total_seconds()) / 86_400
        return (self.dollars * days / max(gone, Decimal(1))).quantize(Decimal("0.01"))

    @property
    def is_spent(self) -> bool:
        return 0 < self._cap <= self.dollars

    def sentence(self) -> str:
        """What this month has cost and will cost, for whoever looks after the channel."""
        so_far = f"X has cost ${self.dollars:.2f} this month"
        if self.is_spent:
            return f"{so_far}, and the cap is ${self._cap:.2f}: X is not asked for messages until the next month."
        return f"{so_far}; ${self.forecast:.2f} are expected by its end."

    def _roll(self) -> None:
        month = self._month()
        if self._spent.month != month:
            self._spent, self._unkept = Spent(month, 0), 0

    async def _kept(self) -> Spent:
        text = await self._vault.read(NAME)
        try:
            kept = msgspec.json.decode(text, type=Spent) if text else None
        except msgspec.DecodeError:
            kept = None
        month = self._month()
        return kept if kept and kept.month == month else Spent(month, 0)

    def _month(self) -> str:
        return f"{self._clock().astimezone(UTC):%Y-%m}"


def _beginning(now: datetime) -> datetime:
    return now.replace(day=1, hour=0, minute=0, second=0, microsecond=0)
