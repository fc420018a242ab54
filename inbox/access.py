"""Who may do what, and who is at the door.

The matrix is the whole truth about roles: `may(role, act)`. Which act a URL needs is told by its first part, for looking and for
changing; a URL that no line names is refused, so a new page cannot be forgotten. Teams decide which tickets an agent sees; that
is asked where tickets are read, not here.
"""

import asyncio
import re
from collections.abc import Callable, Collection, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from datetime import timedelta
from enum import StrEnum
from typing import TypeVar
from urllib.parse import unquote

from aiohttp import web

from bot.clock import Clock
from bot.desk import devices, guessing, passwords, signing_in
from bot.desk.signing_in import Limits, Opened, Visit
from bot.errors import NotAllowed, TryLater
from bot.model.agent import Role
from bot.store import agents, sessions
from bot.store.database import Database
from bot.store.sessions import Known

T = TypeVar("T")


class Act(StrEnum):
    """What can be done here, as coarse as roles need it."""

    ENTER = "enter"  # what nobody needs to be signed in for
    OWN = "own"  # one's profile and one's sessions
    WORK = "work"  # tickets, conversations, replies, notes
    EDIT_CANNED_REPLIES = "edit canned replies"
    TEACH_BOT = "teach bot"
    LEAD_INCIDENTS = "lead incidents"
    SEE_QUARANTINE = "see quarantine"
    RETRY_QUARANTINE = "retry quarantine"
    SEE_AUDIT = "see audit"
    MANAGE_AGENTS = "manage agents"
    MANAGE_TEAMS = "manage teams"
    MANAGE_CHANNELS = "manage channels"


_AGENT = frozenset({Act.ENTER, Act.OWN, Act.WORK})
_SUPERVISOR = _AGENT | {Act.EDIT_CANNED_REPLIES, Act.TEACH_BOT, Act.LEAD_INCIDENTS, Act.SEE_QUARANTINE}
MATRIX: Mapping[Role, frozenset[Act]] = {
    Role.AGENT: _AGENT,
    Role.SUPERVISOR: _SUPERVISOR,
    Role.ADMIN: frozenset(Act),
}

# The first part of a URL → the act for looking at it, and the act for changing it.
ROOMS: Mapping[str, tuple[Act, Act]] = {
    "static": (Act.ENTER, Act.ENTER),
    "hooks": (Act.ENTER, Act.ENTER),
    "health": (Act.ENTER, Act.ENTER),
    "metrics": (Act.ENTER, Act.ENTER),
    "favicon.ico": (Act.ENTER, Act.ENTER),
    "sign-in": (Act.ENTER, Act.ENTER),
    "setup": (Act.ENTER, Act.ENTER),
    "invitations": (Act.ENTER, Act.ENTER),
    "session": (Act.OWN, Act.OWN),
    "sessions": (Act.OWN, Act.OWN),
    "profile": (Act.OWN, Act.OWN),
    "": (Act.WORK, Act.WORK),
    "views": (Act.WORK, Act.WORK),
    "search": (Act.WORK, Act.WORK),
    "live": (Act.WORK, Act.WORK),
    "tickets": (Act.WORK, Act.WORK),
    "canned-replies": (Act.WORK, Act.EDIT_CANNED_REPLIES),
    "intents": (Act.TEACH_BOT, Act.TEACH_BOT),
    "training": (Act.TEACH_BOT, Act.TEACH_BOT),
    "incidents": (Act.LEAD_INCIDENTS, Act.LEAD_INCIDENTS),
    "quarantine": (Act.SEE_QUARANTINE, Act.RETRY_QUARANTINE),
    "audit": (Act.SEE_AUDIT, Act.SEE_AUDIT),
    "agents": (Act.MANAGE_AGENTS, Act.MANAGE_AGENTS),
    "teams": (Act.MANAGE_TEAMS, Act.MANAGE_TEAMS),
    "channels": (Act.MANAGE_CHANNELS, Act.MANAGE_CHANNELS),
}

# What hands out power, sight or doors to the outside asks for the password again after a while.
GRAVE = frozenset({Act.MANAGE_AGENTS, Act.MANAGE_TEAMS, Act.MANAGE_CHANNELS})
PROOF = timedelta(minutes=15)

SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})


def may(role: str, act: Act) -> bool:
    """Whether agents of this role may do this."""
    return role in MATRIX and act in MATRIX[Role(role)]


def needed(method: str, path: str) -> Act | None:
    """The act that a request needs; None when no line of `ROOMS` names its path, and nobody may."""
    room = ROOMS.get(path.split("/", 2)[1] if path.startswith("/") else path)
    return None if room is None else room[0 if method in SAFE_METHODS else 1]


def own_path(target: str) -> str:
    """Where to go after signing in: a path of this desk, or its first page when the target leads anywhere else."""
    unquoted = unquote(unquote(target))
    for text in (target, unquoted):
        if (
            not text.startswith("/")
            or text[1:2] in {"/", "\\"}
            or re.search(r"[\\\x00-\x20\x7f-\uffff]|//", text.split("?")[0])
        ):
            return "/"
    return target if len(target) <= 500 and not re.search(r"[\\\x00-\x20\x7f-\uffff]", target) else "/"


@dataclass(frozen=True, slots=True)
class _Seen:
    known: Known | None
    at: float


class Porter:
    """Sessions and passwords of one process. A session is remembered for a moment, so that a page's requests ask once."""

    REMEMBERED = 2.0  # seconds; an ended session dies everywhere within five
    MOST_REMEMBERED = 20_000
    HASHERS = 2  # passwords hashed at the same time; more would starve everything else
    WAITING = 40  # passwords that may wait for it

    def __init__(self, database: Database, clock: Clock, limits: Limits) -> None:
        self.limits = limits
        self._database = database
        self._clock = clock
        self._seen: dict[str, _Seen] = {}
        self._hashers = ThreadPoolExecutor(self.HASHERS, thread_name_prefix="passwords")
        self._waiting = 0

    def close(self) -> None:
        self._hashers.shutdown(wait=False, cancel_futures=True)

    async def who(self, secret: str, *, is_use: bool = True) -> Known | None:
        """Whose session this secret opens now. `is_use` is false for what a browser does by itself: it keeps nobody signed in."""
        hashed = signing_in.digest(secret)
        moment = asyncio.get_running_loop().time()
        seen = self._seen.get(hashed)
        if seen is None or moment - seen.at > self.REMEMBERED:
            seen = _Seen(await self._database.read(lambda tx: sessions.known(tx, hashed)), moment)
            self._remember(hashed, seen)
        known = seen.known
        if known is None or signing_in.is_over(known, self._clock(), self.limits):
            return None
        if is_use and self._clock() - known.used_at >= self.limits.idle / 30:
            await self._database.write(lambda tx: sessions.touch(tx, known.id))
            self._seen.pop(hashed, None)
        return known

    def forget(self) -> None:
        """Sessions have changed here: ask again."""
        self._seen.clear()

    async def living(self, session_ids: Collection[int]) -> frozenset[int]:
        """Which of these sessions may still be used, in one question: for windows that stay open."""
        return await self._database.read(
            lambda tx: sessions.living(tx, session_ids, unused_since=tx.now - self.limits.idle)
        )

    async def sign_in(
        self, email: str, password: str, visit: Visit, *, old_secret: str = "", device: str = ""
    ) -> Opened:
        """Open a session. Raises NotAllowed, the same for a wrong password and for nobody; TryLater for too many tries.

        `device` is what the browser kept of its earlier sign-ins: those have a count of their own.
        """
        agent = await self._database.read(lambda tx: agents.by_email(tx, email))
        stored = agent.password_hash if agent and not agent.is_disabled else ""
        browser = guessing.device(device, agent.id if agent else 0, stored, self._clock())
        tries = await self._database.write(lambda tx: guessing.take(tx, email, visit.address, browser))
        if not await self.hashing(lambda: passwords.is_right(stored, password)) or agent is None:
            await self._database.write(lambda tx: signing_in.refuse(tx, email, visit))
            raise NotAllowed("The e-mail address or the password is not right.")
        renewed = await self.hashing(lambda: passwords.hashed(password)) if passwords.is_outdated(stored) else ""
        secrets = {"old_secret": old_secret, "password_hash": renewed}
        opened = await self._database.write(
            lambda tx: signing_in.admit(tx, agent.id, visit, self.limits, tries=tries, browser=browser, **secrets)
        )
        self.forget()
        return replace(opened, device=devices.remember(device, agent.id, renewed or stored, self._clock()))

    async def check_own_password(self, viewer: Known, password: str, visit: Visit) -> None:
        """Raise NotAllowed unless an agent who is signed in gave their own password; tries count against their session."""
        agent = await self._database.read(lambda tx: agents.find(tx, viewer.agent_id))
        browser = guessing.session(viewer.id)
        tries = await self._database.write(lambda tx: guessing.take(tx, agent.email, visit.address, browser))
        if not await self.hashing(lambda: passwords.is_right(agent.password_hash, password)):
            await self._database.write(lambda tx: signing_in.refuse(tx, agent.email, visit))
            raise NotAllowed("The password is not right.")
        await self._database.write(lambda tx: guessing.forgive(tx, browser, tries))

    async def hashing(self, work: Callable[[], T]) -> T:
        """Hash in a thread, a few at a time. Raises TryLater when too many wait."""
        if self._waiting >= self.WAITING:
            raise TryLater("Too many people sign in at this moment. Try again in a few seconds.")
        self._waiting += 1
        try:
            return await asyncio.get_running_loop().run_in_executor(self._hashers, work)
        finally:
            self._waiting -= 1

    def _remember(self, hashed: str, seen: _Seen) -> None:
        if len(self._seen) >= self.MOST_REMEMBERED:
            self._seen.clear()
        self._seen[hashed] = seen


PORTER: web.AppKey[Porter] = web.AppKey("porter", Porter)
