"""A lesson is carried to a process of its own, and its words are brought back, one by one."""

import asyncio
import sys
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager

from bot import errors
from bot.autoreply import lesson
from bot.autoreply.lesson import Ask, Lesson, Sort, Sorted, Told, Word

APPRENTICE = (sys.executable, "-m", "bot.autoreply.apprentice")


class Errand:
    """The process, while it works."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        assert process.stdout is not None
        self._process = process
        self._out = process.stdout

    async def word(self) -> Word | None:
        """The next word; None when the process has ended."""
        try:
            length = int.from_bytes(await self._out.readexactly(lesson.LENGTH), "big")
            return lesson.word(await self._out.readexactly(length))
        except asyncio.IncompleteReadError:
            return None


@asynccontextmanager
async def sent(task: Lesson, command: Sequence[str] = APPRENTICE) -> AsyncIterator[Errand]:
    """The process that does this lesson. It ends with the block, whether it has finished or not."""
    pipe = asyncio.subprocess.PIPE
    process = await asyncio.create_subprocess_exec(*command, stdin=pipe, stdout=pipe)
    giving = asyncio.create_task(_give(process, lesson.written(task)))
    try:
        yield Errand(process)
    finally:
        giving.cancel()
        await asyncio.gather(giving, return_exceptions=True)
        if process.returncode is None:
            process.kill()
        await process.wait()


async def told(bodies: Sequence[bytes], texts: Sequence[str]) -> Told:
    """What versions say of texts. Raises TryLater when the process cannot tell."""
    if isinstance(said := await _answer(Ask(tuple(bodies), tuple(texts))), Told):
        return said
    raise errors.TryLater("The versions could not be asked just now.")


async def grouped(texts: Sequence[str]) -> Sorted:
    """Which texts ask the same. Raises TryLater when the process cannot tell."""
    if isinstance(said := await _answer(Sort(tuple(texts))), Sorted):
        return said
    raise errors.TryLater("The versions could not be asked just now.")


async def _answer(task: Lesson) -> Word | None:
    async with sent(task) as errand:
        return await errand.word()


async def _give(process: asyncio.subprocess.Process, written: bytes) -> None:
    assert process.stdin is not None
    process.stdin.write(written)
    await process.stdin.drain()
    process.stdin.close()
