"""All that the connector asks of X, judged by X's own published description; and X's payloads, read by X's own client."""

import json
import pathlib
import re
from collections.abc import AsyncIterator
from contextlib import suppress
from datetime import datetime
from typing import Any

import aiohttp
import msgspec
import pytest
from aiohttp import web
from xdk import schemas  # type: ignore[import-untyped]

from bot import clock, errors, wire
from bot.connectors import registry
from bot.connectors.base import Fetches
from bot.connectors.x.fields import Ourselves
from bot.connectors.x.reader import Reader
from tests.connectors.far_side import hear, listening
from tests.connectors.x.far import account, words
from tests.connectors.x.x_api import ANN, US, XApi
from tests.peers import installing, prism

SPEC = "x-api-openapi-2.167.json"
PAYLOADS = pathlib.Path(__file__).parent / "payloads"


class Judged(XApi):
    """An X that shows each request to Prism before it answers. `judged` is what Prism said of each."""

    def __init__(self, judge: str) -> None:
        super().__init__(clock.now)
        self.judge = judge
        self.judged: list[tuple[str, str]] = []

    async def _answer(self, request: web.Request) -> web.StreamResponse:
        await self._show(request)
        return await super()._answer(request)

    async def _stream(self, request: web.Request) -> web.StreamResponse:
        await self._show(request)
        return await super()._stream(request)

    async def _show(self, request: web.Request) -> None:
        body = await request.read()
        names = ("authorization", "content-type")
        headers = {name: request.headers[name] for name in names if name in request.headers}
        async with (
            aiohttp.ClientSession() as session,
            session.request(request.method, self.judge + request.path_qs, headers=headers, data=body or None) as answer,
        ):
            self.judged.append((f"{request.method} {request.path}", _fault(answer.status, await answer.text())))


def _fault(status: int, said: str) -> str:
    """What is wrong with our request; empty when it is well. Not all answers that Prism makes up keep to the description."""
    found = json.loads(said).get("validation", []) if status == 500 else []
    is_about_answer = bool(found) and all(one["location"][0] == "response" for one in found)
    return "" if status < 400 or is_about_answer else f"{status} {said[:300]}"


@pytest.fixture
async def judged() -> AsyncIterator[Judged]:
    try:
        async with prism.running(prism.description(SPEC)) as judge:
            server = Judged(judge)
            await server.start()
            yield server
            await server.stop()
    except installing.NoPeer as why:
        pytest.skip(f"X's description cannot be served here: {why}")


@pytest.mark.slow
async def test_every_request(judged: Judged) -> None:
    """Hearing in every way, answering in public and private, hiding, deleting, looking: X's description allows each request.

    Before that, it is seen that the judge judges.
    """
    assert await _forbidden(judged.judge) == [422, 422, 422]
    for mode in ("poll", "stream", "activity", "webhook"):
        await _hear_and_answer(judged, mode)

    assert [one for one in judged.judged if one[1]] == []
    assert {_named(one[0]) for one in judged.judged} >= {
        "GET /2/users/me",
        "GET /2/users/us/mentions",
        "GET /2/dm_events",
        "GET /2/tweets/search/stream",
        "GET /2/tweets/search/stream/rules",
        "POST /2/tweets/search/stream/rules",
        "GET /2/webhooks",
        "POST /2/webhooks",
        "GET /2/activity/stream",
        "GET /2/activity/subscriptions",
        "POST /2/activity/subscriptions",
        "POST /2/tweets",
        "POST /2/dm_conversations/with/ann/messages",
        "POST /2/dm_conversations/30/messages",
        "PUT /2/tweets/20/hidden",
        "DELETE /2/tweets/20",
        "POST /2/media/upload/initialize",
        "POST /2/media/upload/number/append",
        "POST /2/media/upload/number/finalize",
        "GET /2/media/upload",
        "POST /2/media/metadata",
        "GET /2/dm_conversations/media/1/2/a.jpg",
        "GET /2/users/us/tweets",
        "GET /2/dm_conversations/with/ann/dm_events",
    }


def _named(asked: str) -> str:
    """A request, without the numbers that are others each time."""
    return re.sub("upload/[0-9]+", "upload/number", asked.replace(US["id"], "us").replace(ANN["id"], "ann"))


async def _hear_and_answer(judged: Judged, mode: str) -> None:
    judged.refresh_token = "refresh-token-0"
    before = judged.connections
    connector = registry.connect(account(judged, None, mode=mode), clock.now)
    await connector.open()
    said = judged.post(f"@LaBanque {mode}")
    judged.dm(mode)
    async with listening(connector, None) as batches:
        heard = await hear(batches, 2)
        if mode in {"stream", "activity"}:
            await judged.connects(before + 1)
    async with listening(connector, heard[-1].cursor) as batches:
        judged.post("@LaBanque again")
        await hear(batches, 1)
    public = words("Bonjour", f"{said['id']}~{ANN['id']}", is_public=True, in_reply_to=said["id"])
    private = words("Bonjour", f"dm:{ANN['id']}")
    picture = (wire.Enclosure("a.png", "image/png", b"drawn", "all white", 60, 40),)
    for message in (public, private, words("à tous", "dm:g30")):
        await connector.send(message)
        await connector.send(msgspec.structs.replace(message, files=picture))
    for message in (public, private):
        with suppress(errors.Uncertain):
            await connector.find(message)
    judged.uploads.states += ["pending", "succeeded"]
    await connector.send(msgspec.structs.replace(public, files=picture))
    assert isinstance(connector, Fetches)
    judged.uploads.private["1/2/a.jpg"] = b"a photo"
    await connector.fetch(wire.Attachment("3_1", "photo", url="https://ton.twitter.com/1.1/ton/data/dm/1/2/a.jpg"))
    for act in ("hide", "unhide", "delete"):
        await connector.act(wire.Deed(act, "20", public.conversation_id))
    await connector.close()


async def _forbidden(judge: str) -> list[int]:
    """With what the judge answers requests that X's description forbids."""
    async with aiohttp.ClientSession(headers={"authorization": "Bearer x"}) as session:
        answers = [
            await session.post(f"{judge}/2/tweets", json={"text": "x", "reply": {"in_reply_to_tweet_id": 20}}),
            await session.get(f"{judge}/2/users/20/mentions?max_results=1000"),
            await session.put(f"{judge}/2/tweets/20/hidden", json={}),
        ]
    return [answer.status for answer in answers]


def _posts() -> list[Any]:
    found = []
    for file in sorted(PAYLOADS.glob("*.json")):
        told = json.loads(file.read_text("utf-8"))
        data = told["data"]
        if isinstance(data, list):
            found += [(one, told["includes"]) for one in data if "author_id" in one]
        elif "author_id" in data:
            found.append((data, told["includes"]))
        elif data["event_type"].startswith("post.") and data["event_type"] != "post.delete":
            found.append((data["payload"], data["includes"]))
    return found


@pytest.mark.parametrize(("post", "includes"), _posts())
def test_posts_by_another_reader(post: dict[str, Any], includes: dict[str, Any]) -> None:
    """X's own client reads the same number, author, thread, time and people out of each post as we do."""
    theirs = schemas.Post.model_validate(post)
    people = {one["id"]: schemas.User.model_validate(one) for one in includes["users"]}
    batch = Reader(Ourselves(US["id"], US["username"]), clock.now).listed("post", [post], includes)
    for ours in batch.messages:
        assert (ours.version or ours.external_id) == theirs.id
        assert ours.author.external_id == theirs.author_id
        assert ours.sent_at == datetime.fromisoformat(theirs.created_at)
        assert ours.conversation_id.partition("~")[0] in {theirs.conversation_id, ours.external_id}
        if ours.author.name:
            assert ours.author.username == people[theirs.author_id].username

    assert batch.unreadable == ()


def test_direct_messages_by_another_reader() -> None:
    """X's own client reads the same out of a page of direct messages as we do."""
    told = json.loads((PAYLOADS / "dm_page.json").read_text("utf-8"))
    theirs = [schemas.DmEvent.model_validate(one) for one in told["data"]]
    ours = Reader(Ourselves(US["id"]), clock.now).listed("dm", told["data"], told["includes"]).messages
    said = [one for one in theirs if one.event_type == "MessageCreate"]

    assert [one.external_id for one in ours] == [f"dm:{one.id}" for one in said]
    assert [one.author.external_id for one in ours] == [one.sender_id for one in said]
    assert [one.sent_at for one in ours] == [datetime.fromisoformat(one.created_at) for one in said]
    assert [one.text for one in ours] == [one.text.replace("&lt;", "<").replace("&gt;", ">") for one in said]


@pytest.mark.parametrize("file", sorted(PAYLOADS.glob("event_*.json")), ids=lambda file: file.stem)
def test_events_by_another_reader(file: pathlib.Path) -> None:
    """X's own client finds an event of its Activity API in each of our examples."""
    told = json.loads(file.read_text("utf-8"))
    theirs = schemas.ActivityStreamResponse.model_validate(told)

    assert theirs.data.event_type == told["data"]["event_type"]
    assert theirs.data.event_uuid == told["data"]["event_uuid"]
