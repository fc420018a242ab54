"""A desk that serves over HTTP on each database, and visitors of every role who are signed in to it."""

from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from aiohttp import ClientResponse, DummyCookieJar, web
from aiohttp.test_utils import TestClient, TestServer

from bot import bootstrap
from bot.bootstrap import Engine
from bot.clock import HeldClock
from bot.desk import passwords, signing_in, staffing
from bot.desk.signing_in import Limits, Visit
from bot.desk.staffing import Post
from bot.model.event import SYSTEM
from bot.settings import Settings
from bot.store import events, sessions
from inbox import app
from inbox.access import PORTER

PASSWORD = "tournevis grenat 8231"
HASH = passwords.hashed(PASSWORD)
SAME_SITE = {"Sec-Fetch-Site": "same-origin", "Accept": "text/html"}


@dataclass(slots=True)
class Visitor:
    """A browser: its session's secret, and the token that its forms carry."""

    client: "TestClient[web.Request, web.Application]"
    agent_id: int = 0
    session_id: int = 0
    secret: str = ""
    csrf: str = ""
    headers: dict[str, str] = field(default_factory=lambda: dict(SAME_SITE))

    async def get(self, path: str, **headers: str) -> ClientResponse:
        return await self.client.get(path, headers=self.all_headers(headers), allow_redirects=False)

    async def post(
        self, path: str, fields: dict[str, Any] | None = None, *, method: str = "POST", **headers: str
    ) -> ClientResponse:
        """Submit a form as a browser does: PUT and DELETE travel in a field."""
        sent = {"_csrf": self.csrf, **(fields or {})} if self.csrf else dict(fields or {})
        if method != "POST":
            sent["_method"] = method
        return await self.client.post(path, data=sent, headers=self.all_headers(headers), allow_redirects=False)

    def all_headers(self, more: dict[str, str]) -> dict[str, str]:
        cookie = {"Cookie": f"comptoir={self.secret}"} if self.secret else {}
        return self.headers | cookie | {name.replace("_", "-"): value for name, value in more.items()}


@dataclass(slots=True)
class House:
    """The running desk."""

    engine: Engine
    app: web.Application
    client: "TestClient[web.Request, web.Application]"
    clock: HeldClock

    def stranger(self) -> Visitor:
        return Visitor(self.client)

    async def hire(self, role: str = "agent", email: str = "", name: str = "") -> int:
        post = Post(email=email or f"{role}@bank.example", name=name or f"Une {role}", role=role)
        return await self.engine.database.write(lambda tx: staffing.hire(tx, post, by=SYSTEM, password_hash=HASH))

    async def signed_in(self, role: str = "agent", *, agent_id: int = 0) -> Visitor:
        """Somebody of this role in a browser of their own."""
        id_ = agent_id or await self.hire(role)
        database = self.engine.database
        opened = await database.write(lambda tx: signing_in.admit(tx, id_, Visit(), Limits(), tries=[]))
        known = await database.read(lambda tx: sessions.numbered(tx, opened.session_id))
        assert known is not None
        return Visitor(self.client, id_, opened.session_id, opened.secret, known.csrf)

    async def kinds(self) -> list[str]:
        """The kinds of all events, in order."""
        return [one.kind for one in await self.engine.database.read(lambda tx: events.after(tx, events.Position()))]

    def look_anew(self) -> None:
        """As if the moment had passed for which a session is remembered."""
        self.app[PORTER].forget()


@pytest.fixture
def settings(database_url: str, tmp_path: Path) -> Settings:
    return Settings(database_url="" if database_url.startswith("sqlite") else database_url, data_dir=tmp_path)


@pytest.fixture
async def house(settings: Settings, clock: HeldClock) -> AsyncIterator[House]:
    """An open desk without anybody in it; the web shape, so that nothing happens by itself."""
    async with bootstrap.running(settings, "web", now=clock) as engine:
        built = app.build(engine)
        async with TestClient(TestServer(built), cookie_jar=DummyCookieJar()) as client:
            yield House(engine, built, client, clock)
