"""Connections that never become requests: cut off in time, and told nothing. Real sockets, real time."""

import asyncio
import zlib
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from aiohttp import web

from bot.settings import Settings
from inbox import reception, serving
from inbox.reception import Runner

WHOLE = b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n"
Wire = tuple[asyncio.StreamReader, asyncio.StreamWriter]


@asynccontextmanager
async def desk(head_seconds: float = 60, most: int = 100) -> AsyncIterator[Callable[[], Awaitable[Wire]]]:
    """A server that answers "here" once it is let; what connects to it."""

    async def here(request: web.Request) -> web.Response:
        return web.Response(text=f"here{len(await request.read())}")

    app = web.Application()
    app.router.add_route("*", "/", here)
    runner = Runner(app, head_seconds=head_seconds, most_unfinished=most)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    port = runner.addresses[0][1]
    opened: list[asyncio.StreamWriter] = []

    async def connect() -> Wire:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        opened.append(writer)
        return reader, writer

    yield connect
    for writer in opened:
        writer.close()
    await runner.cleanup()


async def _is_cut(wire: Wire) -> bool:
    """Whether the other side ends it without a word."""
    async with asyncio.timeout(30):
        try:
            return await wire[0].read() == b""
        except ConnectionError:
            return True


async def _answered(wire: Wire) -> bytes:
    async with asyncio.timeout(30):
        await wire[0].readuntil(b"\r\n\r\n")
        return await wire[0].readexactly(5)


@pytest.mark.parametrize("said", [b"", b"GET ", b"GET / HTTP/1.1\r\nHost: localhost\r\nX-Slow: "])
async def test_who_does_not_finish_a_head_is_cut(said: bytes) -> None:
    """Nothing at all, half a line, half a header: when its time is over the connection ends."""
    async with desk(head_seconds=0.2) as connect:
        wire = await connect()
        wire[1].write(said)

        assert await _is_cut(wire)


async def test_a_byte_now_and_then_wins_no_time() -> None:
    """A header that comes byte by byte is cut off as well: the time runs from the head's beginning, not from its last byte."""
    async with desk(head_seconds=0.5) as connect:
        wire = await connect()
        wire[1].write(WHOLE[:-2] + b"X-Slow: ")
        cut = asyncio.create_task(_is_cut(wire))
        while not cut.done():
            wire[1].write(b"a")
            await asyncio.wait([cut], timeout=0.05)

        assert await cut


async def test_a_second_head_has_its_time_too() -> None:
    """A connection that was honest once is not trusted for ever: the next request on it must come whole as well."""
    async with desk(head_seconds=0.3) as connect:
        wire = await connect()
        wire[1].write(WHOLE)
        assert await _answered(wire) == b"here0"
        wire[1].write(WHOLE[:20])

        assert await _is_cut(wire)


async def test_who_rests_between_requests_is_not_cut() -> None:
    """A kept connection may be silent longer than a head may take: the next request on it is answered."""
    async with desk(head_seconds=0.2) as connect:
        kept, silent = await connect(), await connect()
        kept[1].write(WHOLE)
        assert await _answered(kept) == b"here0"
        assert await _is_cut(silent)  # so much time has passed

        kept[1].write(WHOLE)
        assert await _answered(kept) == b"here0"


async def test_a_body_takes_the_time_that_its_page_gives() -> None:
    """Only the head is in a hurry: a body that comes late is still waited for."""
    async with desk(head_seconds=0.2) as connect:
        slow, silent = await connect(), await connect()
        slow[1].write(b"POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 3\r\n\r\na")
        assert await _is_cut(silent)  # so much time has passed

        slow[1].write(b"bc")
        assert await _answered(slow) == b"here3"


async def test_when_too_many_are_at_it_the_first_goes() -> None:
    """More unfinished heads than may be: whoever has taken longest is cut at once, and a new one is answered."""
    async with desk(head_seconds=600, most=3) as connect:
        slow = [await connect() for _ in range(3)]
        for wire in slow:
            wire[1].write(b"GET ")
        honest = await connect()
        honest[1].write(WHOLE)

        assert await _answered(honest) == b"here0"
        assert await _is_cut(slow[0])
        slow[1][1].write(WHOLE[4:])
        assert await _answered(slow[1]) == b"here0"


@pytest.mark.parametrize(
    "said", [b"\x16\x03\x01\x02\r\n\r\n", b"GET / HTTP/1.1\r\ns3cr3t\r\n\r\n", b"no request\r\n\r\n"]
)
async def test_what_is_no_request_is_told_nothing(tmp_path: Path, said: bytes) -> None:
    """The desk as it is served answers bytes that are no request with 400: without its maker's name, or a word of theirs."""
    async with serving.serving(Settings(data_dir=tmp_path, port=0)) as running:
        port = int(running.address.rpartition(":")[2])
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(said)
        async with asyncio.timeout(30):
            answer = await reader.read()
        writer.close()

    assert answer.startswith(b"HTTP/1.0 400 ")
    assert answer.endswith(b"\r\n\r\n400 Bad Request\n")
    assert b"\r\nX-Content-Type-Options: nosniff\r\n" in answer
    for told in (b"Server:", b"aiohttp", b"Python", b"s3cr3t"):
        assert told not in answer


def test_the_desk_has_these_limits() -> None:
    """A head has less time than any proxy waits for one, and an idle connection outlives the proxies' own patience."""
    assert reception.HEAD_SECONDS <= 30
    assert reception.KEPT_SECONDS > 120


async def test_what_comes_packed_is_not_unpacked() -> None:
    """A body that says to be packed is taken as it stands: unpacking costs the sender nothing and us everything."""
    packed = zlib.compress(bytes(900_000))
    async with desk() as connect:
        wire = await connect()
        head = (
            f"POST / HTTP/1.1\r\nHost: localhost\r\nContent-Encoding: deflate\r\nContent-Length: {len(packed)}\r\n\r\n"
        )
        wire[1].write(head.encode() + packed)

        assert await _answered(wire) == f"here{len(packed)}".encode()[:5]
