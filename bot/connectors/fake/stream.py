"""What one account is told, numbered from one, and how far it says that it has it."""

import asyncio
from collections.abc import Callable

import msgspec

from bot.connectors.fake.ledger import Ledger, What
from bot.connectors.fake.payloads import Kind, Post, Update

BABBLE = b'{"number":0,"kind":"moved","post":"nobody can read this"}'


class Stream:
    """Updates are only ever added, and kept for whoever asks from further back."""

    def __init__(self, account: str, ledger: Ledger) -> None:
        self._account = account
        self._ledger = ledger
        self._updates: list[bytes] = []
        self._acknowledged = 0
        self._news = asyncio.Condition()

    async def tell(self, kind: Kind, post: Post, times: int) -> None:
        """Tell what happened to a post, and tell it again if it is to be told several times."""
        async with self._news:
            for what in (What.EMITTED, *[What.EMITTED_AGAIN] * (times - 1)):
                update = Update(len(self._updates) + 1, kind, post)
                self._updates.append(msgspec.json.encode(update))
                self._ledger.add(
                    self._account,
                    what,
                    update=update.number,
                    kind=kind,
                    post=post.id,
                    version=post.version,
                    thread=post.thread,
                    text=post.text,
                )
            self._news.notify_all()

    async def babble(self) -> None:
        """Tell one thing that nobody can read."""
        async with self._news:
            self._updates.append(BABBLE)
            self._ledger.add(self._account, What.BABBLED, update=len(self._updates))
            self._news.notify_all()

    async def since(self, after: int, most: int, wait: float) -> list[bytes]:
        """The updates after number `after`, which is thereby acknowledged. Waits up to `wait` seconds for the first."""
        self._acknowledge(after)
        if wait and after >= len(self._updates):
            await _within(wait, self._news, lambda: after < len(self._updates))
        return self._updates[after : after + most]

    def _acknowledge(self, number: int) -> None:
        if number > self._acknowledged:
            self._acknowledged = number
            self._ledger.add(self._account, What.ACKNOWLEDGED, update=number)


async def _within(seconds: float, news: asyncio.Condition, is_so: Callable[[], bool]) -> None:
    try:
        async with asyncio.timeout(seconds), news:
            await news.wait_for(is_so)
    except TimeoutError:
        # Nothing happened, which is an answer too.
        return
