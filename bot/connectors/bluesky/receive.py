"""How Bluesky is heard: we ask, and ask again.

Notifications tell what is said to us in public, the chat's log what is said in private; and the newest posts are looked at once
more, because nobody tells when one is deleted.
"""

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta

from bot import wire
from bot.clock import Clock
from bot.connectors.bluesky import cursors, pages
from bot.connectors.bluesky.chats import Chats
from bot.connectors.bluesky.line import Line
from bot.connectors.bluesky.notifications import Notifications
from bot.connectors.bluesky.watching import Watch

PAUSE = timedelta(seconds=2)


async def poll(line: Line, chats: Chats, clock: Clock, text: str | None) -> AsyncIterator[wire.Batch]:
    """Every batch since the cursor, for ever. What the cursor remembers is looked at again first: much may be gone."""
    cursor = cursors.read(text)
    looks = (Watch(line, clock).look, Notifications(line, clock).look, chats.look)
    while True:
        for look in looks:
            batches, cursor = await look(cursor)
            for batch in batches:
                if pages.is_anything(batch):
                    yield batch
        await asyncio.sleep(line.pause(PAUSE).total_seconds())
