"""The one way out: where it refuses to go, and how it says what became of a request."""

import asyncio
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta

import pytest
from aiohttp import web
from aiohttp.abc import AbstractResolver, ResolveResult

from bot import errors
from bot.connectors.client import FORBIDDEN, Answer, Client

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)

# All of them are this machine. What is no literal address goes to the resolver, which knows these spellings.
SPELLINGS = [
    "127.0.0.1",
    "0x7f000001",
    "0x7f.0.0.1",
    "127.0.0.0x1",
    "[::1]",
    "[::ffff:127.0.0.1]",
    "[::ffff:7f00:1]",
    "[0:0:0:0:0:ffff:127.0.0.1]",
    "127。0。0。1",
    "①②⑦.0.0.1",
    "rebound.example",
    "localhost",
]

# Numbers that only the C library takes for addresses: already the URL is refused.
NUMBERS = ["127.1", "127.0.1", "2130706433", "0177.0.0.1", "017700000001"]


class Resolver(AbstractResolver):
    """Knows one answer to every name: this machine, as the C library knows its numbers, or what it was given."""

    def __init__(self, *answers: str) -> None:
        self.asked: list[str] = []
        self._answers = answers or ("127.0.0.1",)

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_INET
    ) -> list[ResolveResult]:
        self.asked.append(host)
        return [self._found(host, port, answer) for answer in self._answers]

    def _found(self, host: str, port: int, answer: str) -> ResolveResult:
        family = socket.AF_INET6 if ":" in answer else socket.AF_INET
        return ResolveResult(hostname=host, host=answer, port=port, family=family, proto=0, flags=socket.AI_NUMERICHOST)

    async def close(self) -> None:
        """Nothing is open."""


class Server:
    """On loopback; counts who came."""

    def __init__(self) -> None:
        self.visits: list[str] = []
        self.callers: set[object] = set()
        self.pieces: asyncio.Queue[bytes | None] = asyncio.Queue()
        self.port = 0

    async def start(self) -> web.AppRunner:
        app = web.Application()
        app.router.add_route("*", "/{what}", self._answer)
        runner = web.AppRunner(app, access_log=None, handler_cancellation=True, shutdown_timeout=0.1)
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        self.port = runner.addresses[0][1]
        return runner

    async def _answer(self, request: web.Request) -> web.StreamResponse:
        what = request.match_info["what"]
        self.visits.append(what)
        self.callers.add(request.transport and request.transport.get_extra_info("peername"))
        if what == "elsewhere":
            return web.Response(status=302, headers={"Location": "/target"})
        if what == "hang":
            await asyncio.get_running_loop().create_future()
        if what == "cut":
            assert request.transport is not None
            request.transport.abort()
        if what == "stream":
            return await self._stream(request)
        if what == "busy":
            return web.Response(status=429, text="slowly", headers={"Retry-After": "7"})
        if what == "long":
            return web.Response(body=b"x" * 50_000)
        return web.json_response({"cookie": request.headers.get("Cookie")}, headers={"Set-Cookie": "a=b"})

    async def _stream(self, request: web.Request) -> web.StreamResponse:
        """Writes what the test puts into `pieces`; None ends it."""
        response = web.StreamResponse()
        await response.prepare(request)
        while (piece := await self.pieces.get()) is not None:
            await response.write(piece)
        return response

    def url(self, what: str, host: str = "127.0.0.1") -> str:
        return f"http://{host}:{self.port}/{what}"


@pytest.fixture
async def server() -> AsyncIterator[Server]:
    """A server on this machine."""
    server = Server()
    runner = await server.start()
    yield server
    await runner.cleanup()


@asynccontextmanager
async def client(
    *, is_private_network_allowed: bool = True, resolver: Resolver | None = None, total_seconds: float = 20
) -> AsyncIterator[Client]:
    opened = Client(
        is_private_network_allowed=is_private_network_allowed,
        resolver=resolver or Resolver(),
        total_seconds=total_seconds,
        most_bytes=10_000,
    )
    await opened.open()
    try:
        yield opened
    finally:
        await opened.close()


@pytest.mark.parametrize("host", SPELLINGS)
async def test_no_spelling_reaches_this_machine(server: Server, host: str) -> None:
    """However this machine is spelled, the guard refuses it where it connects, and the server sees nobody."""
    async with client(is_private_network_allowed=False) as one:
        with pytest.raises(errors.Refused) as raised:
            await one.get(server.url("x", host), headers={})

    assert raised.value.message == FORBIDDEN
    assert server.visits == []


@pytest.mark.parametrize("host", [host for host in SPELLINGS if not host.startswith("[")])
async def test_the_operator_may_allow_it(server: Server, host: str) -> None:
    """The same spellings do reach this machine (its IPv4 side) once the operator allows it: the table is a true one."""
    async with client() as one:
        answer = await one.get(server.url("x", host), headers={})

    assert answer.status == 200
    assert server.visits == ["x"]


@pytest.mark.parametrize("host", NUMBERS)
async def test_numbers_are_no_names(server: Server, host: str) -> None:
    """A number that is no address as everybody writes it is refused before anything is looked up."""
    resolver = Resolver()
    async with client(resolver=resolver) as one:
        with pytest.raises(errors.Refused):
            await one.get(server.url("x", host), headers={})

    assert resolver.asked == []
    assert server.visits == []


async def test_rebinding(server: Server) -> None:
    """A name that was a public address when it was looked at, and is this machine when it is used, is refused."""
    resolver = Resolver()
    async with client(is_private_network_allowed=False, resolver=resolver) as one:
        with pytest.raises(errors.Refused):
            await one.get(server.url("x", "rebound.example"), headers={})

    assert resolver.asked == ["rebound.example"]
    assert server.visits == []


@pytest.mark.parametrize(
    "url",
    [
        "ftp://example.org/",
        "file:///etc/passwd",
        "gopher://127.0.0.1/",
        "//example.org/",
        "https://",
        "https://user:password@example.org/",
        "https://user@example.org/",
        "https://example.org:99999/",
        "https://[::1/",
        "",
        "javascript:alert(1)",
    ],
)
async def test_no_address(url: str) -> None:
    """What is no plain web address is refused before anything is looked up."""
    resolver = Resolver()
    async with client(resolver=resolver) as one:
        with pytest.raises(errors.Refused):
            await one.get(url, headers={})

    assert resolver.asked == []


async def test_several_forbidden_addresses(server: Server) -> None:
    """A name whose addresses are all inside is refused as one refusal, however many they are."""
    async with client(is_private_network_allowed=False, resolver=Resolver("::1", "127.0.0.1", "10.0.0.1")) as one:
        with pytest.raises(errors.Refused):
            await one.get(server.url("x", "many.example"), headers={})

    assert server.visits == []


async def test_one_address_of_several(server: Server) -> None:
    """A forbidden address beside an allowed one is passed over, and the allowed one is asked."""
    async with client(resolver=Resolver("169.254.169.254", "127.0.0.1")) as one:
        answer = await one.get(server.url("x", "many.example"), headers={})

    assert answer.status == 200
    assert server.visits == ["x"]


async def test_redirects_are_not_followed(server: Server) -> None:
    """A redirect is handed back as it is; its target is not asked."""
    async with client() as one:
        answer = await one.get(server.url("elsewhere"), headers={})

    assert answer.status == 302
    assert server.visits == ["elsewhere"]


async def test_no_cookies(server: Server) -> None:
    """No other side can mark us: its cookies are forgotten."""
    async with client() as one:
        await one.get(server.url("x"), headers={})
        second = await one.get(server.url("x"), headers={})

    assert second.body == b'{"cookie": null}'


@pytest.mark.parametrize(("keeps_connections", "connections"), [(True, 1), (False, 3)])
async def test_connections(server: Server, keeps_connections: bool, connections: int) -> None:
    """A connection is used again, unless none may be: not even when the other side says that it may."""
    client = Client(is_private_network_allowed=True, keeps_connections=keeps_connections)
    await client.open()
    for _ in range(3):
        await client.request("POST", f"http://127.0.0.1:{server.port}/plain", headers={}, body=b"x")
    await client.close()

    assert len(server.callers) == connections


@pytest.mark.parametrize(
    ("what", "remedy"), [("hang", errors.Uncertain), ("cut", errors.Uncertain), ("long", errors.Uncertain)]
)
async def test_what_may_have_arrived(server: Server, what: str, remedy: type[errors.ComptoirError]) -> None:
    """After a request has left, silence, a broken line and an endless answer all mean that it may have arrived."""
    async with client(total_seconds=0.3) as one:
        with pytest.raises(remedy):
            await one.request("POST", server.url(what), headers={}, body=b"{}")

    assert server.visits == [what]


async def test_what_never_left(server: Server, unused_tcp_port: int) -> None:
    """Where nobody listens, nothing has left, and the same may be tried again."""
    async with client() as one:
        with pytest.raises(errors.TryLater):
            await one.request("POST", f"http://127.0.0.1:{unused_tcp_port}/", headers={}, body=b"{}")

    assert server.visits == []


async def test_asking_again_does_no_harm(server: Server) -> None:
    """For a mere question, whatever goes wrong is a reason to ask later."""
    async with client(total_seconds=0.3) as one:
        with pytest.raises(errors.TryLater):
            await one.get(server.url("hang"), headers={})


async def test_closed(server: Server) -> None:
    """A client that is not open sends nothing, and says so."""
    one = Client(is_private_network_allowed=True)
    with pytest.raises(errors.TryLater):
        await one.get(server.url("x"), headers={})

    assert server.visits == []


@pytest.mark.parametrize(
    ("told", "wait"),
    [
        ("7", timedelta(seconds=7)),
        ("0", timedelta()),
        ("99999999999", timedelta(days=1)),
        ("Mon, 02 Mar 2026 09:01:00 GMT", timedelta(minutes=1)),
        ("Mon, 02 Mar 2026 08:00:00 GMT", timedelta()),
        ("soon", timedelta(seconds=5)),
        ("-3", timedelta(seconds=5)),
        ("", timedelta(seconds=5)),
    ],
)
def test_retry_after(told: str, wait: timedelta) -> None:
    """Retry-After is read in both its forms, never beyond a day, and nonsense means a few seconds."""
    assert wait == Answer(429, {"retry-after": told}, b"").retry_after(NOW)


def _feed(server: Server, *pieces: bytes | None) -> None:
    for piece in pieces:
        server.pieces.put_nowait(piece)


async def test_lines(server: Server) -> None:
    """A stream comes line by line, however it was cut on its way; what has begun waits for its end."""
    async with client() as one, one.stream(server.url("stream"), headers={}) as stream:
        _feed(server, b"first\nsec", b"ond\r\n", b"\nthi", b"rd: \xc3", b"\xa9\nrest")
        lines = [await stream.line() for _ in range(4)]
        nothing = await stream.line(within=0.05)
        _feed(server, b" of it\n")
        late = await stream.line()

    assert lines == [b"first", b"second", b"", b"third: \xc3\xa9"]
    assert (stream.answer.status, nothing, late) == (200, None, b"rest of it")


@pytest.mark.parametrize("pieces", [(b"x\n", None), (b"x\n", b"y" * 3_000), (b"x\n",)])
async def test_stream_that_ends(server: Server, pieces: tuple[bytes | None, ...]) -> None:
    """A stream that ends, that falls silent, or that holds a line without end is asked for again later."""
    async with (
        client() as one,
        one.stream(server.url("stream"), headers={}, silence_seconds=0.5, longest_line=1_000) as stream,
    ):
        _feed(server, *pieces)
        first = await stream.line()
        with pytest.raises(errors.TryLater):
            await stream.line()

    assert first == b"x"


async def test_long_whole_line(server: Server) -> None:
    """A line that is too long is none, though it came with its end."""
    async with client() as one, one.stream(server.url("stream"), headers={}, longest_line=10) as stream:
        _feed(server, b"x" * 11 + b"\n")
        with pytest.raises(errors.TryLater):
            await stream.line()


async def test_stream_that_is_refused(server: Server) -> None:
    """What the other side answers instead of a stream is handed back, read to its end."""
    async with client() as one, one.stream(server.url("busy"), headers={}) as stream:
        answer = stream.answer

    assert (answer.status, answer.body, answer.retry_after(NOW)) == (429, b"slowly", timedelta(seconds=7))


async def test_stream_elsewhere(server: Server) -> None:
    """A stream's redirect is not followed either."""
    async with client() as one, one.stream(server.url("elsewhere"), headers={}) as stream:
        status = stream.answer.status

    assert (status, server.visits) == (302, ["elsewhere"])


@pytest.mark.parametrize("what", ["hang", "cut"])
async def test_stream_without_beginning(server: Server, what: str) -> None:
    """A stream that does not begin is asked for again later."""
    async with client() as one:
        with pytest.raises(errors.TryLater):
            async with one.stream(server.url(what), headers={}, silence_seconds=0.3):
                pytest.fail("it has begun")


@pytest.mark.parametrize("host", SPELLINGS)
async def test_stream_is_guarded(server: Server, host: str) -> None:
    """A stream reaches no forbidden address, however it is spelled."""
    async with client(is_private_network_allowed=False) as one:
        with pytest.raises(errors.Refused):
            async with one.stream(server.url("stream", host), headers={}):
                pytest.fail("it has begun")

    assert server.visits == []


async def test_stream_of_a_closed_client(server: Server) -> None:
    """A client that is not open asks for no stream, and says so."""
    one = Client(is_private_network_allowed=True)
    with pytest.raises(errors.TryLater):
        async with one.stream(server.url("stream"), headers={}):
            pytest.fail("it has begun")

    assert server.visits == []
