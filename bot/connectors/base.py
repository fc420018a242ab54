"""What every connector promises. Nothing here knows tickets, and nothing here knows a network."""

from collections.abc import AsyncIterator, Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol, runtime_checkable

from bot import wire
from bot.clock import Clock


class Vault(Protocol):
    """What a channel must remember besides its cursor: credentials that the network changes."""

    async def read(self, name: str) -> str:
        """The value of this name; empty when there is none."""
        ...

    async def write(self, name: str, value: str) -> None:
        """Keep it; durable when this returns."""


class Forgetful:
    """A vault for as long as the process lives, for whoever opens an account without running the desk."""

    def __init__(self) -> None:
        self._kept: dict[str, str] = {}

    async def read(self, name: str) -> str:
        return self._kept.get(name, "")

    async def write(self, name: str, value: str) -> None:
        self._kept[name] = value


@dataclass(frozen=True, slots=True)
class Account:
    """The configured channel as its connector sees it: plain values, secrets already resolved.

    `is_private_network_allowed` is the operator's word on whether this channel may reach addresses that are not public.
    """

    name: str
    network: str
    base_url: str
    options: Mapping[str, str]
    secrets: Mapping[str, str] = field(repr=False, default_factory=dict[str, str])
    hook_url: str = ""
    is_private_network_allowed: bool = False
    vault: Vault = field(repr=False, default_factory=Forgetful)


@dataclass(frozen=True, slots=True)
class HookRequest:
    """One HTTP request at our door, as received: raw body, headers found by their name in lower case or any other."""

    method: str
    headers: Mapping[str, str]
    query: Mapping[str, str]
    body: bytes
    received_at: datetime


@dataclass(frozen=True, slots=True)
class HookAnswer:
    """What to commit, then what to answer. Nothing is answered 2xx before `batch` is committed."""

    batch: wire.Batch = wire.Batch()
    status: int = 200
    body: str = ""


class Connector(Protocol):
    """One connected account.

    Errors are ours: TryLater, Reauthorize, Refused, Uncertain, Invalid. Whatever else escapes is a defect of the connector,
    is shown as `interrupted`, and stops only this channel.
    """

    manifest: wire.Manifest
    account: Account

    async def open(self) -> None:
        """Make connections. Called once, before anything else."""

    async def close(self) -> None:
        """Let go of everything, without loss: what is not committed is asked for again."""

    def receive(self, cursor: str | None) -> AsyncIterator[wire.Batch]:
        """Yield what is new since `cursor`, for ever. Asking for the next batch means that the last one is committed.

        A connector that only hears by webhook yields nothing and returns.
        """
        ...

    def accept(self, request: HookRequest) -> HookAnswer:
        """Verify and translate one webhook request. Raises NotAllowed for a wrong signature, Invalid for a bad body."""
        ...

    def reread(self, raw: bytes) -> wire.Batch:
        """Translate one kept payload again. Raises Invalid while it is still unreadable."""
        ...

    async def send(self, message: wire.OutboundMessage) -> wire.Receipt:
        """Send once. Raises Uncertain when the answer was lost after the request had left."""
        ...

    async def find(self, message: wire.OutboundMessage) -> wire.Receipt | None:
        """Look whether the network already has it. Raises Uncertain where the network offers no way to look."""
        ...

    async def probe(self) -> wire.ChannelHealth:
        """Ask the network, cheaply, whether the account works."""
        ...

    async def act(self, deed: wire.Deed) -> None:
        """Do it once; doing it twice is the same. Raises Refused for what this network does not know or allow."""

    def capabilities(self, spot: wire.Spot) -> wire.Capabilities:
        """What may be done there now. No network is asked."""
        ...

    def count(self, text: str) -> int:
        """The length of `text` by the network's own rule."""
        ...


@runtime_checkable
class Fetches(Protocol):
    """What a connector may promise besides: files that cannot be had by their link alone, because they need its token.

    Without it, a file is asked for by its `url`, without any credentials.
    """

    async def fetch(self, file: wire.Attachment) -> bytes:
        """The file's content. Raises NotFound where there is none to have, Refused when it is gone, TryLater."""
        ...


# `connect` of each connector's package.
Connect = Callable[[Account, wire.Manifest, Clock], Connector]
