"""What every connector of Meta's does in the same way: its line, its door, how it stands. The rest is each network's own."""

from abc import ABC, abstractmethod
from collections.abc import AsyncIterator
from typing import ClassVar

from bot import errors, wire
from bot.clock import Clock
from bot.connectors import enclosing, silence
from bot.connectors.base import Account, HookAnswer, HookRequest
from bot.connectors.meta import hooks, options
from bot.connectors.meta.graph import Graph
from bot.connectors.meta.hooks import Piece
from bot.connectors.meta.standing import Standing

NO_FILES = wire.FileRules()
_CANNOT_LOOK = "Meta offers no way to look for one message by its key. Look in the conversation itself."


class Connector(ABC):
    """One account. `home` and `version` are the Graph's, `own` the setting that says who we are, `needed` the permissions."""

    home: ClassVar = "https://graph.facebook.com"
    version: ClassVar = "v23.0"
    own: ClassVar = "page_id"
    # What stands before the app's own token.
    app_prefix: ClassVar = ""
    needed: ClassVar[tuple[str, ...]] = ()

    def __init__(self, account: Account, manifest: wire.Manifest, clock: Clock) -> None:
        self.account = account
        self.manifest = manifest
        self._clock = clock
        self._options = options.read(account, self.home, self.version, self.own)
        self._graph = Graph(self._options, clock, self.app_prefix)
        # What happens on a Page is brought to the apps that the Page has subscribed to.
        app_id = self._options.app_id if self.own == "page_id" else ""
        self._standing = Standing(self._graph, self._options.account_id, self.needed, clock, app_id=app_id)

    async def open(self) -> None:
        await self._graph.open()

    async def close(self) -> None:
        await self._graph.close()

    def receive(self, cursor: str | None) -> AsyncIterator[wire.Batch]:  # noqa: ARG002  all comes by webhook
        return silence.nothing()

    def accept(self, request: HookRequest) -> HookAnswer:
        """Meta looks first whether we are there, by GET; then it posts."""
        if request.method == "GET":
            return hooks.challenge(request, self._options.verify_token)
        hooks.verify(request, self._options.app_secret)
        return HookAnswer(hooks.batch(hooks.decoded(request.body), self.split, self.read))

    def reread(self, raw: bytes) -> wire.Batch:
        return hooks.again(raw, self.split, self.read)

    async def find(self, message: wire.OutboundMessage) -> wire.Receipt | None:  # noqa: ARG002  the protocol's
        raise errors.Uncertain(_CANNOT_LOOK)

    async def probe(self) -> wire.ChannelHealth:
        return await self._standing.probe()

    async def act(self, deed: wire.Deed) -> None:
        raise errors.Refused(f"{self.manifest.title} knows no {deed.act}.")

    def count(self, text: str) -> int:
        return len(text)

    # Each thing of a request by itself.
    split = staticmethod(hooks.split)

    @abstractmethod
    def read(self, piece: Piece) -> tuple[wire.InboundMessage, ...]:
        """What one piece of an envelope tells. Raises whatever it likes for what cannot be read."""

    def _check(self, message: wire.OutboundMessage, limit: int, files: wire.FileRules = NO_FILES) -> None:
        """Raise Refused for what would not be taken, before it leaves."""
        enclosing.check(message, files)
        if self.count(message.text) > limit:
            raise errors.Refused(f"The text is longer than the {limit} that {self.manifest.title} takes.")
        try:
            message.text.encode()
        except UnicodeEncodeError as error:
            raise errors.Refused("The text holds half a character, which cannot be sent.") from error
