"""The live stream as a page asks for it."""

import asyncio
import contextlib

from aiohttp import ClientResponse

from tests.inbox.conftest import House


async def test_one_session_keeps_only_so_many_windows(house: House) -> None:
    """The twenty-first stream of a session is refused; a colleague is not held up, and a closed window makes room."""
    agent, other = await house.signed_in(), await house.signed_in("supervisor")
    most = house.engine.settings.session_windows
    async with contextlib.AsyncExitStack() as stack:
        opened: list[ClientResponse] = []
        for _ in range(most):
            opened.append(await agent.get("/live?view=open"))
            stack.callback(opened[-1].close)
        beyond, others = await agent.get("/live?view=open"), await other.get("/live?view=open")
        stack.callback(others.close)
        assert [one.status for one in opened] == [200] * most
        assert (most, beyond.status, others.status) == (20, 429, 200)

        opened[0].close()

        async with asyncio.timeout(20):
            while (again := await agent.get("/live?view=open")).status == 429:
                await asyncio.sleep(0)
        stack.callback(again.close)
        assert again.status == 200
