"""A desk that serves, with two agents and a channel, and browsers that are signed in to it."""

from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

import pytest
from aiohttp import web
from playwright.async_api import Browser, ConsoleMessage, Page, ViewportSize

from bot import bootstrap, wire
from bot.bootstrap import Engine
from bot.desk import signing_in
from bot.desk.signing_in import Limits, Visit
from bot.settings import Settings
from bot.store import agents, canned_replies, channels, teams
from bot.store.transaction import Transaction
from inbox import app
from inbox.keys import LIVE
from inbox.live import Live

ANSWER = "Bonjour {{contact_first_name}}, votre demande est prise en charge sous {{delai}}."


@dataclass(slots=True)
class Desk:
    """A running desk. `complaints` is all that a browser's console said."""

    engine: Engine
    live: Live
    address: str
    browser: Browser
    channel_id: int
    agents: dict[str, int]
    complaints: list[str] = field(default_factory=list[str])
    heard: int = 0

    async def window(
        self,
        name: str = "Claire",
        path: str = "/views/open",
        *,
        size: tuple[int, int] = (1440, 900),
        runs_scripts: bool = True,
    ) -> Page:
        """A browser window of an agent, signed in."""
        agent_id = self.agents[name]
        opened = await self.engine.database.write(
            lambda tx: signing_in.admit(tx, agent_id, Visit(), Limits(), tries=[])
        )
        viewport = ViewportSize(width=size[0], height=size[1])
        context = await self.browser.new_context(viewport=viewport, java_script_enabled=runs_scripts)
        await context.add_cookies([{"name": "comptoir", "value": opened.secret, "url": self.address}])
        page = await context.new_page()
        page.on("console", lambda said: self._note(said))  # noqa: PLW0108  the library marks handlers, which a slotted object forbids
        page.on("pageerror", lambda error: self.complaints.append(str(error)))
        await page.goto(self.address + path)
        return page

    def _note(self, said: ConsoleMessage) -> None:
        if said.type in ("error", "warning"):
            self.complaints.append(said.text)

    async def hears(self, text: str, *, who: str = "Karim Benali", is_public: bool = False) -> None:
        """A contact writes; returns when it is committed."""
        self.heard += 1
        person = wire.Person(who.lower().replace(" ", "."), who, who.split(maxsplit=1)[0].lower())
        said = wire.InboundMessage(
            external_id=f"m{self.heard}",
            conversation_id=person.external_id,
            author=person,
            sent_at=datetime.now(UTC),
            text=text,
            is_public=is_public,
        )
        await self.engine.intake.take(self.channel_id, wire.Batch((said,)))


@pytest.fixture
async def desk(quiet_desk: Desk) -> Desk:
    """A desk with one open ticket, of Amélie."""
    await quiet_desk.hears("Bonjour, ma carte a été avalée ce matin.", who="Amélie Rousseau")
    return quiet_desk


@pytest.fixture
async def quiet_desk(tmp_path: Path, browser: Browser) -> AsyncIterator[Desk]:
    """An open desk on SQLite to which nobody has written: Claire supervises in French, Emily is an agent in English."""
    async with bootstrap.running(Settings(data_dir=tmp_path, undo_seconds=10)) as engine:
        channel_id, ids = await engine.database.write(_staff)
        built = app.build(engine)
        runner = web.AppRunner(built, shutdown_timeout=1, access_log=None)
        await runner.setup()
        site = web.TCPSite(runner, "127.0.0.1", 0)
        await site.start()
        made = Desk(engine, built[LIVE], f"http://127.0.0.1:{runner.addresses[0][1]}", browser, channel_id, ids)
        yield made
        await runner.cleanup()


def _staff(tx: Transaction) -> tuple[int, dict[str, int]]:
    team = teams.add(tx, name="Toulouse", branch="Occitanie")
    channel_id = channels.save(tx, name="test", title="Aide", network="signed", team_id=team)
    claire = agents.add(tx, email="claire@bank.test", name="Claire Dumont", role="supervisor", locale="fr", capacity=0)
    emily = agents.add(
        tx,
        email="emily@bank.test",
        name="Emily Stone",
        role="agent",
        locale="en",
        theme="dark",
        team_ids=[team],
        capacity=0,
    )
    canned_replies.save(
        tx, shortcut="encours", title="En cours", text_fr=ANSWER, text_en="Hello {{contact_first_name}}."
    )
    return channel_id, {"Claire": claire, "Emily": emily}
