"""How Bluesky is heard: back-fill, disorder, storms, and what is noticed by looking again."""

import json
from datetime import UTC, datetime, timedelta

import pytest

from bot import errors, wire
from bot.clock import HeldClock
from bot.connectors.bluesky import cursors, receive
from bot.connectors.bluesky.cursors import Cursor, Post
from tests.connectors.bluesky.far import Line
from tests.connectors.bluesky.xrpc import POST, Xrpc, failed, version
from tests.connectors.far_side import hear, listening, texts

NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)


async def test_back_fill(api: Xrpc, line: Line) -> None:
    """After a long silence every page is read: all of it comes, oldest first, each once."""
    connector = await line()
    api.say("before")
    async with listening(connector, None) as batches:
        cursor = (await hear(batches, 1))[-1].cursor
    for number in range(437):
        api.say(str(number))
    async with listening(connector, cursor) as batches:
        heard = await hear(batches, 437)

    assert texts(heard) == [str(number) for number in range(437)]
    assert max(len(batch.messages) for batch in heard) <= 50


async def test_dying_in_the_middle(api: Xrpc, line: Line) -> None:
    """Whoever dies between two batches of a back-fill goes on after the first."""
    for number in range(120):
        api.say(str(number))
    connector = await line()
    async with listening(connector, None) as batches:
        first = await anext(batches)
    async with listening(connector, first.cursor) as batches:
        rest = await hear(batches, 70)

    assert texts([first, *rest]) == [str(number) for number in range(120)]


async def test_clock_behind(api: Xrpc, line: Line) -> None:
    """A post whose author's clock is behind stands below what is known, and is heard all the same."""
    connector = await line()
    api.say("now")
    async with listening(connector, None) as batches:
        await hear(batches, 1)
        api.say("from a slow clock", ago=timedelta(minutes=1))
        live = await hear(batches, 1)
        cursor = live[-1].cursor
    api.say("from a slower clock", ago=timedelta(minutes=40))
    async with listening(connector, cursor) as batches:
        after = await hear(batches, 1)

    assert texts([*live, *after]) == ["from a slow clock", "from a slower clock"]


async def test_first_look(api: Xrpc, line: Line) -> None:
    """At the first connection, what is older than a day is left alone."""
    api.say("last year", ago=timedelta(days=300))
    api.say("yesterday evening", ago=timedelta(hours=14))
    connector = await line()
    async with listening(connector, None) as batches:
        heard = await hear(batches, 1)
        api.say("now")
        heard += await hear(batches, 1)

    assert texts(heard) == ["yesterday evening", "now"]


async def test_told_twice(api: Xrpc, line: Line) -> None:
    """A post that mentions us and answers us is told of twice, and is one message."""
    connector = await line()
    uri = api.say("both", "reply")
    api.tell(uri, "mention")
    api.say("next")
    async with listening(connector, None) as batches:
        heard = await hear(batches, 2)

    assert texts(heard) == ["both", "next"]


async def test_likes_between(api: Xrpc, line: Line) -> None:
    """Only words are asked for, of everybody, whatever the account's own settings say."""
    connector = await line()
    api.say("words")
    api.say("a like", "like")
    async with listening(connector, None) as batches:
        heard = await hear(batches, 1)
    asked = api.calls("app.bsky.notification.listNotifications")[0]

    assert texts(heard) == ["words"]
    assert asked["reasons"] == ["mention", "reply", "quote"]
    assert asked["priority"] == "false"


async def test_looking_again_fails(api: Xrpc, line: Line) -> None:
    """When old posts cannot be looked at again, new ones are heard all the same."""
    connector = await line()
    api.say("old")
    async with listening(connector, None) as batches:
        cursor = (await hear(batches, 1))[-1].cursor
    for trouble in (failed(500, "InternalServerError"), failed(400, "InvalidRequest")):
        api.instead_of["app.bsky.feed.getPosts"] = trouble
        async with listening(connector, cursor) as batches:
            api.say("new")
            cursor = (await hear(batches, 1))[-1].cursor

    assert len(api.calls("app.bsky.feed.getPosts")) >= 2


@pytest.mark.parametrize(
    "odd", [3, None, "x", [], {}, {"uri": 3}, {"uri": "at://x", "cid": "c", "reason": "mention", "indexedAt": "soon"}]
)
async def test_odd_notification(api: Xrpc, line: Line, odd: object) -> None:
    """What is no notification is kept once, and what comes after it is heard."""
    connector = await line()
    api.say("before")
    api.put(odd)
    async with listening(connector, None) as batches:
        heard = await hear(batches, 2)
        api.notifications.remove(odd)
        api.say("after")
        api.put(odd)
        heard += await hear(batches, 1)
        cursor = heard[-1].cursor
    async with listening(connector, cursor) as batches:
        api.say("later")
        heard += await hear(batches, 1)

    assert texts(heard) == ["before", "after", "later"]
    assert [json.loads(bad.raw) for batch in heard for bad in batch.unreadable] == [odd]


async def test_half_an_emoji(api: Xrpc, line: Line) -> None:
    """Half a character in one post spoils that post alone."""
    connector = await line()
    api.say("well")
    api.say("\ud83d")
    async with listening(connector, None) as batches:
        heard = await hear(batches, 2)

    assert texts(heard) == ["well"]
    assert len([bad for batch in heard for bad in batch.unreadable]) == 1


async def test_deletion(api: Xrpc, line: Line) -> None:
    """A post that is gone when we look again is a deletion, once, though it happened while nobody listened."""
    connector = await line()
    regretted, kept = api.say("regretted"), api.say("kept")
    async with listening(connector, None) as batches:
        cursor = (await hear(batches, 2))[-1].cursor
    api.delete(regretted)
    async with listening(connector, cursor) as batches:
        gone = (await hear(batches, 1))[-1]
    async with listening(connector, gone.cursor) as batches:
        api.say("next")
        after = await hear(batches, 1)

    assert [(one.act, one.external_id) for one in gone.messages] == [(wire.Act.DELETED, regretted)]
    assert kept in api.records
    assert texts(after) == ["next"]


async def test_written_over(api: Xrpc, line: Line) -> None:
    """A record that says something else when we look again is an edit, with a version of its own."""
    connector = await line()
    uri = api.say("helo")
    async with listening(connector, None) as batches:
        cursor = (await hear(batches, 1))[-1].cursor
    api.records[uri] = api.records[uri] | {"text": "hello"}
    async with listening(connector, cursor) as batches:
        edit = (await hear(batches, 1))[-1].messages[0]

    assert (edit.act, edit.external_id, edit.text) == (wire.Act.EDITED, uri, "hello")
    assert edit.version == version(api.records[uri])


async def test_hidden_is_not_deleted(api: Xrpc, line: Line) -> None:
    """A post that is not shown to us, but is still there, is no deletion."""
    connector = await line()
    uri = api.say("well")
    async with listening(connector, None) as batches:
        cursor = (await hear(batches, 1))[-1].cursor
    api.hidden.add(uri)
    async with listening(connector, cursor) as batches:
        api.say("next")
        after = await hear(batches, 1)

    assert texts(after) == ["next"]
    assert api.calls("com.atproto.repo.getRecord")
    assert [one.act for batch in after for one in batch.messages] == [wire.Act.SAID]


async def test_rests_while_little_is_left(api: Xrpc, line: Line) -> None:
    """When the network says that few questions are left, they are spread until it counts anew."""
    clock = HeldClock(NOW)
    connector = await line(clock)
    api.now = NOW
    api.headers = {"ratelimit-remaining": "3", "ratelimit-reset": str(int(NOW.timestamp()) + 60)}
    await connector.probe()

    assert connector._line.pause(receive.PAUSE) == timedelta(seconds=20)  # type: ignore[attr-defined]
    clock.advance(timedelta(minutes=2))
    assert connector._line.pause(receive.PAUSE) == receive.PAUSE  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    ("headers", "after"),
    [
        ({"Retry-After": "7"}, 7),
        ({"ratelimit-reset": str(int(NOW.timestamp()) + 90)}, 90),
        ({}, 30),
        ({"ratelimit-reset": "x"}, 30),
    ],
)
async def test_told_to_wait(api: Xrpc, line: Line, headers: dict[str, str], after: int) -> None:
    """A refusal for haste says how long to wait, by either header, or by none."""
    connector = await line(HeldClock(NOW))
    api.instead.append(failed(429, "RateLimitExceeded", **headers))
    with pytest.raises(errors.TryLater) as raised:
        async with listening(connector, None) as batches:
            await anext(batches)

    assert raised.value.after == timedelta(seconds=after)


def test_cursor_is_bounded() -> None:
    """A storm does not make the cursor grow; what is older than its posts is known."""
    posts = [Post(NOW + timedelta(seconds=number), f"did:plc:ann/{POST}/{number}", "v") for number in range(500)]
    cursor = cursors.read(str(Cursor().knowing(posts, NOW)))

    assert len(cursor.posts) == cursors.MOST_POSTS
    assert cursor.posts[-1] == posts[-1]
    assert cursor.floor(NOW) == cursor.posts[0].at


def test_cursor_forgets() -> None:
    """What is two days old is remembered no more, but for the newest, from which we go on."""
    old = [Post(NOW - timedelta(days=9, seconds=-number), f"did:plc:ann/{POST}/{number}", "v") for number in range(5)]

    assert Cursor().knowing(old, NOW).posts == (old[-1],)


@pytest.mark.parametrize("text", [None, "", "x", "[]", '{"posts":[[3]]}', "17"])
def test_no_cursor(text: str | None) -> None:
    """What is no cursor of ours is a first look."""
    assert cursors.read(text) == Cursor()
