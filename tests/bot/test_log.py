"""What the log never holds."""

import asyncio
import functools
import gc
import io
import logging
from collections.abc import Iterator

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from bot import log

CANARY = "s3cr3t-of-a-live-session"


@pytest.fixture
def written() -> Iterator[io.StringIO]:
    """Everything that the configured log writes."""
    root = logging.getLogger()
    handlers, level, stream = root.handlers[:], root.level, io.StringIO()
    log.configure("json")
    handler = root.handlers[0]
    assert isinstance(handler, logging.StreamHandler)
    handler.setStream(stream)
    yield stream
    root.handlers[:], _ = handlers, root.setLevel(level)
    for name in ("aiohttp.server", "asyncio"):
        logging.getLogger(name).filters.clear()


@pytest.mark.parametrize(
    "lines",
    [
        [b"Cookie: comptoir=%b" % CANARY.encode(), b"X-Odd: \x01\x00"],
        [b"Cookie: comptoir=%b\x01" % CANARY.encode()],
        [b"Cookie: comptoir=" + CANARY.encode() * 2_000],
        [b"Cookie: comptoir=%b" % CANARY.encode(), CANARY.encode()],
    ],
)
async def test_a_request_that_cannot_be_read_leaves_no_secret_in_the_log(
    written: io.StringIO, lines: list[bytes]
) -> None:
    """Bad bytes, a cookie without end, a header without a colon: one line says that it came, and none of it."""
    async with TestServer(web.Application()) as server:
        reader, writer = await asyncio.open_connection(server.host, server.port)
        writer.write(b"\r\n".join([b"GET / HTTP/1.1", b"Host: localhost", *lines, b"", b""]))
        async with asyncio.timeout(10):
            assert b" 400 " in await reader.readline()
        writer.close()
        await writer.wait_closed()

    assert "request.unreadable" in written.getvalue()
    assert "s3cr3t" not in written.getvalue()


async def _fails(text: str) -> None:
    raise ValueError(text)


def _breaks(text: str) -> None:
    raise ValueError(text)


def _never_awaited(loop: asyncio.AbstractEventLoop) -> None:
    loop.create_task(_fails(CANARY), name="delivery")


@pytest.mark.parametrize("kind", ["task", "callback", "partial", "transport"])
async def test_an_error_that_nobody_hears_leaves_no_words_of_others_in_the_log(written: io.StringIO, kind: str) -> None:
    """A task whose end nobody awaits, a callback that breaks, what a library hands to the loop: kind and place, no values."""
    loop = asyncio.get_running_loop()
    if kind == "task":
        _never_awaited(loop)
    elif kind == "callback":
        loop.call_soon(_breaks, CANARY)
    elif kind == "partial":
        loop.call_soon(functools.partial(_breaks, text=CANARY))
    else:
        told = {"message": "Fatal error: " + CANARY, "exception": ValueError(CANARY), "protocol": CANARY}
        loop.call_exception_handler(told)
    async with asyncio.timeout(10):
        while "asyncio.trouble" not in written.getvalue():
            await asyncio.sleep(0)
            gc.collect()

    assert "ValueError" in written.getvalue()
    assert kind == "transport" or "_fails" in written.getvalue() or "_breaks" in written.getvalue()
    assert "s3cr3t" not in written.getvalue()


async def test_a_defect_of_the_server_keeps_its_trace(written: io.StringIO) -> None:
    """What is no reader's error is still told with where it happened."""
    try:
        raise RuntimeError("broken here")
    except RuntimeError:
        logging.getLogger("aiohttp.server").exception("Error handling request")

    assert "broken here" in written.getvalue()
