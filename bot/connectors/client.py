"""The one way out to an address that a person typed. Guarded where it connects, without redirects, bounded in time and size.

An error tells whether the request may have arrived, because a sender must know:
`Refused` never left and never will, `TryLater` never left, `Uncertain` left and has no whole answer.
"""

import asyncio
import socket
from collections.abc import AsyncIterator, Collection, Iterator, Mapping
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Any
from urllib.parse import urlsplit

import aiohttp
from aiohttp.abc import AbstractResolver

from bot import errors
from bot.connectors import addresses, sentences
from bot.connectors.lines import Lines

CONNECT_SECONDS = 5.0
TOTAL_SECONDS = 20.0
SILENCE_SECONDS = 60.0
MOST_BYTES = 1_000_000
LONGEST_WAIT = timedelta(days=1)
USUAL_WAIT = timedelta(seconds=5)

# Constant, so that nobody learns from it which inner addresses exist, and so that a name with several forbidden addresses
# fails as one refusal: the library joins failures that differ into one that is no longer ours.
FORBIDDEN = "This address is not on the public internet, and the operator has not allowed private networks."
NO_ADDRESS = "This is no address that can be called. Give one that begins with https:// and a host."


@dataclass(frozen=True, slots=True)
class Answer:
    """What the other side answered; `body` was read to its end. `secrets` are those that it may repeat and we may not."""

    status: int
    headers: Mapping[str, str] = field(repr=False)
    body: bytes = field(repr=False)
    secrets: tuple[str, ...] = field(default=(), repr=False)

    def retry_after(self, now: datetime) -> timedelta:
        """How long it asks us to wait, by either form of Retry-After; a few seconds when it does not say."""
        text = self.headers.get("retry-after", "")
        if text.isascii() and text.isdigit():
            return min(timedelta(seconds=int(text[:9])), LONGEST_WAIT)
        try:
            then = parsedate_to_datetime(text)
        except ValueError:
            return USUAL_WAIT
        return min(max(then.replace(tzinfo=then.tzinfo or UTC) - now, timedelta()), LONGEST_WAIT)


class Stream:
    """An answer that has no end, line by line. Where `answer` is not 200 there are no lines, and its body was read."""

    def __init__(self, answer: Answer, content: aiohttp.StreamReader, longest_line: int) -> None:
        self.answer = answer
        self._content = content
        self._lines = Lines(self._piece, longest_line)

    async def line(self, within: float | None = None) -> bytes | None:
        """As `Lines.next`. Raises TryLater also when the stream has broken off or fallen silent."""
        return await self._lines.next(within)

    async def _piece(self) -> bytes:
        with _asking("The network's stream broke off."):
            return await self._content.readany()


class Client:
    """Outgoing HTTP of one channel. Open it, use it, close it.

    Without `keeps_connections` each request has one of its own: one that was kept may be dead, whatever the other side said of
    it, and then nobody could tell whether what was to be done was done. `secrets` are the account's.
    """

    def __init__(
        self,
        *,
        is_private_network_allowed: bool,
        secrets: Collection[str] = (),
        total_seconds: float = TOTAL_SECONDS,
        most_bytes: int = MOST_BYTES,
        resolver: AbstractResolver | None = None,
        keeps_connections: bool = True,
    ) -> None:
        self._keeps_connections = keeps_connections
        self._secrets = tuple(secrets)
        self._is_private_network_allowed = is_private_network_allowed
        self._total_seconds = total_seconds
        self._most_bytes = most_bytes
        self._resolver = resolver
        self._session: aiohttp.ClientSession | None = None

    async def open(self) -> None:
        """Ready to be asked. No connection is made yet."""
        if self._session is None:
            self._session = aiohttp.ClientSession(
                connector=aiohttp.TCPConnector(
                    socket_factory=self._socket,
                    limit=20,
                    resolver=self._resolver,
                    force_close=not self._keeps_connections,
                ),
                cookie_jar=aiohttp.DummyCookieJar(),
                headers={"User-Agent": "Comptoir"},
                trust_env=False,
            )

    async def close(self) -> None:
        session, self._session = self._session, None
        if session is not None:
            await session.close()

    async def get(self, url: str, *, headers: Mapping[str, str], total_seconds: float | None = None) -> Answer:
        """Ask; asking twice does no harm, so whatever goes wrong on the way is TryLater."""
        with _asking("The network did not answer."):
            return await self.request("GET", url, headers=headers, total_seconds=total_seconds)

    @asynccontextmanager
    async def stream(
        self,
        url: str,
        *,
        headers: Mapping[str, str],
        silence_seconds: float = SILENCE_SECONDS,
        longest_line: int = MOST_BYTES,
    ) -> AsyncIterator[Stream]:
        """Ask for what has no end. When nothing at all comes for `silence_seconds`, the line is taken for dead."""
        session = self._opened()
        check(url)
        timeout = aiohttp.ClientTimeout(total=None, connect=CONNECT_SECONDS, sock_read=silence_seconds)
        with _asking("The network did not answer."):
            response = await session.get(url, headers=headers, timeout=timeout, allow_redirects=False)
        try:
            answer = await self._beginning(response, sentences.borne(headers))
            yield Stream(answer, response.content, longest_line)
        finally:
            response.close()

    async def _beginning(self, response: aiohttp.ClientResponse, borne: tuple[str, ...]) -> Answer:
        if response.status == 200:
            return Answer(response.status, _headers(response), b"")
        with _asking("The network did not answer."):
            async with asyncio.timeout(self._total_seconds):
                return await self._read(response, borne)

    async def request(
        self,
        method: str,
        url: str,
        *,
        headers: Mapping[str, str],
        body: bytes | None = None,
        total_seconds: float | None = None,
    ) -> Answer:
        """Ask once. Raises Refused, TryLater or Uncertain, as the module says; any answer with a status is returned."""
        session = self._opened()
        check(url)
        timeout = aiohttp.ClientTimeout(total=total_seconds or self._total_seconds, connect=CONNECT_SECONDS)
        asking = session.request(method, url, headers=headers, data=body, timeout=timeout, allow_redirects=False)
        with _remedies():
            async with asking as response:
                return await self._read(response, sentences.borne(headers))

    def _opened(self) -> aiohttp.ClientSession:
        if self._session is None:
            raise errors.TryLater("The channel is not open.")
        return self._session

    async def _read(self, response: aiohttp.ClientResponse, borne: tuple[str, ...]) -> Answer:
        body = bytearray()
        async for piece in response.content.iter_chunked(65_536):
            body += piece
            if len(body) > self._most_bytes:
                # Not read to the end, so this connection must not be used again.
                response.close()
                raise errors.Uncertain("The network's answer was too long to be one.")
        return Answer(response.status, _headers(response), bytes(body), self._secrets + borne)

    def _socket(self, address: tuple[Any, ...]) -> socket.socket:
        family, kind, protocol, _, (host, port, *_) = address
        if not addresses.is_allowed(host, port, is_private_network_allowed=self._is_private_network_allowed):
            raise _Forbidden(FORBIDDEN)
        return socket.socket(family, kind, protocol)


class _Forbidden(OSError):
    """The guard's refusal, in the shape in which a connection fails."""


@contextmanager
def _asking(sentence: str) -> Iterator[None]:
    """Asking twice does no harm, so what may have arrived is asked for again."""
    try:
        with _remedies():
            yield
    except errors.Uncertain as lost:
        raise errors.TryLater(sentence) from lost


def _headers(response: aiohttp.ClientResponse) -> dict[str, str]:
    return {name.lower(): value for name, value in response.headers.items()}


@contextmanager
def _remedies() -> Iterator[None]:
    """The library's errors, as what to do about them."""
    try:
        yield
    except aiohttp.InvalidURL as error:
        raise errors.Refused(NO_ADDRESS) from error
    except aiohttp.ClientConnectorCertificateError as error:
        raise errors.TryLater("The network's certificate is not to be trusted.") from error
    except aiohttp.ClientConnectorError as error:
        if isinstance(error.os_error, _Forbidden):
            raise errors.Refused(FORBIDDEN) from error
        raise errors.TryLater("The network cannot be reached.") from error
    except aiohttp.ConnectionTimeoutError as error:
        raise errors.TryLater("The network does not pick up.") from error
    except (TimeoutError, aiohttp.ClientError) as error:
        raise errors.Uncertain from error


def check(url: str) -> None:
    """Raise Refused unless `url` is a plain http(s) address: with a host, without a user's name in it."""
    try:
        parts = urlsplit(url)
        is_plain = (
            parts.scheme in {"http", "https"}
            and bool(parts.hostname)
            and parts.username is None
            and parts.password is None
        )
        _ = parts.port
    except ValueError:
        is_plain = False
    if not is_plain:
        raise errors.Refused(NO_ADDRESS)
