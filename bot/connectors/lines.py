"""What comes piece by piece and has no end, as lines: of bounded length, each as soon as it is whole."""

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable

from bot import errors


class Lines:
    """`read` gives the next piece, whatever its length; nothing at all means the end."""

    def __init__(self, read: Callable[[], Awaitable[bytes]], longest: int) -> None:
        self._read = read
        self._longest = longest
        self._whole: deque[bytes] = deque()
        self._begun = bytearray()

    async def next(self, within: float | None = None) -> bytes | None:
        """The next line, without its end; None when there was none `within` so many seconds, and it is still to come.

        Raises TryLater at the end, or when a line is too long to be one.
        """
        try:
            async with asyncio.timeout(within):
                while not self._whole:
                    await self._more()
        except TimeoutError:
            return None
        self._check(self._whole[0])
        return self._whole.popleft()

    async def _more(self) -> None:
        self._check(self._begun)
        piece = await self._read()
        if not piece:
            raise errors.TryLater("The network has ended the stream.")
        *ends, begun = piece.split(b"\n")
        for end in ends:
            self._begun += end
            self._whole.append(bytes(self._begun.removesuffix(b"\r")))
            self._begun.clear()
        self._begun += begun

    def _check(self, line: bytes | bytearray) -> None:
        if len(line) > self._longest:
            raise errors.TryLater("The network's stream holds a line that is too long to be one.")
