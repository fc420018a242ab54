"""The account's approved templates, at hand: kept in the vault, listed anew now and then, and when Meta tells of a change."""

import asyncio
from datetime import timedelta

import structlog

from bot import errors, wire
from bot.connectors.base import Vault
from bot.connectors.meta.graph import Graph
from bot.connectors.whatsapp import templates
from bot.connectors.whatsapp.templates import Template

log = structlog.get_logger(__name__)

EVERY = timedelta(hours=1)
_KEPT = "templates"
_FIELDS = "name,language,status,category,components,parameter_format"


class Shelf:
    """One account's. Without the number of its business account nothing is listed, and nothing offered."""

    def __init__(self, graph: Graph, vault: Vault, business_id: str, channel: str) -> None:
        self._graph = graph
        self._vault = vault
        self._business_id = business_id
        self._channel = channel
        self._held: dict[str, Template] = {}
        self._changed = asyncio.Event()
        self._listing: asyncio.Task[None] | None = None

    async def open(self) -> None:
        """What was kept is at hand at once; the list is asked for beside, so that nobody waits for it."""
        if self._business_id and self._listing is None:
            self._hold(templates.recall(await self._vault.read(_KEPT)))
            self._listing = asyncio.create_task(self._list_again(), name=f"templates of {self._channel}")

    async def close(self) -> None:
        listing, self._listing = self._listing, None
        if listing is not None:
            listing.cancel()
            await asyncio.gather(listing, return_exceptions=True)

    @property
    def formulas(self) -> tuple[wire.Formula, ...]:
        """What may be said, as it is offered."""
        return tuple(one.formula for one in self._held.values())

    def find(self, formula: str) -> Template | None:
        return self._held.get(formula)

    def has_changed(self) -> None:
        """Meta says that something did: list them again."""
        self._changed.set()

    async def refresh(self) -> None:
        """List them, and keep what is new. What is no longer approved is no longer offered."""
        told = [templates.listed(one) async for one in self._graph.all(*self._place, fields=_FIELDS, limit="100")]
        found = tuple(one for one in told if one)
        if found != tuple(self._held.values()):
            await self._vault.write(_KEPT, templates.write(found))
            self._hold(found)

    @property
    def _place(self) -> tuple[str, str]:
        return self._business_id, "message_templates"

    def _hold(self, found: tuple[Template, ...]) -> None:
        self._held = {one.formula.id: one for one in found}

    async def _list_again(self) -> None:
        while True:
            try:
                await self.refresh()
            except errors.ComptoirError as error:
                # Those at hand stay; whether the account still works is the probe's to say.
                log.warning("templates.not_listed", channel=self._channel, reason=error.message)
            await self._until_changed()

    async def _until_changed(self) -> None:
        try:
            async with asyncio.timeout(EVERY.total_seconds()):
                await self._changed.wait()
        except TimeoutError:
            return
        self._changed.clear()
