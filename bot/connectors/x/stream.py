"""X's filtered stream by tweepy, which only reads it: when to connect again, and what a line means, is decided here.

Left to itself, tweepy connects again without a pause whenever X closes the stream, and ends for good on the first line that
it cannot read. Here each connection is one run of tweepy's, whose end, however it comes, is an answer; lines are taken as
they came; and between two runs there is a pause that grows until a line has arrived.
"""

import asyncio
import contextlib
import json
from collections.abc import AsyncIterator, Mapping
from typing import Any

from tweepy.asynchronous import AsyncStreamingClient  # type: ignore[import-untyped]

from bot import errors
from bot.clock import Clock
from bot.connectors.client import Client, Stream
from bot.connectors.x import api, remedies
from bot.connectors.x.fields import Ourselves
from bot.connectors.x.options import Options
from bot.connectors.x.session import moved

RULE_TAG = "comptoir"
# X sends an empty line every 20 seconds.
_SILENCE_SECONDS = 45.0
_LONGEST_LINE = 1_000_000
_MOST_WAITING = 1_000
_MOST_AT_ONCE = 100
_SHORTEST_PAUSE = 1.0
_LONGEST_PAUSE = 320.0
_RULES = "/2/tweets/search/stream/rules"


class Ears:
    """One account's stream, kept up while it is open. What it misses meanwhile is found by asking."""

    def __init__(self, line: api.Api, options: Options, us: Ourselves, clock: Clock) -> None:
        self._api = line
        self._options = options
        self._clock = clock
        self._rule = options.stream_rule or f"@{us.username} -is:retweet"
        self._waiting: asyncio.Queue[bytes] = asyncio.Queue(_MOST_WAITING)
        self._task: asyncio.Task[None] | None = None

    async def open(self) -> None:
        api.hush()
        self._task = asyncio.create_task(self._keep_up(), name="stream of X")

    async def close(self) -> None:
        task, self._task = self._task, None
        if task:
            task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await task

    async def lines(self, within: float) -> list[bytes]:
        """What has come, at the latest after so many seconds. Raises what only a person can mend."""
        if self._task and self._task.done():
            self._task.result()
        try:
            async with asyncio.timeout(within):
                lines = [await self._waiting.get()]
        except TimeoutError:
            return []
        while len(lines) < _MOST_AT_ONCE and not self._waiting.empty():
            lines.append(self._waiting.get_nowait())
        return lines

    async def _keep_up(self) -> None:
        """Connect, read, wait, again; ends only by an error that no waiting mends."""
        pause = _SHORTEST_PAUSE
        while True:
            line = _Line(self._waiting)
            line.session = _Session(self._api.questions, self._options, self._clock)
            try:
                await self._set_rule()
                await self._run(line)
            except errors.TryLater as error:
                if not line.is_open:  # X did not open it, and said when to come again
                    pause = max(pause, min(error.after.total_seconds(), _LONGEST_PAUSE))
            if line.has_heard:
                pause = _SHORTEST_PAUSE
            await asyncio.sleep(pause)
            pause = min(pause * 2, _LONGEST_PAUSE)

    async def _run(self, line: "_Line") -> None:
        """One connection, to its end. Raises what ended it."""
        run = line.filter(
            tweet_fields=api.POST_FIELDS,
            expansions=api.POST_EXPANSIONS,
            user_fields=api.USER_FIELDS,
            media_fields=api.MEDIA_FIELDS,
        )
        try:
            # Waited for so, because tweepy swallows a cancellation that reaches it, and would seem to have just ended.
            await asyncio.wait({run})
        finally:
            run.cancel()
        if line.ended_by:
            raise line.ended_by

    async def _set_rule(self) -> None:
        """X listens for what its rules say; ours bears our mark, and others' rules are left alone."""
        told = await self._api.call_as_app("GET", _RULES)
        found = told.get("data")
        ours = (
            [one for one in found if isinstance(one, dict) and one.get("tag") == RULE_TAG]
            if isinstance(found, list)
            else []
        )
        stale = [str(one.get("id")) for one in ours if one.get("value") != self._rule]
        if stale:
            await self._api.call_as_app("POST", _RULES, json.dumps({"delete": {"ids": stale}}).encode())
        if len(stale) == len(ours):
            rule = {"add": [{"value": self._rule, "tag": RULE_TAG}]}
            await self._api.call_as_app("POST", _RULES, json.dumps(rule).encode())


class _Line(AsyncStreamingClient):  # type: ignore[misc]  # tweepy has no types
    """One connection. Nothing that tweepy calls here raises, so nothing ends the stream but the stream."""

    def __init__(self, waiting: asyncio.Queue[bytes]) -> None:
        super().__init__("withheld", max_retries=0)
        self._waiting = waiting
        self.is_open = self.has_heard = False
        self.ended_by: errors.ComptoirError | None = None

    async def on_connect(self) -> None:
        """Nothing is heard yet: a stream that opens and closes at once is little better than one that does not open."""
        self.is_open = True

    async def on_keep_alive(self) -> None:
        self.has_heard = True

    async def on_data(self, raw_data: bytes) -> None:
        self.has_heard = True
        await self._waiting.put(raw_data)

    async def on_disconnect(self) -> None:
        """What follows is decided by whoever began it."""

    async def on_exception(self, exception: Exception) -> None:
        known = isinstance(exception, errors.ComptoirError)
        self.ended_by = exception if known else errors.TryLater(f"The stream broke off: {type(exception).__name__}.")  # type: ignore[assignment]  # just looked


class _Session:
    """What tweepy takes for its session here: one guarded request, whose answer has no end."""

    closed = False

    def __init__(self, client: Client, options: Options, clock: Clock) -> None:
        self.headers: dict[str, str] = {}
        self._client = client
        self._options = options
        self._clock = clock

    @contextlib.asynccontextmanager
    async def request(
        self, method: str, url: str, *, params: Mapping[str, str], **_tweepys: Any
    ) -> AsyncIterator["_Endless"]:
        assert method == "GET"
        headers = {"authorization": f"Bearer {self._options.bearer_token}"}
        address = moved(url, self._options.base_url, params)
        asking = self._client.stream(
            address, headers=headers, silence_seconds=_SILENCE_SECONDS, longest_line=_LONGEST_LINE
        )
        async with asking as stream:
            if stream.answer.status != 200:
                remedies.well(stream.answer, self._clock(), acts=False)
                raise errors.TryLater("X did not open the stream.")
            yield _Endless(stream)

    async def close(self) -> None:
        """The channel closes its client itself."""


class _Endless:
    status = 200

    def __init__(self, stream: Stream) -> None:
        self.content = _lines(stream)


async def _lines(stream: Stream) -> AsyncIterator[bytes]:
    """Each line; ends by the error that ends the stream, never quietly."""
    while True:
        line = await stream.line()
        if line is not None:
            yield line
