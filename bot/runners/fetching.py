"""Files are fetched soon after their message is committed, because their links expire; never within the way in.

Where a connector must ask for a file by itself it does (`base.Fetches`); else the link is asked by the guarded way out.
"""

import asyncio
import importlib
from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import Protocol

import structlog

from bot import errors
from bot.connectors.base import Connector, Fetches
from bot.store import media
from bot.store.database import Database
from bot.store.media import Wanted
from bot.store.parts import Part

log = structlog.get_logger(__name__)

LOOK_EVERY = timedelta(seconds=1)
GATHER = timedelta(milliseconds=100)
LEASE = timedelta(minutes=3)
HANDFUL = 8
ATTEMPTS = 6
FIRST_WAIT = timedelta(seconds=5)
LONGEST_WAIT = timedelta(minutes=10)
MOST_BYTES = 20_000_000

TOO_LARGE = "This file is too large to be kept."
GONE = "The network no longer has this file."
NOWHERE = "The network did not say where this file is."


class Answer(Protocol):
    """What was answered to a link."""

    @property
    def status(self) -> int: ...
    @property
    def body(self) -> bytes: ...


class Way(Protocol):
    """The guarded way out, as far as it is needed here."""

    async def open(self) -> None: ...
    async def close(self) -> None: ...
    async def get(self, url: str, *, headers: Mapping[str, str]) -> Answer: ...


class Fetching:
    """One per process that works; any number of processes. `find` gives the open connector of a channel."""

    def __init__(self, database: Database, find: Callable[[int], Connector | None], way: Way) -> None:
        self._database = database
        self._find = find
        self._way = way
        self._ear = database.bell.listen()
        self._one_picture = asyncio.Lock()  # a decoded picture is large

    async def turn(self) -> None:
        """Fetch what is due; wait for the bell when nothing is."""
        if await self._database.read(media.is_any):
            await self._way.open()
            claimed = await self._database.write(lambda tx: media.claim(tx, HANDFUL, LEASE))
            await asyncio.gather(*(self._fetch(wanted) for wanted in claimed))
        elif await self._ear.wait(LOOK_EVERY):
            await asyncio.sleep(GATHER.total_seconds())

    async def stop(self) -> None:
        await self._way.close()

    async def _fetch(self, wanted: Wanted) -> None:
        try:
            body = await self._asked(wanted)
            async with self._one_picture:
                content, thumbnail = await asyncio.to_thread(_remade, body)
        except errors.NotFound:
            await self._database.write(lambda tx: media.give_up(tx, wanted, "left", NOWHERE))
        except errors.Refused as refused:
            reason = refused.message
            state = "failed" if reason == GONE else "refused"
            await self._database.write(lambda tx: media.give_up(tx, wanted, state, reason))
        except (errors.TryLater, errors.Reauthorize, errors.Uncertain) as error:
            await self._again(wanted, error.message)
        except errors.ComptoirError as error:
            reason = error.message
            await self._database.write(lambda tx: media.give_up(tx, wanted, "failed", reason))
        except Exception as error:  # a connector's defect stops this file only
            log.exception("file.defect", attachment=wanted.id, error=type(error).__name__)
            await self._again(wanted, f"Unexpected {type(error).__name__}; see the log.")
        else:
            await self._database.write(lambda tx: media.keep(tx, wanted, content, thumbnail))

    async def _asked(self, wanted: Wanted) -> bytes:
        """The file's bytes. Raises Refused for what will never be had."""
        if wanted.file.size > MOST_BYTES:
            raise errors.Refused(TOO_LARGE)
        connector = self._find(wanted.channel_id)
        if connector is None:
            raise errors.TryLater("The channel is not open.")
        body = await (
            connector.fetch(wanted.file) if isinstance(connector, Fetches) else self._by_link(wanted.file.url)
        )
        if len(body) > MOST_BYTES:
            raise errors.Refused(TOO_LARGE)
        return body

    async def _by_link(self, url: str) -> bytes:
        if not url:
            raise errors.NotFound(NOWHERE)
        answer = await self._way.get(url, headers={})
        if answer.status == 200:
            return answer.body
        if 400 <= answer.status < 500 and answer.status not in (408, 425, 429):
            raise errors.Refused(GONE)
        raise errors.TryLater(f"The network answered {answer.status}.")

    async def _again(self, wanted: Wanted, reason: str) -> None:
        """Later each time; given up after the last attempt."""
        longer: int = 2 ** (wanted.attempts - 1)
        at = self._database.now() + min(FIRST_WAIT * longer, LONGEST_WAIT)
        if wanted.attempts >= ATTEMPTS:
            await self._database.write(lambda tx: media.give_up(tx, wanted, "failed", reason))
        else:
            await self._database.write(lambda tx: media.retry_at(tx, wanted, at, reason))


def _remade(body: bytes) -> tuple[Part, Part | None]:
    """Its library is loaded with the first file, because a start is nearly all loading."""
    made: tuple[Part, Part | None] = importlib.import_module("bot.desk.picturing").remade(body)
    return made
