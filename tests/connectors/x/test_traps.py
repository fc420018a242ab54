"""What is broken in tweepy 4.17, by `../shared/CONNECTORS.md` section 1, does us no harm."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import Any

import pytest
from aiohttp import web

from bot import errors, wire
from bot.connectors.base import Connector, Forgetful
from tests.connectors.far_side import hear, listening, texts
from tests.connectors.x.far import Line, words
from tests.connectors.x.x_api import ANN, HTML, XApi, line, problem, stamp

ASKED_FOR_MENTIONS = "mentions"


def post(api: XApi, text: str, **more: Any) -> dict[str, Any]:
    """A post that only the stream tells of."""
    told = api.post(text, **more)
    api.posts.remove(told)
    return told


def questions(api: XApi, about: str) -> int:
    return sum(about in path for _, path in api.asked)


@asynccontextmanager
async def streaming(connector: Connector) -> AsyncIterator[AsyncIterator[wire.Batch]]:
    async with listening(connector, None) as batches:
        yield batches


async def next_text(batches: AsyncIterator[wire.Batch]) -> str:
    (text,) = texts(await hear(batches, 1))
    return text


async def test_429_without_a_time(api: XApi, line: Line) -> None:
    """Tweepy asks 978 times in 0.7 s when X says 429 and no time. We ask once, and say when to come again."""
    connector = await line()
    api.instead += [lambda: problem(429, "Too Many Requests")] * 100
    async with listening(connector, None) as batches:
        with pytest.raises(errors.TryLater) as raised:
            await anext(batches)

    assert questions(api, ASKED_FOR_MENTIONS) == 1
    assert raised.value.after == timedelta(minutes=1)


@pytest.mark.parametrize("reset", ["", "0", "1", "-5", "soon", "9" * 30])
async def test_429_with_a_strange_time(api: XApi, line: Line, reset: str) -> None:
    """A time in the past, or none at all, is still a time to wait; one beyond X's quarter of an hour is not believed."""
    connector = await line()
    api.instead += [lambda: problem(429, "Too Many Requests", **{"x-rate-limit-reset": reset})] * 100
    with pytest.raises(errors.TryLater) as raised:
        await connector.send(words("x", "20~7", is_public=True, in_reply_to="20"))

    assert timedelta(seconds=1) <= raised.value.after <= timedelta(minutes=15)
    assert len(api.told) == 0


async def test_429_with_a_time(api: XApi, line: Line) -> None:
    """X's own header is obeyed."""
    connector = await line()
    reset = int(api.now().timestamp()) + 300
    api.instead.append(lambda: problem(429, "Too Many Requests", **{"x-rate-limit-reset": str(reset)}))
    with pytest.raises(errors.TryLater) as raised:
        await connector.send(words("x", f"dm:{ANN['id']}"))

    assert timedelta(seconds=290) < raised.value.after <= timedelta(seconds=302)


async def test_stream_that_is_closed_at_once(api: XApi, line: Line) -> None:
    """Tweepy connects 2,882 times in 1.5 s when X closes each stream cleanly. We wait longer each time."""
    connector = await line(mode="stream")
    for _ in range(100):
        api.stream_lines.put_nowait(None)
    async with streaming(connector) as batches:
        waiting = asyncio.create_task(hear(batches, 1))
        now = asyncio.get_running_loop().time
        await api.connects(1)
        began = now()
        await api.connects(3)
        took, connections = now() - began, api.connections
        waiting.cancel()
        await asyncio.gather(waiting, return_exceptions=True)

    assert connections == 3
    assert took >= 2.9  # one second, then two


async def test_bad_json_does_not_end_the_stream(api: XApi, line: Line) -> None:
    """Tweepy's stream ends for good on a line that is no JSON. Ours is kept as it came, and the stream goes on."""
    connector = await line(mode="stream")
    api.stream_lines.put_nowait(b"{not json")
    api.stream_lines.put_nowait(_told(api, "@LaBanque after"))
    async with streaming(connector) as batches:
        heard = await hear(batches, 2)

    assert [bad.raw for batch in heard for bad in batch.unreadable] == [b"{not json"]
    assert texts(heard) == ["@LaBanque after"]
    assert api.connections == 1


@pytest.mark.parametrize("bad", [{"data": {"id": 5}}, {"data": []}, [], {"data": {"id": "1", "text": "no author"}}])
async def test_what_cannot_be_translated_does_not_end_the_stream(api: XApi, line: Line, bad: Any) -> None:
    """An exception in a handler ends tweepy's stream for good. Here it concerns one line."""
    connector = await line(mode="stream")
    api.stream_lines.put_nowait(json.dumps(bad).encode())
    api.stream_lines.put_nowait(_told(api, "@LaBanque after"))
    async with streaming(connector) as batches:
        heard = await hear(batches, 2)

    assert texts(heard) == ["@LaBanque after"]
    assert api.connections == 1


async def test_long_lines(api: XApi, line: Line) -> None:
    """A line over 128 KiB ends tweepy's stream. Ours reads it."""
    connector = await line(mode="stream")
    api.stream_lines.put_nowait(_told(api, "@LaBanque long", padding="x" * 400_000))
    async with streaming(connector) as batches:
        assert await next_text(batches) == "@LaBanque long"

    assert api.connections == 1


async def test_endless_lines(api: XApi, line: Line) -> None:
    """A line that is too long to be one ends the connection, and the next one is opened."""
    connector = await line(mode="stream")
    api.stream_lines.put_nowait(b" " * 1_500_000)
    async with streaming(connector) as batches:
        waiting = asyncio.create_task(next_text(batches))
        await api.connects(2)
        api.stream_lines.put_nowait(_told(api, "@LaBanque after"))

        assert await waiting == "@LaBanque after"


async def test_rules_without_a_tag(api: XApi, line: Line) -> None:
    """A rule without a tag ends tweepy's stream. Others' rules are left alone; ours is set once, and changed with its setting."""
    api.rules = [{"id": "5", "value": "cats"}]
    vault = Forgetful()
    for rule in ("", "@LaBanque -is:retweet -is:quote"):
        connector = await line(vault=vault, mode="stream", stream_rule=rule)
        for text in ("@LaBanque one", "@LaBanque two"):
            async with streaming(connector) as batches:
                waiting = asyncio.create_task(next_text(batches))
                await api.connects(api.connections + 1)
                api.stream_lines.put_nowait(_told(api, text))

                assert await waiting == text

    assert [(one.get("tag"), one["value"]) for one in api.rules] == [
        (None, "cats"),
        ("comptoir", "@LaBanque -is:retweet -is:quote"),
    ]


async def test_stream_refused_for_good(api: XApi, line: Line) -> None:
    """What only a person can mend is said, and not tried without end."""
    api.stream_answer = lambda: problem(403, "client-forbidden")
    connector = await line(mode="stream")
    async with streaming(connector) as batches:
        with pytest.raises(errors.Refused, match="client-forbidden"):
            await hear(batches, 1)

    assert api.connections == 1


async def test_stream_is_let_go(api: XApi, line: Line) -> None:
    """Tweepy swallows a cancellation. When listening ends nothing of the stream is left."""
    before = asyncio.all_tasks()
    connector = await line(mode="stream")
    api.stream_lines.put_nowait(_told(api, "@LaBanque one"))
    async with streaming(connector) as batches:
        await next_text(batches)
    left = {task for task in asyncio.all_tasks() - before if "tweepy" in repr(task) or "stream of X" in repr(task)}

    assert left == set()


async def test_the_stream_ends_and_questions_go_on(api: XApi, line: Line) -> None:
    """Tweepy's stream closes whichever session it was given. What else we do does not depend on it."""
    connector = await line(mode="stream")
    api.stream_lines.put_nowait(_told(api, "@LaBanque one"))
    async with streaming(connector) as batches:
        await next_text(batches)
    receipt = await connector.send(words("still here", f"dm:{ANN['id']}"))

    assert receipt.external_id == f"dm:{api.written[0]['id']}"


async def test_a_dead_stream_loses_nothing(api: XApi, line: Line) -> None:
    """While the stream cannot be opened, what is said is found by asking."""
    api.stream_answer = lambda: problem(503, "over capacity")
    api.post("@LaBanque anybody?")
    connector = await line(mode="stream")
    async with streaming(connector) as batches:
        assert await next_text(batches) == "@LaBanque anybody?"


@pytest.mark.parametrize("status", [500, 502, 503, 504])
async def test_error_pages(api: XApi, line: Line, status: int) -> None:
    """Tweepy takes an error page for JSON and falls. Asked, we come again; sending, we do not know."""
    connector = await line()
    api.instead += [lambda: web.Response(text=HTML, status=status, content_type="text/html")] * 2
    async with listening(connector, None) as batches:
        with pytest.raises(errors.TryLater):
            await anext(batches)
    with pytest.raises(errors.Uncertain):
        await connector.send(words("x", f"dm:{ANN['id']}"))


async def test_credits_are_spent(api: XApi, line: Line) -> None:
    """402 is no defect: it says what to buy, and nothing was sent."""
    connector = await line()
    api.instead.append(lambda: problem(402, "credits depleted"))
    with pytest.raises(errors.TryLater, match="credits"):
        await connector.send(words("x", f"dm:{ANN['id']}"))


@pytest.mark.parametrize("told", ["[]", "3", "null", '"text"', '{"data": 3}', '{"data": {}}', '{"data": {"id": 7}}'])
async def test_strange_answers(api: XApi, line: Line, told: str) -> None:
    """An answer in a shape that X never documented leaves us uncertain, not broken."""
    connector = await line()
    api.instead.append(lambda: web.Response(text=told, content_type="application/json"))
    with pytest.raises(errors.Uncertain):
        await connector.send(words("x", f"dm:{ANN['id']}"))


async def test_nobody_asks_who_we_are_again(api: XApi, line: Line) -> None:
    """Some of tweepy's calls ask who we are and swap the token meanwhile. Ours run side by side and do not."""
    connector = await line()
    sendings = [connector.send(words(f"n° {number}", f"dm:{ANN['id']}", key=str(number))) for number in range(20)]
    receipts = await asyncio.gather(*sendings)

    assert questions(api, "users/me") == 1
    assert len({receipt.external_id for receipt in receipts}) == 20


async def test_problems_without_messages(api: XApi, line: Line) -> None:
    """A friendly number over nothing but problems is no empty page: the cursor would pass what was not shown."""
    connector = await line()
    api.instead.append(lambda: web.json_response({"errors": [{"title": "Unauthorized", "detail": "x"}]}))
    async with listening(connector, None) as batches:
        with pytest.raises(errors.TryLater):
            await anext(batches)


async def test_data_beside_problems(api: XApi, line: Line) -> None:
    """Where X could not show all that belongs to a post, the post is read all the same."""
    told = api.post("@LaBanque beside")
    api.posts.clear()
    problems = [{"title": "Not Found Error", "detail": "Could not find tweet"}]
    connector = await line()
    api.instead.append(lambda: web.json_response({"data": [told], "errors": problems, "meta": {"result_count": 1}}))
    async with listening(connector, None) as batches:
        assert await next_text(batches) == "@LaBanque beside"


def _told(api: XApi, text: str, **more: Any) -> bytes:
    return line(post(api, text, created_at=stamp(api.now()), **more))
