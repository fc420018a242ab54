"""X's filtered stream by tweepy, which only reads it: when to connect again, and what a line means, is decided here.

Left to itself, tweepy connects again without a pause whenever X closes the stream, and ends for good on the first line that
it cannot read. Here each connection is one run of tweepy's, whose end, however it comes, is an answer; lines are taken as
they came; and between two runs there is a pause (`keeping`).
"""

import asyncio
import contextlib
import json
from collections.abc import AsyncIterator, Mapping
from typing import Any

from tweepy.asynchronous import AsyncStreamingClient  # type: ignore[import-untyped]

from bot import errors
from bot.connectors.client import Stream
from bot.connectors.x import api
from bot.connectors.x.fields import Ourselves
from bot.connectors.x.keeping import Heard, Kept
from bot.connectors.x.options import Options
from bot.connectors.x.session import moved

RULE_TAG = "comptoir"
_RULES = "/2/tweets/search/stream/rules"


class Ears(Kept):
    """One account's filtered stream."""

    def __init__(self, line: api.Api, options: Options, us: Ourselves) -> None:
        super().__init__("stream of X")
        self._api = line
        self._options = options
        self._rule = options.stream_rule or f"@{us.username} -is:retweet"

    async def open(self) -> None:
        api.hush()
        await super().open()

    async def connect(self, heard: Heard) -> None:
        line = _Line(heard)
        line.session = _Session(self._api, self._options, heard)
        await self._set_rule()
        await self._run(line)

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

    def __init__(self, heard: Heard) -> None:
        super().__init__("withheld", max_retries=0)
        self._heard = heard
        self.ended_by: errors.ComptoirError | None = None

    async def on_connect(self) -> None:
        self._heard.opened()

    async def on_keep_alive(self) -> None:
        self._heard.kept_alive()

    async def on_data(self, raw_data: bytes) -> None:
        await self._heard.brought(raw_data)

    async def on_disconnect(self) -> None:
        """What follows is decided by whoever began it."""

    async def on_exception(self, exception: Exception) -> None:
        known = isinstance(exception, errors.ComptoirError)
        self.ended_by = exception if known else errors.TryLater(f"The stream broke off: {type(exception).__name__}.")  # type: ignore[assignment]  # just looked


class _Session:
    """What tweepy takes for its session here: one guarded request, whose answer has no end."""

    closed = False

    def __init__(self, line: api.Api, options: Options, heard: Heard) -> None:
        self.headers: dict[str, str] = {}
        self._api = line
        self._options = options
        self._heard = heard

    @contextlib.asynccontextmanager
    async def request(
        self, method: str, url: str, *, params: Mapping[str, str], **_tweepys: Any
    ) -> AsyncIterator["_Endless"]:
        assert method == "GET"
        async with self._api.endless(moved(url, self._options.base_url, params), self._heard) as stream:
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
