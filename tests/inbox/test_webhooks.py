"""The networks' HTTP door: the right answer to whatever comes, and 2xx only for what is committed."""

import asyncio
import io
import threading
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any, cast

import pytest
from aiohttp import ClientResponse, web
from aiohttp.test_utils import TestClient, TestServer
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import func, select
from sqlalchemy import table as sql_table

from bot import wire
from bot.bootstrap import Engine
from bot.clock import HeldClock
from bot.connectors.signing import Keys
from bot.desk import channelling
from bot.desk.hearing import Rules
from bot.desk.intake import Intake, Lease
from bot.model.event import Actor, ActorKind
from bot.runners.doors import Doors
from bot.store.database import Database
from inbox import webhooks
from inbox.keys import ENGINE
from tests.connectors.signed.receiver import encoded, message

SECRET = "whsec_c2lnbmVkIGRvb3IncyBzZWNyZXQsIDMyIGJ5dGVzISE="
OPERATOR = Actor(ActorKind.SYSTEM)
JSON = {"Content-Type": "application/json"}


class Reached(Intake):
    """The real intake, which tells when somebody has come to it."""

    def __init__(self, database: Database, rules: Rules) -> None:
        super().__init__(database, rules)
        self.reached = asyncio.Event()

    async def take(self, channel_id: int, batch: wire.Batch, lease: Lease | None = None) -> None:
        self.reached.set()
        await super().take(channel_id, batch, lease)


class Desk:
    """The door with all that stands behind it: the real intake, the real database, a signed channel `shop`."""

    def __init__(self, database: Database, clock: HeldClock) -> None:
        self.database = database
        self.clock = clock
        self.intake = Reached(database, Rules())
        self.doors = Doors(
            database, clock, {"COMPTOIR_SECRET_SHOP": SECRET}.get, "http://desk.example", is_private_allowed=False
        )
        self.http: TestClient[web.Request, web.Application]

    @asynccontextmanager
    async def open(self) -> AsyncIterator[None]:
        wanted = channelling.Connection("shop", "Shop", "signed", secrets={"secret": "COMPTOIR_SECRET_SHOP"})
        self.channel_id = await self.database.write(
            lambda tx: channelling.connect(tx, wanted, required=("secret",), by=OPERATOR)
        )
        await self.doors.refresh()
        app = web.Application()
        engine = SimpleNamespace(intake=self.intake, doors=self.doors, clock=self.clock)
        app[ENGINE] = cast("Engine", engine)
        app.add_routes([web.post("/hooks/{channel}", webhooks.take), web.get("/hooks/{channel}", webhooks.take)])
        committing = asyncio.create_task(self.intake.run())
        self.http = TestClient(TestServer(app))
        async with self.http:
            yield
        committing.cancel()
        await asyncio.gather(committing, return_exceptions=True)
        await self.doors.close()

    async def post(self, body: bytes, channel: str = "shop", **headers: str) -> ClientResponse:
        """Signed as it should be; `headers` replaces what should be otherwise."""
        signed = Keys(SECRET).sign("msg_1", b"", self.clock()) if not _is_text(body) else self.sign(body)
        return await self.http.post(f"/hooks/{channel}", data=io.BytesIO(body), headers={**signed, **JSON, **headers})

    def sign(self, body: bytes) -> dict[str, str]:
        return Keys(SECRET).sign("msg_1", body, self.clock())

    async def written(self) -> dict[str, int]:
        """How many rows there are of all that a message can make."""
        return {
            table: await self._count(table)
            for table in ("message", "conversation", "ticket", "contact", "quarantine", "event", "work")
        }

    async def messages(self) -> int:
        return await self._count("message")

    async def _count(self, table: str) -> int:
        return await self.database.read(
            lambda tx: int(tx.connection.execute(select(func.count()).select_from(sql_table(table))).scalar_one())
        )


def _is_text(body: bytes) -> bool:
    try:
        body.decode()
    except UnicodeDecodeError:
        return False
    return True


@pytest.fixture
async def desk(database: Database, clock: HeldClock) -> AsyncIterator[Desk]:
    """A desk with one signed channel and nothing in it."""
    desk = Desk(database, clock)
    async with desk.open():
        yield desk


async def test_taken(desk: Desk) -> None:
    """What was answered with 200 is in the database."""
    answer = await desk.post(encoded(message("Où est ma carte ?")))

    assert (answer.status, await answer.read()) == (200, b"")
    assert await desk.messages() == 1


async def test_a_hundred(desk: Desk) -> None:
    """A list brings all its messages in one request."""
    said = [message(f"{number}", external_id=f"m{number}") for number in range(100)]
    answer = await desk.post(encoded(said))

    assert answer.status == 200
    assert await desk.messages() == 100


async def test_replay(desk: Desk) -> None:
    """The same request again is a success and no second message."""
    body = encoded(message())
    answers = [await desk.post(body) for _ in range(3)]

    assert [answer.status for answer in answers] == [200, 200, 200]
    assert await desk.messages() == 1


async def test_challenge(desk: Desk) -> None:
    """A look whether anybody is here is answered, and writes nothing."""
    before = await desk.written()
    answer = await desk.http.get("/hooks/shop?challenge=1")

    assert answer.status == 200
    assert before == await desk.written()


NOT_JSON = {"Content-Type": "text/plain"}
AN_HOUR_AGO = {"webhook-timestamp": str(int((datetime(2026, 3, 2, 8, tzinfo=UTC)).timestamp()))}
REFUSED: dict[str, tuple[int, str, bytes, dict[str, str]]] = {
    "unknown channel": (404, "nobody", encoded(message()), {}),
    "path in the name": (404, "..%2Fshop", encoded(message()), {}),
    "NUL in the name": (404, "shop%00", encoded(message()), {}),
    "no signature": (401, "shop", encoded(message()), {"webhook-signature": ""}),
    "wrong signature": (401, "shop", encoded(message()), {"webhook-signature": "v1," + "A" * 43 + "="}),
    "another id": (401, "shop", encoded(message()), {"webhook-id": "msg_2"}),
    "another time": (401, "shop", encoded(message()), AN_HOUR_AGO),
    "no time": (401, "shop", encoded(message()), {"webhook-timestamp": "yesterday"}),
    "invalid UTF-8, unsigned": (401, "shop", b'{"text": "\xff"}', {}),
    "wrong type": (415, "shop", encoded(message()), NOT_JSON),
    "no type": (415, "shop", encoded(message()), {"Content-Type": ""}),
    "too long": (413, "shop", b" " * (webhooks.MOST_BYTES + 1), {}),
    "empty": (400, "shop", b"", {}),
    "half": (400, "shop", encoded(message())[:-1], {}),
    "two": (400, "shop", encoded(message()) * 2, {}),
    "lone surrogate": (400, "shop", encoded(message("\ud800")), {}),
    "deep": (422, "shop", b'{"text":' + b"[" * 100_000, {}),
    "deep list": (422, "shop", b"[" * 100_000, {}),
    "number": (422, "shop", b"7", {}),
    "null": (422, "shop", b"null", {}),
    "no author": (422, "shop", b'{"external_id":"1","conversation_id":"c","sent_at":"2026-03-02T09:00:00Z"}', {}),
    "unknown field": (422, "shop", encoded(message(colour="red")), {}),
    "empty id": (422, "shop", encoded(message(external_id="")), {}),
    "long id": (422, "shop", encoded(message(external_id="x" * 301)), {}),
    "NUL": (422, "shop", encoded(message("a\0b")), {}),
    "NUL in a name": (422, "shop", encoded(message(author={"external_id": "a", "name": "\0"})), {}),
    "no zone": (422, "shop", encoded(message(sent_at="2026-03-02T09:00:00")), {}),
    "no date": (422, "shop", encoded(message(sent_at="2026-02-30T09:00:00Z")), {}),
    "future": (422, "shop", encoded(message(sent_at="2026-03-02T09:06:00Z")), {}),
    "end of time": (422, "shop", encoded(message(sent_at="9999-12-31T23:59:59-14:00")), {}),
    "beginning of time": (422, "shop", encoded(message(sent_at="0001-01-01T00:00:00+14:00")), {}),
    "101 messages": (422, "shop", encoded([message(external_id=str(number)) for number in range(101)]), {}),
    "bad one among good ones": (422, "shop", encoded([message(), message(text=7)]), {}),
    "negative size": (422, "shop", encoded(message(attachments=[{"external_id": "1", "size": -1}])), {}),
    "bad act": (422, "shop", encoded(message(act="thought")), {}),
    "compressed nonsense": (400, "shop", b"no gzip", {"Content-Encoding": "gzip"}),
}


async def test_refused(desk: Desk) -> None:
    """Whatever cannot be taken gets its own status and one JSON sentence, and nothing of it is written."""
    before = await desk.written()
    answers = {case: await desk.post(body, channel, **headers) for case, (_, channel, body, headers) in REFUSED.items()}
    told = {case: await answer.json() for case, answer in answers.items()}

    assert {case: expected[0] for case, expected in REFUSED.items()} == {
        case: answer.status for case, answer in answers.items()
    }
    assert [case for case, words in told.items() if not is_sentence(words)] == []
    assert before == await desk.written()


def is_sentence(told: dict[str, str]) -> bool:
    said = told["error"]
    is_short = 10 < len(said) < 700 and said.endswith(".")
    return (
        is_short
        and set(told) <= {"error", "field"}
        and not any(word in said for word in ("Traceback", "Error", "msgspec"))
    )


@pytest.mark.parametrize(
    ("body", "field"),
    [
        (encoded(message(text=7)), "text"),
        (encoded(message(author={"external_id": ""})), "author.external_id"),
        (encoded([message(), message(sent_at=1)]), "[1].sent_at"),
        (encoded(message(sent_at="2027-01-01T00:00:00Z")), "sent_at"),
    ],
)
async def test_names_the_field(desk: Desk, body: bytes, field: str) -> None:
    """Who sends a wrong field is told which."""
    told = await (await desk.post(body)).json()

    assert field == told["field"]


async def test_too_long_without_saying_so(desk: Desk) -> None:
    """A body that does not say how long it is gets no further than the limit."""
    sent = 0

    async def endless() -> AsyncIterator[bytes]:
        nonlocal sent
        while sent < 64 * webhooks.MOST_BYTES:
            sent += 65_536
            yield b" " * 65_536

    answer = await desk.http.post("/hooks/shop", data=endless(), headers=JSON)

    assert answer.status == 413
    assert sent < 64 * webhooks.MOST_BYTES
    assert await desk.messages() == 0


async def test_slow_body(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """A body that does not come is not waited for without end."""
    monkeypatch.setattr(webhooks, "MOST_SECONDS", 0.05)
    answered = asyncio.Event()

    async def never() -> AsyncIterator[bytes]:
        yield b"{"
        await answered.wait()

    answer = await desk.http.post("/hooks/shop", data=never(), headers=JSON)
    answered.set()

    assert answer.status == 408


async def test_old_signature(desk: Desk) -> None:
    """A recorded request is worth nothing after five minutes."""
    body = encoded(message())
    signed = desk.sign(body)
    desk.clock.advance(timedelta(minutes=6))
    answer = await desk.http.post("/hooks/shop", data=body, headers={**signed, **JSON})

    assert answer.status == 401
    assert await desk.messages() == 0


async def test_paused(desk: Desk) -> None:
    """A paused channel keeps nothing and tells the sender to come back, so that nothing is lost meanwhile."""
    await desk.database.write(lambda tx: channelling.pause(tx, desk.channel_id, by=OPERATOR))
    await desk.doors.refresh()
    paused = await desk.post(encoded(message()))
    await desk.database.write(lambda tx: channelling.resume(tx, desk.channel_id, by=OPERATOR))
    await desk.doors.refresh()
    resumed = await desk.post(encoded(message()))

    assert (paused.status, paused.headers["Retry-After"]) == (503, "60")
    assert resumed.status == 200
    assert await desk.messages() == 1


async def test_not_open(desk: Desk) -> None:
    """A channel whose secret is missing today tells senders to come back; they are not told that there is none."""
    wanted = channelling.Connection("later", "Later", "signed", secrets={"secret": "COMPTOIR_SECRET_LATER"})
    await desk.database.write(lambda tx: channelling.connect(tx, wanted, required=("secret",), by=OPERATOR))
    await desk.doors.refresh()
    answer = await desk.post(encoded(message()), "later")

    assert (answer.status, answer.headers["Retry-After"]) == (503, "60")
    assert await desk.messages() == 0


async def test_full(desk: Desk) -> None:
    """When too much waits for its commit, senders are told to come back; what was taken is committed, the rest is not there."""
    desk.intake.limit = 1
    with held(desk.database) as release:
        first = asyncio.create_task(desk.post(encoded(message())))
        async with asyncio.timeout(20):
            await desk.intake.reached.wait()
        second = await desk.post(encoded(message(external_id="m2")))
        is_answered_early = first.done()
        release()
        taken = await first

    assert (second.status, int(second.headers["Retry-After"]) >= 1) == (503, True)
    assert not is_answered_early
    assert taken.status == 200
    assert await desk.messages() == 1


class held:  # noqa: N801  reads as a sentence
    """The one writer is busy with something long, until it is released."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._released = threading.Event()

    def __enter__(self) -> Callable[[], None]:
        self._writing = asyncio.ensure_future(self._database.write(lambda tx: self._released.wait(20)))
        return self._released.set

    def __exit__(self, *_: object) -> None:
        self._released.set()


_json = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=12,
)
_fields = st.sampled_from([*message(), "act", "version", "attachments", "in_reply_to", "is_public", "permalink"])


@settings(max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(changed=st.dictionaries(_fields, _json, max_size=3), tail=st.binary(max_size=3), is_list=st.booleans())
async def test_fuzz(desk: Desk, changed: dict[str, Any], tail: bytes, is_list: bool) -> None:
    """Whatever stands in a rightly signed body, the door takes it or refuses it with a sentence; it never breaks."""
    body = encoded([message(**changed)] if is_list else message(**changed)) + (tail if _is_text(tail) else b"")
    before = await desk.messages()
    answer = await desk.post(body)
    after = await desk.messages()

    assert answer.status in {200, 400, 422}
    if answer.status == 200:
        assert await answer.read() == b""
    else:
        assert before == after
        assert (await answer.json())["error"]
