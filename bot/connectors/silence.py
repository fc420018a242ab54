"""What a channel yields that is only heard through our own door."""

from collections.abc import AsyncIterator

from bot import wire


async def nothing() -> AsyncIterator[wire.Batch]:
    """Yield nothing, and end."""
    none: tuple[wire.Batch, ...] = ()
    for batch in none:
        yield batch
