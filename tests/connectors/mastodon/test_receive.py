"""How an account is heard: at once by the stream, and without a gap by looking."""

import asyncio
import json
from datetime import UTC, datetime, timedelta

import pytest
from aiohttp import web

from bot import errors, wire
from bot.connectors.base import Connector
from bot.connectors.mastodon import receive
from tests.connectors.far_side import hear, listening, texts
from tests.connectors.mastodon.far import Line, words
from tests.connectors.mastodon.instance import ANN, BOB, BRAND, Instance, refused

SOON = 0.05


def messages(batches: list[wire.Batch]) -> list[wire.InboundMessage]:
    return [message for batch in batches for message in batch.messages]


async def heard(connector: Connector, count: int, cursor: str | None = None) -> list[wire.Batch]:
    """What a start from this cursor brings, until it is so much."""
    async with listening(connector, cursor) as batches:
        return await hear(batches, count)


@pytest.fixture
def often(monkeypatch: pytest.MonkeyPatch) -> None:
    """Looks are taken all the time."""
    monkeypatch.setattr(receive, "LOOK_SECONDS", SOON)
    monkeypatch.setattr(receive, "POLL_SECONDS", SOON)


async def test_back_fill_over_many_pages(instance: Instance, line: Line) -> None:
    """After a long silence everything comes, in order and once, however many pages it fills."""
    connector = await line()
    instance.say("0")
    first = await heard(connector, 1)
    for number in range(1, 131):
        instance.say(str(number))
    after = await heard(connector, 130, first[-1].cursor)

    assert [text.removeprefix("@banque ") for text in texts(after)] == [str(number) for number in range(1, 131)]


async def test_cursor_of_each_page(instance: Instance, line: Line) -> None:
    """Each page has a cursor of its own: whoever stops in the middle goes on in the middle."""
    connector = await line()
    instance.say("first")
    begun = await heard(connector, 1)
    for number in range(100):
        instance.say(str(number))
    half = await heard(connector, 50, begun[-1].cursor)
    rest = await heard(connector, 100 - len(messages(half)), half[-1].cursor)

    assert 50 <= len(messages(half)) < 100
    assert texts(half + rest) == [f"@banque {number}" for number in range(100)]


async def test_reach_of_a_new_channel(instance: Instance, line: Line) -> None:
    """A new channel hears what was said within a day; what is older was served elsewhere, and never comes."""
    old = (datetime.now(UTC) - timedelta(days=2)).isoformat()
    for text in ("long ago", "yesterday but one"):
        instance.tell(instance.write(text))["created_at"] = old
    instance.say("today")
    connector = await line()
    batches = await heard(connector, 1)
    instance.say("now")
    after = await heard(connector, 1, batches[-1].cursor)

    assert texts(batches + after) == ["@banque today", "@banque now"]


async def test_old_words_alone(instance: Instance, line: Line) -> None:
    """Where all is too old, hearing begins behind it."""
    instance.tell(instance.write("long ago"))["created_at"] = "2020-01-01T00:00:00Z"
    connector = await line()
    async with listening(connector, None) as batches:
        nothing = await anext(batches)
        instance.say("now")
        after = await hear(batches, 1)

    assert (nothing.messages, texts(after)) == ((), ["@banque now"])
    assert nothing.cursor


async def test_at_once_by_the_stream(instance: Instance, line: Line) -> None:
    """What the stream tells is there without a look, and the next look does not bring it again."""
    connector = await line()
    async with listening(connector, None) as batches:
        waiting = asyncio.create_task(hear(batches, 1))
        await instance.is_listened_to()
        looks = instance.calls("GET", "v1/notifications")
        instance.say("now")
        live = await waiting
        looks_after = instance.calls("GET", "v1/notifications")
    again = await heard(await line(), 1, None)

    assert texts(live) == ["@banque now"]
    assert looks == looks_after
    assert live[-1].cursor is None
    assert messages(again) == messages(live)


@pytest.mark.usefixtures("often")
async def test_told_once(instance: Instance, line: Line) -> None:
    """What the stream has told moves the cursor at the next look, and is not told again."""
    connector = await line()
    async with listening(connector, None) as batches:
        waiting = asyncio.create_task(hear(batches, 1))
        await instance.is_listened_to()
        instance.say("now")
        live = await waiting
        while live[-1].cursor is None:
            live.append(await anext(batches))
        instance.say("later")
        rest = await hear(batches, 1)

    assert texts(live + rest) == ["@banque now", "@banque later"]


@pytest.mark.usefixtures("often")
async def test_between_look_and_stream(instance: Instance, line: Line) -> None:
    """What is said between the first look and the opening of the stream is found by the look behind it."""
    instance.say("before")
    connector = await line()
    async with listening(connector, None) as batches:
        before = await hear(batches, 1)
        # Nobody listens yet: this is told to nobody.
        instance.say("between")
        between = await hear(batches, 1)

    assert texts(before + between) == ["@banque before", "@banque between"]


@pytest.mark.usefixtures("often")
async def test_held_back_people(instance: Instance, line: Line) -> None:
    """Whom the account's filters hold back is heard all the same, and is let through from then on."""
    connector = await line()
    async with listening(connector, None) as batches:
        waiting = asyncio.create_task(hear(batches, 1))
        await instance.is_listened_to()
        instance.tell(instance.write("a stranger", BOB, "direct"), is_filtered=True)
        found = await waiting
        waiting = asyncio.create_task(hear(batches, 1))
        await instance.until(lambda: instance.calls("POST", "v1/notifications/requests/accept"))
        instance.say("no stranger", BOB)
        found += await waiting

    assert texts(found) == ["a stranger", "@banque no stranger"]
    assert instance.held_back == []


@pytest.mark.usefixtures("often")
async def test_held_back_people_are_left(instance: Instance, line: Line) -> None:
    """Where the operator leaves them to the filters, they are heard, and nothing about them is changed."""
    instance.tell(instance.write("a stranger", BOB, "direct"), is_filtered=True)
    connector = await line(requests="leave")
    found = await heard(connector, 1)

    assert texts(found) == ["a stranger"]
    assert len(instance.held_back) == 1
    assert instance.calls("POST", "v1/notifications/requests/accept") == 0


async def test_live_edit_and_deletion(instance: Instance, line: Line) -> None:
    """An edit and a deletion that the stream tells are there at once, each under the post's id and conversation."""
    status = instance.say("helo")
    connector = await line()
    async with listening(connector, None) as batches:
        found = await hear(batches, 1)
        waiting = asyncio.create_task(hear(batches, 1))
        await instance.is_listened_to()
        instance.edit(status["id"], "hello", is_streamed=True)
        found += await waiting
        waiting = asyncio.create_task(hear(batches, 1))
        instance.delete(status["id"])
        found += await waiting
    said, edited, deleted = messages(found)

    assert [one.act for one in (said, edited, deleted)] == [wire.Act.SAID, wire.Act.EDITED, wire.Act.DELETED]
    assert {one.external_id for one in (said, edited, deleted)} == {status["id"]}
    assert len({one.conversation_id for one in (said, edited, deleted)}) == 1
    assert (edited.text, edited.author.external_id, deleted.author.external_id) == ("hello", "7", "7")
    assert edited.version


@pytest.mark.usefixtures("often")
async def test_changes_that_nobody_tells(instance: Instance, line: Line) -> None:
    """Of a change, Mastodon tells only those who follow its author: the latest posts are looked at again."""
    kept, gone = instance.say("helo"), instance.say("regretted")
    connector = await line()
    async with listening(connector, None) as batches:
        found = await hear(batches, 2)
        instance.edit(kept["id"], "hello")
        instance.delete(gone["id"], is_streamed=False)
        changes = messages(await hear(batches, 2))

    assert len(messages(found)) == 2
    assert {(one.external_id, one.act) for one in changes} == {
        (kept["id"], wire.Act.EDITED),
        (gone["id"], wire.Act.DELETED),
    }


async def test_change_between_look_and_stream(instance: Instance, line: Line) -> None:
    """What is changed between the first look and the opening of the stream is found by the look behind it."""
    status = instance.say("helo")
    connector = await line()
    async with listening(connector, None) as batches:
        await hear(batches, 1)
        instance.edit(status["id"], "hello")

        assert texts(await hear(batches, 1)) == ["hello"]


async def test_changes_while_nobody_listened(instance: Instance, line: Line) -> None:
    """What was changed and taken back while the desk was down is found at its next start, and not told twice."""
    kept, gone = instance.say("helo"), instance.say("regretted")
    connector = await line()
    before = await heard(connector, 2)
    instance.edit(kept["id"], "hello")
    instance.delete(gone["id"])
    for number in range(60):
        instance.say(str(number))
    after = await heard(connector, 62, before[-1].cursor)
    instance.say("done")
    last = await heard(await line(), 1, after[-1].cursor)

    changes = [one.act for one in messages(after) if one.act is not wire.Act.SAID]
    assert sorted(changes) == [wire.Act.DELETED, wire.Act.EDITED]
    assert texts(last) == ["@banque done"]


async def test_streamed_twice(instance: Instance, line: Line) -> None:
    """The same edit told twice is one."""
    status = instance.say("helo")
    connector = await line()
    async with listening(connector, None) as batches:
        await hear(batches, 1)
        waiting = asyncio.create_task(hear(batches, 2))
        await instance.is_listened_to()
        instance.edit(status["id"], "hello", is_streamed=True)
        instance.stream("status.update", json.dumps(instance.statuses[status["id"]]))
        instance.edit(status["id"], "hello!", is_streamed=True)
        edits = await waiting

    assert texts(edits) == ["hello", "hello!"]


async def test_strangers_changes(instance: Instance, line: Line) -> None:
    """What the stream tells of posts that were never for us is passed over, and so are kinds that we do not know."""
    other = instance.write("not for us", BOB)
    connector = await line()
    async with listening(connector, None) as batches:
        waiting = asyncio.create_task(hear(batches, 1))
        await instance.is_listened_to()
        instance.edit(other["id"], "still not", is_streamed=True)
        instance.delete(other["id"])
        instance.stream("update", json.dumps(instance.write("home", BOB)))
        instance.stream("filters_changed", "")
        instance.stream("hologram", '{"a": 1}')
        instance.tell(instance.write("liked", BRAND), "favourite")
        instance.tell(instance.write("@banque ourselves", BRAND))
        instance.say("for us")

        assert texts(await waiting) == ["@banque for us"]


@pytest.mark.parametrize(
    "data",
    ["", "{", "[]", "null", "3", '"text"', '{"id": "9", "type": "mention", "status": {}}', '{"id": 9}', "[" * 50_000],
)
async def test_nonsense_in_the_stream(instance: Instance, line: Line, data: str) -> None:
    """What the stream says that cannot be read is set aside as it came, and the stream goes on."""
    connector = await line()
    async with listening(connector, None) as batches:
        waiting = asyncio.create_task(hear(batches, 2))
        await instance.is_listened_to()
        instance.stream("notification", data)
        instance.say("after")
        batch = await waiting
    unreadable = [one for each in batch for one in each.unreadable]

    assert texts(batch) == ["@banque after"]
    assert len(unreadable) == 1
    assert unreadable[0].reason


async def test_wrong_encoding(instance: Instance, line: Line) -> None:
    """Bytes that are no text, and half an emoji, spoil at most their own notification."""
    connector = await line()
    async with listening(connector, None) as batches:
        waiting = asyncio.create_task(hear(batches, 2))
        await instance.is_listened_to()
        instance.pour(b"event: \xff\xfe\ndata: \xff\n\n:\xff\nnonsense\n\r\n\r\n")
        instance.say("half \ud83d of it", content="half \ud83d of it")
        instance.say("after")
        batch = await waiting

    assert texts(batch) == ["@banque after"]
    assert sum(len(one.unreadable) for one in batch) == 1


async def test_half_an_emoji_in_a_page(instance: Instance, line: Line) -> None:
    """A page with half an emoji in one post is read but for that post."""
    instance.say("before")
    instance.say("x", content="half \ud83d")
    instance.say("after")
    batches = await heard(await line(), 3)

    assert texts(batches) == ["@banque before", "@banque after"]


async def test_no_ids(instance: Instance, line: Line) -> None:
    """Notifications without ids give no place to go on from: that is said, and asked again later, not for ever at once."""
    instance.notifications = [{"id": 5, "type": "mention"}]
    connector = await line()
    with pytest.raises(errors.TryLater) as raised:
        await heard(connector, 1)

    assert raised.value.after >= timedelta(minutes=1)


@pytest.mark.parametrize("body", ["{}", "null", '{"error": "x"}', "[{", "<html>", ""])
async def test_no_page(instance: Instance, line: Line, body: str) -> None:
    """An answer that is no page of notifications is asked for again later."""
    connector = await line()
    instance.instead.append(web.Response(text=body))
    with pytest.raises(errors.TryLater):
        await heard(connector, 1)


@pytest.mark.parametrize(
    ("status", "headers", "least", "most"),
    [
        (429, {"Retry-After": "7"}, 7, 7),
        (429, {}, 5, 60),
        (429, {"X-RateLimit-Reset": (datetime.now(UTC) + timedelta(hours=2)).isoformat()}, 3_600, 7_300),
        (429, {"X-RateLimit-Reset": "2020-01-01T00:00:00.000Z"}, 1, 1),
        (429, {"X-RateLimit-Reset": "soon"}, 5, 60),
        (503, {}, 1, 60),
    ],
)
async def test_told_to_wait(
    instance: Instance, line: Line, status: int, headers: dict[str, str], least: int, most: int
) -> None:
    """We wait as long as Mastodon says in any of its ways, and a while where it does not say."""
    connector = await line()
    instance.instead.append(refused(status, "Too many requests", **headers))
    with pytest.raises(errors.TryLater) as raised:
        await heard(connector, 1)

    assert timedelta(seconds=least) <= raised.value.after <= timedelta(seconds=most)


async def test_token_that_may_not_read(instance: Instance, line: Line) -> None:
    """A token without the scope to read must be renewed by a person, who is told Mastodon's own words."""
    connector = await line()
    instance.instead.append(refused(403, "This action is outside the authorized scopes"))
    with pytest.raises(errors.Reauthorize) as raised:
        await heard(connector, 1)

    assert "outside the authorized scopes" in raised.value.message


async def test_short_stream(instance: Instance, line: Line) -> None:
    """A stream that ends as soon as it has begun is trouble: it is not opened again and again."""
    connector = await line()
    async with listening(connector, None) as batches:
        waiting = asyncio.create_task(hear(batches, 1))
        await instance.is_listened_to()
        instance.pour(None)
        with pytest.raises(errors.TryLater):
            await waiting

    assert instance.calls("GET", "v1/streaming/user") == 1


async def test_stream_at_its_end(instance: Instance, line: Line, monkeypatch: pytest.MonkeyPatch) -> None:
    """A stream that has lived and is ended by some gateway is opened again, and what was said meanwhile is there."""
    monkeypatch.setattr(receive, "_LIVED", timedelta(0))
    connector = await line()
    async with listening(connector, None) as batches:
        waiting = asyncio.create_task(hear(batches, 1))
        await instance.is_listened_to()
        instance.pour(None)
        instance.notifications.append(
            {
                "id": "5000",
                "type": "mention",
                "created_at": datetime.now(UTC).isoformat(),
                "status": instance.write("meanwhile"),
            }
        )
        meanwhile = await waiting
        waiting = asyncio.create_task(hear(batches, 1))
        await instance.is_listened_to(2)
        instance.stream("notification", json.dumps({"id": "5001", "type": "mention", "status": instance.write("live")}))
        live = await waiting

    assert texts(meanwhile + live) == ["meanwhile", "live"]


@pytest.mark.usefixtures("often")
async def test_no_stream(instance: Instance, line: Line) -> None:
    """Where an instance has no stream, it is asked now and then."""
    instance.has_stream = False
    connector = await line()
    async with listening(connector, None) as batches:
        waiting = asyncio.create_task(hear(batches, 1))
        await instance.until(lambda: instance.calls("GET", "v1/streaming/user") >= 2)
        instance.say("asked for")

        assert texts(await waiting) == ["@banque asked for"]


@pytest.mark.usefixtures("often")
async def test_poor_instances(instance: Instance, line: Line) -> None:
    """An instance without requests, histories or several posts at once is heard all the same."""
    instance.say("helo")
    answered = instance._answered
    lacking = ("requests", "history", "statuses")
    instance._answered = lambda request, path, body: (  # type: ignore[method-assign]
        None if path.rpartition("/")[2] in lacking else answered(request, path, body)
    )
    instance.edit(instance.notifications[0]["status"]["id"], "hello")
    connector = await line()
    async with listening(connector, None) as batches:
        first = await hear(batches, 1)
        waiting = asyncio.create_task(hear(batches, 1))
        await instance.until(lambda: instance.calls("GET", "v1/statuses") >= 2)
        instance.say("again")
        again = await waiting

    assert texts(first + again) == ["hello", "@banque again"]


@pytest.mark.parametrize("cursor", ["", "{", "3", "[]", '{"after": 3}', '{"watched": {"1": []}}', "éà", "null"])
async def test_broken_cursor(instance: Instance, line: Line, cursor: str) -> None:
    """A cursor that cannot be read is a new beginning: what was heard comes again, and nothing is lost."""
    instance.say("one")

    assert texts(await heard(await line(), 1, cursor)) == ["@banque one"]


async def test_threads(instance: Instance, line: Line) -> None:
    """A public conversation begins with the highest post that is not ours: those who answer our news have one each."""
    news = instance.write("Our news", BRAND)
    ann = instance.say("why?", in_reply_to_id=news["id"])
    ours = instance.write("because", BRAND, in_reply_to_id=ann["id"])
    more = instance.say("I see", in_reply_to_id=ours["id"])
    bob = instance.say("me too", BOB, in_reply_to_id=news["id"])
    aside = instance.say("and so do I", BOB, in_reply_to_id=more["id"])
    batches = await heard(await line(), 4)
    found = {one.external_id: one.conversation_id for one in messages(batches)}

    assert found == {ann["id"]: ann["id"], more["id"]: ann["id"], bob["id"]: bob["id"], aside["id"]: ann["id"]}
    assert instance.calls("GET", f"v1/statuses/{news['id']}") == 1


async def test_thread_without_its_beginning(instance: Instance, line: Line) -> None:
    """A thread whose beginning is gone begins where it can be seen."""
    first = instance.say("hello", in_reply_to_id="404")

    assert messages(await heard(await line(), 1))[0].conversation_id == first["id"]


async def test_private_is_one_conversation(instance: Instance, line: Line) -> None:
    """Private posts, and posts for the author's followers, are one private conversation with their author."""
    public = instance.say("hello")
    for visibility in ("direct", "private", "mutuals_only"):
        instance.say("more", ANN, visibility, in_reply_to_id=public["id"])
    instance.say("mine", BOB, "direct")
    found = messages(await heard(await line(), 5))

    assert [one.is_public for one in found] == [True, False, False, False, False]
    assert [one.conversation_id for one in found] == [public["id"], *["direct:7"] * 3, "direct:8"]


async def test_answers_to_our_words(instance: Instance, line: Line) -> None:
    """Who answers a reply of ours goes on in its conversation, without the way up being asked for."""
    ann = instance.say("hello?")
    connector = await line()
    receipt = await connector.send(words("hello!", ann["id"], is_public=True, in_reply_to=ann["id"]))
    instance.asked.clear()
    instance.say("thanks", in_reply_to_id=receipt.external_id)
    found = messages(await heard(connector, 2))

    assert found[-1].conversation_id == ann["id"]
    assert instance.calls("GET", f"v1/statuses/{receipt.external_id}") == 0


async def test_storm(instance: Instance, line: Line) -> None:
    """When everybody writes at once, the stream brings it all, in order and once, without a question for each."""
    connector = await line()
    async with listening(connector, None) as batches:
        waiting = asyncio.create_task(hear(batches, 500))
        await instance.is_listened_to()
        for number in range(500):
            instance.say(str(number), visibility="direct")
        found = await waiting

    assert texts(found) == [f"@banque {number}" for number in range(500)]
    assert len(instance.asked) < 20


async def test_letting_go(instance: Instance, line: Line) -> None:
    """Whoever stops listening leaves no stream open, and can listen again."""
    connector = await line()
    for times in (1, 2):
        async with listening(connector, None) as batches:
            waiting = asyncio.create_task(hear(batches, times))
            await instance.is_listened_to(times)
            instance.say("here")
            await waiting
        await instance.is_left()

    assert instance.calls("GET", "v1/streaming/user") == 2
