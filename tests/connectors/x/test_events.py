"""X's Activity API by its stream: the same as at the door, kept up by X's own rules, and complete after a loss."""

import asyncio
import itertools
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from decimal import Decimal
from typing import Any

import pytest

from bot import errors, wire
from bot.connectors.base import Connector, Forgetful
from bot.connectors.x import keeping
from tests.connectors.far_side import hear, listening, texts
from tests.connectors.x.far import HOOK_URL, Line, direct, event
from tests.connectors.x.test_translate import payload
from tests.connectors.x.x_api import ANN, BEARER, US, XApi, problem, stamp


def tell(api: XApi, told: object) -> None:
    """The stream says it."""
    api.stream_lines.put_nowait(json.dumps(told).encode())


def mention(api: XApi, text: str) -> dict[str, Any]:
    """A post that only the stream tells of."""
    post = api.post(text, created_at=stamp(api.now()))
    api.posts.remove(post)
    return event("post.mention.create", post, includes={"users": [ANN, US]})


@asynccontextmanager
async def streaming(connector: Connector) -> AsyncIterator[AsyncIterator[wire.Batch]]:
    async with listening(connector, None) as batches:
        yield batches


@pytest.fixture
async def activity(line: Line) -> Callable[[], Awaitable[Connector]]:
    return lambda: line(mode="activity")


async def test_events(api: XApi, activity: Callable[[], Awaitable[Connector]]) -> None:
    """A direct message, a mention and a deletion arrive as they do at the door; silent events say nothing."""
    said = mention(api, "@LaBanque hello")
    tell(api, said)
    tell(api, direct("and in private"))
    tell(api, payload("event_delete"))
    tell(api, event("dm.read", {}))
    tell(api, mention(api, "@LaBanque last"))
    async with streaming(await activity()) as batches:
        heard = await hear(batches, 4)
    messages = [one for batch in heard for one in batch.messages]

    assert [(one.text, one.act, one.is_public) for one in messages] == [
        ("@LaBanque hello", wire.Act.SAID, True),
        ("and in private", wire.Act.SAID, False),
        ("", wire.Act.DELETED, True),
        ("@LaBanque last", wire.Act.SAID, True),
    ]
    assert messages[0].traits == {"summoned": "yes"}
    assert not any(batch.unreadable for batch in heard)


async def test_set_up_once(api: XApi, line: Line) -> None:
    """X is told what we want to hear, once, and of no door; a channel that is given a door later names it.

    The account allows each; the app lists and changes them, which the account's own scopes do not allow.
    """
    vault = Forgetful()
    for mode in ("activity", "activity", "webhook"):
        connector = await line(vault=vault, mode=mode)
        api.post("@LaBanque hello")
        async with streaming(connector) as batches:
            await hear(batches, 1)
        if mode == "activity":
            assert {one.get("webhook_id") for one in api.subscriptions} == {None}
            assert api.webhooks == []

    assert len(api.subscriptions) == 7
    assert [one["url"] for one in api.webhooks] == [HOOK_URL]
    assert {one["webhook_id"] for one in api.subscriptions} == {api.webhooks[0]["id"]}


async def test_another_account_of_the_app(api: XApi, activity: Callable[[], Awaitable[Connector]]) -> None:
    """X brings the events of all accounts of an app down one stream; another account's are not ours to read."""
    theirs = direct("for another bank")
    theirs["data"]["filter"] = {"user_id": "3333"}
    revoked = event("oauth.revoke", {"user_id": "3333", "app_id": "1"}, filter={"user_id": "3333"})
    for told in (theirs, revoked, direct("for us")):
        tell(api, told)
    connector = await activity()
    async with streaming(connector) as batches:
        heard = await hear(batches, 1)

    assert texts(heard) == ["for us"]
    assert (await connector.probe()).state is wire.Health.CONNECTED


async def test_revoked(api: XApi, activity: Callable[[], Awaitable[Connector]]) -> None:
    """When the account withdraws our access, listening ends with the words for a person, after what came before it."""
    tell(api, direct("before"))
    tell(api, event("oauth.revoke", {"user_id": US["id"], "app_id": "1"}))
    connector = await activity()
    async with streaming(connector) as batches:
        heard = await hear(batches, 1)
        with pytest.raises(errors.Reauthorize, match="withdrawn"):
            await hear(batches, 1)

    assert texts(heard) == ["before"]
    assert (await connector.probe()).state is wire.Health.BAD_CREDENTIALS


@pytest.mark.parametrize(
    "bad",
    [
        b"{not json",
        b"[" * 100_000,
        json.dumps(event("dm.received", {"direct_message_events": [{"id": 3}]})).encode(),
        json.dumps(event("post.mention.create", None)).encode(),
        json.dumps(event("post.applauded", {})).encode(),
        json.dumps({"data": {"event_type": 3}}).encode(),
    ],
)
async def test_what_cannot_be_read(api: XApi, activity: Callable[[], Awaitable[Connector]], bad: bytes) -> None:
    """It is kept as it came, and the stream goes on: the same connection brings what follows."""
    api.stream_lines.put_nowait(bad)
    tell(api, direct("after"))
    async with streaming(await activity()) as batches:
        heard = await hear(batches, 2)
    (kept,) = [one for batch in heard for one in batch.unreadable]

    assert json_or_raw(kept.raw) == json_or_raw(bad)
    assert texts(heard) == ["after"]
    assert api.connections == 1


async def test_long_and_endless_lines(api: XApi, activity: Callable[[], Awaitable[Connector]]) -> None:
    """A long line is read; one that is too long to be one ends the connection, and the next one is opened."""
    tell(api, direct("long", padding="x" * 400_000))
    async with streaming(await activity()) as batches:
        first = await hear(batches, 1)
        api.stream_lines.put_nowait(b" " * 1_500_000)
        waiting = asyncio.create_task(hear(batches, 1))
        await api.connects(2)
        tell(api, direct("after", id_="2080765901528535097"))
        second = await waiting

    assert (texts(first), texts(second)) == (["long"], ["after"])


@pytest.mark.parametrize(
    "said", [None, json.dumps({"errors": [{"title": "operational-disconnect", "detail": "UpstreamError"}]}).encode()]
)
async def test_closed_at_once(api: XApi, activity: Callable[[], Awaitable[Connector]], said: bytes | None) -> None:
    """However often X closes what it has just opened, with a word about it or without, we wait longer each time."""
    for _ in range(100):
        if said:
            api.stream_lines.put_nowait(said)
        api.stream_lines.put_nowait(None)
    async with streaming(await activity()) as batches:
        waiting = asyncio.create_task(hear(batches, 1))
        now = asyncio.get_running_loop().time
        await api.connects(1)
        began = now()
        await api.connects(3)
        took = now() - began
        waiting.cancel()
        await asyncio.gather(waiting, return_exceptions=True)

    assert api.connections == 3
    assert took >= 2.9  # one second, then two


async def test_silence(
    api: XApi, activity: Callable[[], Awaitable[Connector]], monkeypatch: pytest.MonkeyPatch
) -> None:
    """X sends an empty line every 20 seconds: as long as it does the line is good, and without it the line is dead."""
    monkeypatch.setattr("bot.connectors.x.api._SILENCE_SECONDS", 1.5)
    api.beat_seconds = 0.15
    async with streaming(await activity()) as batches:
        waiting = asyncio.create_task(hear(batches, 1))
        await api.connects(1)
        await api.is_kept_alive(14)
        kept_alive, api.beat_seconds = api.connections, None
        await api.connects(2)
        tell(api, direct("after"))

        assert texts(await waiting) == ["after"]
    assert kept_alive == 1


async def test_looks_back(api: XApi, activity: Callable[[], Awaitable[Connector]]) -> None:
    """After a loss X is asked for the minutes that were missed; at the start it is not."""
    tell(api, direct("first"))
    async with streaming(await activity()) as batches:
        await hear(batches, 1)
        api.stream_lines.put_nowait(None)
        waiting = asyncio.create_task(hear(batches, 1))
        await api.connects(2)
        tell(api, direct("missed meanwhile", id_="2080765901528535097"))

        assert texts(await waiting) == ["missed meanwhile"]
    assert api.stream_asked == [{}, {"backfill_minutes": "1"}]


async def test_looking_back_is_not_granted(api: XApi, activity: Callable[[], Awaitable[Connector]]) -> None:
    """Where X refuses to look back the stream is opened without it, and what was missed is found by asking, at once."""
    api.grants_looking_back = False
    tell(api, direct("first"))
    async with streaming(await activity()) as batches:
        await hear(batches, 1)
        api.post("@LaBanque missed")
        api.dm("missed, too")
        api.stream_lines.put_nowait(None)
        found = await hear(batches, 2)
        api.stream_lines.put_nowait(None)
        waiting = asyncio.create_task(hear(batches, 1))
        await api.connects(4)
        waiting.cancel()
        await asyncio.gather(waiting, return_exceptions=True)

    assert sorted(texts(found)) == ["@LaBanque missed", "missed, too"]
    assert api.stream_asked == [{}, {"backfill_minutes": "1"}, {}, {}]


async def test_while_it_cannot_be_opened(api: XApi, activity: Callable[[], Awaitable[Connector]]) -> None:
    """While the stream cannot be opened, what is said is found by asking."""
    api.stream_answer = lambda: problem(503, "over capacity")
    api.post("@LaBanque anybody?")
    api.dm("anybody?")
    async with streaming(await activity()) as batches:
        assert texts(await hear(batches, 2)) == ["@LaBanque anybody?", "anybody?"]


async def test_refused_for_good(api: XApi, activity: Callable[[], Awaitable[Connector]]) -> None:
    """What only a person can mend is said, and not tried without end."""
    api.stream_answer = lambda: problem(403, f"client-forbidden {BEARER}")
    async with streaming(await activity()) as batches:
        with pytest.raises(errors.Refused, match="client-forbidden") as raised:
            await hear(batches, 1)

    assert BEARER not in raised.value.message
    assert api.connections == 1


async def test_let_go(api: XApi, activity: Callable[[], Awaitable[Connector]]) -> None:
    """When listening ends nothing of the stream is left."""
    before = asyncio.all_tasks()
    tell(api, direct("one"))
    async with streaming(await activity()) as batches:
        await hear(batches, 1)
        during = {task.get_name() for task in asyncio.all_tasks() - before}

    assert "events of X" in during
    assert "events of X" not in {task.get_name() for task in asyncio.all_tasks() - before}


async def test_what_it_costs(api: XApi, activity: Callable[[], Awaitable[Connector]]) -> None:
    """Each event of others is billed once; our own words are free."""
    connector = await activity()
    for told in (direct("one"), direct("one"), direct("ours", id_="2080765901528535098", sender=US)):
        tell(api, told)
    async with streaming(connector) as batches:
        await hear(batches, 3)
    reason = (await connector.probe()).reason

    # Who we are, and one event.
    assert f"${Decimal('0.02'):.2f} this month" in reason


@pytest.mark.parametrize(
    ("ends", "pauses"),
    [
        (["brought"] * 4, [1, 1, 1, 1]),
        (["opened"] * 10, [1, 2, 4, 8, 16, 32, 64, 128, 256, 320]),
        (["refused 5"] * 8, [5, 10, 20, 40, 80, 160, 320, 320]),
        (["refused 60"] * 4, [60, 120, 240, 320]),
        (["refused 900"] * 2, [320, 320]),
        (["lost"] * 18, [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 16, 16]),
        (["refused 60", "lost", "opened", "brought", "opened"], [60, 16, 32, 1, 2]),
    ],
)
def test_pauses(ends: list[str], pauses: list[float]) -> None:
    """X's rules for coming again: soon after a good line, little by little for the network, doubled for X's own troubles."""
    found = list(itertools.accumulate(ends, lambda last, end: keeping.next_pause(last, *_ended(end)), initial=0.0))

    assert found[1:] == pauses


def _ended(end: str) -> tuple[keeping.Heard, float]:
    """One connection that came so far, and how long X says to wait."""
    how, _, told = end.partition(" ")
    heard = keeping.Heard(_Nobody("nobody"))
    heard.is_answered = how != "lost"
    heard.is_open = how in {"opened", "brought"}
    heard.has_brought = how == "brought"
    return heard, float(told or 0)


class _Nobody(keeping.Kept):
    """Listens to nothing."""

    async def connect(self, heard: keeping.Heard) -> None:
        """Nobody is called."""


def json_or_raw(raw: bytes) -> object:
    try:
        return json.loads(raw)
    except (ValueError, RecursionError):
        return raw
