"""What tweepy takes for its session. It has no other seam: its host is fixed, and it would open connections of its own.

Through it, tweepy only builds requests. They go to the channel's address by the desk's guarded client; the token is put in
here, at the last moment; and an answer that is no success becomes our error before tweepy sees it. So none of its own ways
of failing is ever entered: the waiting on 429 that asks again at once, the error page that it takes for JSON.
"""

import json
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from http import HTTPStatus
from types import TracebackType
from typing import Any
from urllib.parse import urlencode, urlsplit

from bot import errors
from bot.clock import Clock
from bot.connectors.client import Answer, Client
from bot.connectors.x import remedies
from bot.connectors.x.tokens import Tokens

# A hundred posts with their authors and what they answer.
MOST_BYTES = 20_000_000
_JSON = "application/json"


@dataclass(frozen=True, slots=True)
class Form:
    """A body that is no JSON, with its content type."""

    kind: str
    body: bytes = field(repr=False)


class Session:
    """Asks in the name of one user, whose token is renewed when X refuses it.

    Deeds go over connections of their own, each used once: one that was kept may be dead, and then nobody could tell whether
    the words had arrived.
    """

    closed = False

    def __init__(self, questions: Client, deeds: Client, base_url: str, tokens: Tokens, clock: Clock) -> None:
        self.headers: dict[str, str] = {}
        self._questions = questions
        self._deeds = deeds
        self._base_url = base_url
        self._tokens = tokens
        self._clock = clock

    def request(
        self,
        method: str,
        url: str,
        *,
        params: Mapping[str, str] | None = None,
        json: object = None,
        headers: object = None,  # noqa: ARG002 - tweepy's own bear no token of ours
    ) -> "Exchange":
        return Exchange(lambda: self.ask(method, url, params, json))

    async def ask(self, method: str, url: str, query: Mapping[str, str] | None, body: object) -> dict[str, Any]:
        """X's answer, read. A refused token is renewed once; a second refusal is for a person to mend."""
        answer = await self.answer(method, url, query, body)
        return remedies.well(answer, self._clock(), acts=method != "GET")

    async def answer(
        self, method: str, url: str, query: Mapping[str, str] | None = None, body: object = None
    ) -> Answer:
        """The same as it came, whatever it is."""
        token = await self._tokens.access()
        answer = await self._once(method, url, query, body, token)
        if answer.status == HTTPStatus.UNAUTHORIZED:
            answer = await self._once(method, url, query, body, await self._tokens.instead_of(token))
        return answer

    async def _once(self, method: str, url: str, query: Mapping[str, str] | None, body: object, token: str) -> Answer:
        headers = {"authorization": f"Bearer {token}"}
        address = moved(url, self._base_url, query)
        if method == "GET":
            return await self._questions.get(address, headers=headers)
        form = body if isinstance(body, Form) else Form(_JSON, b"" if body is None else json.dumps(body).encode())
        headers["content-type"] = form.kind
        return await self._deeds.request(method, address, headers=headers, body=form.body or None)

    async def close(self) -> None:
        """The channel closes its client itself."""


class Exchange:
    """One request that tweepy makes, in the shape in which it makes it."""

    def __init__(self, asking: Callable[[], Awaitable[dict[str, Any]]]) -> None:
        self._asking = asking

    async def __aenter__(self) -> "Good":
        return Good(await self._asking())

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Everything was read."""


class Good:
    """An answer that tweepy may see."""

    status = 200
    reason = "OK"

    def __init__(self, told: dict[str, Any]) -> None:
        self.headers: dict[str, str] = {}
        self._told = told

    async def read(self) -> bytes:
        """Tweepy reads before it asks for what it has read."""
        return b""

    async def json(self) -> dict[str, Any]:
        return self._told


def moved(url: str, base_url: str, query: Mapping[str, str] | None = None) -> str:
    """The same place at the channel's own address."""
    path = urlsplit(url).path
    if not path.startswith("/2/"):
        raise errors.Refused("This is no address of X's.")
    return f"{base_url}{path}?{urlencode(query)}" if query else base_url + path
