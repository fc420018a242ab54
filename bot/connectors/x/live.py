"""What may bring posts between two askings: X's stream, or nothing."""

import asyncio
from typing import Protocol


class Live(Protocol):
    """What brings lines between two askings."""

    async def lines(self, within: float) -> list[bytes]:
        """What has come, at the latest after so many seconds."""
        ...

    def is_back(self) -> bool:
        """Whether it was lost and has come back since this was asked: what it missed is to be asked for."""
        ...


class Silence:
    """Nothing comes between two askings."""

    async def lines(self, within: float) -> list[bytes]:
        await asyncio.sleep(within)
        return []

    def is_back(self) -> bool:
        return False
