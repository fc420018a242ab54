"""The network's side of a connector, as far as the contract needs to play it, and the few deeds that its promises share."""

import asyncio
from abc import ABC, abstractmethod
from collections.abc import AsyncIterator, Awaitable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum

import pytest

from bot import clock, errors, wire
from bot.connectors.base import Connector, HookRequest

PATIENCE = 20.0
WAIT = timedelta(seconds=7)


class NotOnThisNetwork(Exception):
    """Raised by a FarSide for what its network has no way to do."""


class Trouble(StrEnum):
    """What the network does to our next request, whatever it asks."""

    RATE_LIMIT = "tells us to wait for `WAIT`"
    BAD_CREDENTIALS = "no longer accepts our credentials, and may repeat them"
    REFUSAL = "does not want it, and may repeat our credentials when it says why"
    LOST_ANSWER = "does it, but its answer is lost"
    NONSENSE = "answers with a page that is no answer"
    UNREACHABLE = "cannot be reached at all, until the next trouble or `recover`"


REMEDY_WHEN_HEARING = {
    Trouble.RATE_LIMIT: errors.TryLater,
    Trouble.BAD_CREDENTIALS: errors.Reauthorize,
    Trouble.LOST_ANSWER: errors.TryLater,
    Trouble.NONSENSE: errors.TryLater,
    Trouble.UNREACHABLE: errors.TryLater,
}
REMEDY_WHEN_SENDING = {
    Trouble.RATE_LIMIT: errors.TryLater,
    Trouble.BAD_CREDENTIALS: errors.Reauthorize,
    Trouble.REFUSAL: errors.Refused,
    Trouble.LOST_ANSWER: errors.Uncertain,
    Trouble.NONSENSE: errors.Uncertain,
    Trouble.UNREACHABLE: errors.TryLater,
}


@dataclass(frozen=True)
class TakenFile:
    """A file that the network took from us, as it holds it. `alt` is empty where the network has none."""

    kind: str
    body: bytes
    alt: str = ""


@dataclass(frozen=True)
class Taken:
    """Words that the network took from us, and where they stand, with the files that hang on them."""

    external_id: str
    conversation_id: str
    text: str
    in_reply_to: str = ""
    files: tuple[TakenFile, ...] = ()


class FarSide(ABC):
    """The network's side, as far as the promises need it. All ids are those that `wire` knows."""

    network: str
    secrets: tuple[str, ...]

    @property
    def repeated(self) -> str:
        """The secrets, as the network's sentence of a REFUSAL or of BAD_CREDENTIALS may repeat them."""
        return " ".join(self.secrets)

    @abstractmethod
    def connect(self) -> Connector:
        """A new connector on the same account, not yet open: what a restart makes."""

    @abstractmethod
    async def say(self, text: str) -> str:
        """A contact writes to us in the one conversation of the test. The message's external id."""

    @abstractmethod
    async def edit(self, external_id: str, text: str) -> None:
        """The contact changes what he wrote."""

    @abstractmethod
    async def delete(self, external_id: str) -> None:
        """The contact takes back what he wrote."""

    @abstractmethod
    async def babble(self) -> None:
        """The network emits one thing that nobody can read, between those that can be read."""

    @abstractmethod
    async def trouble(self, kind: Trouble) -> None:
        """From our next request on, this happens to one request (UNREACHABLE: to all)."""

    @abstractmethod
    async def recover(self) -> None:
        """All is well again."""

    @abstractmethod
    def taken(self) -> list[Taken]:
        """All words that the network took from us, in order."""

    @abstractmethod
    def outbound(self, text: str, key: str = "key-1") -> wire.OutboundMessage:
        """Words of ours for the conversation of the test."""

    @abstractmethod
    def hook(self, text: str) -> HookRequest:
        """One rightly signed request that brings `text`."""

    @abstractmethod
    def babbling_hook(self) -> HookRequest:
        """One rightly signed request that is well formed, and whose content nobody can read."""

    @abstractmethod
    def kept(self, text: str) -> bytes:
        """One payload that says `text`, as the quarantine would have kept it."""

    @abstractmethod
    def forged_hooks(self) -> list[HookRequest]:
        """Requests that anybody could send: without signature, with a wrong one, with one for another body."""

    @abstractmethod
    def broken_hooks(self) -> list[HookRequest]:
        """Requests with a right signature and a body that is no request of this network's: not JSON, no object, too long."""


@asynccontextmanager
async def opened(far: FarSide) -> AsyncIterator[Connector]:
    """A connector that is open, and is closed afterwards whatever happens."""
    connector = far.connect()
    await connector.open()
    try:
        yield connector
    finally:
        await connector.close()


async def hear(batches: AsyncIterator[wire.Batch], count: int) -> list[wire.Batch]:
    """The next batches, until they hold `count` messages or unreadable payloads. Does not ask for one more."""
    heard: list[wire.Batch] = []
    async with asyncio.timeout(PATIENCE):
        while sum(len(batch.messages) + len(batch.unreadable) for batch in heard) < count:
            heard.append(await anext(batches))
    return heard


def spot(*, is_public: bool) -> wire.Spot:
    """Some conversation in which nobody has written yet."""
    return wire.Spot("a conversation", is_public, clock.now())


def texts(batches: list[wire.Batch]) -> list[str]:
    return [message.text for batch in batches for message in batch.messages]


async def close(batches: AsyncIterator[wire.Batch]) -> None:
    """Stop listening, as a runner does when it is stopped."""
    await batches.aclose()  # type: ignore[attr-defined]  # the protocol says iterator; every connector's is a generator


@asynccontextmanager
async def listening(connector: Connector, cursor: str | None) -> AsyncIterator[AsyncIterator[wire.Batch]]:
    batches = connector.receive(cursor)
    try:
        yield batches
    finally:
        await close(batches)


def keeps_secrets(far: FarSide, *shown: object) -> bool:
    """Whether none of the account's secrets can be read off these things."""
    words = " ".join(f"{thing!r} {thing!s}" for thing in shown)
    return not any(secret in words for secret in far.secrets)


async def able(deed: Awaitable[None]) -> None:
    """Let the network do it, or skip the promise because this network cannot."""
    try:
        await deed
    except NotOnThisNetwork as reason:
        pytest.skip(str(reason))


async def found_by(connector: Connector, message: wire.OutboundMessage) -> str:
    try:
        found = await connector.find(message)
    except errors.Uncertain:
        return "cannot know"
    return found.external_id if found else "not there"
