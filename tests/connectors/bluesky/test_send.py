"""What goes out to Bluesky: posts under their root, once, and deeds; each held to the SDK's own models."""

from datetime import UTC, datetime
from typing import Any

import pytest
from atproto import models  # type: ignore[import-untyped]
from atproto_client.models.string_formats import TID_RE  # type: ignore[import-untyped]
from atproto_client.models.utils import get_or_create  # type: ignore[import-untyped]

from bot import errors, wire
from bot.clock import HeldClock
from bot.connectors.bluesky import send
from tests.connectors.bluesky.far import PLACE, ROOT, Bluesky, Line, profile, words
from tests.connectors.bluesky.xrpc import ANN, BRAND, POST, Xrpc, failed, version

NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)
GATE = f"at://{BRAND['did']}/app.bsky.feed.threadgate/3kroot"


@pytest.fixture
def far(api: Xrpc) -> Bluesky:
    """The network with a post of ours in it."""
    return Bluesky(api)


def by_the_sdk(method: str, known: dict[str, Any]) -> Any:
    """What we said, as the SDK's strict model of it."""
    model = getattr(models, "".join(part[0].upper() + part[1:] for part in method.split("."))).Data
    return get_or_create(known, model)


async def test_reply(far: Bluesky, line: Line) -> None:
    """A reply names what it answers and its thread's root, each with the hash of what it says now; links and names are marked."""
    connector = await line(HeldClock(NOW))
    comment = await far.say("bonjour ?")
    text = f"Oui, @{ANN['handle']}. Voir https://a.example/é ; @nobody.example non."
    receipt = await connector.send(words(text, in_reply_to=comment, to=profile()))
    (known,) = far.api.calls("com.atproto.repo.putRecord")
    record = by_the_sdk("com.atproto.repo.putRecord", known).record

    assert isinstance(record, models.AppBskyFeedPost.Record)
    assert (record.text, record.created_at) == (text, "2026-03-02T09:00:00.000Z")
    assert (record.reply.root.uri, record.reply.root.cid) == (ROOT, "bafyroot")
    assert (record.reply.parent.uri, record.reply.parent.cid) == (comment, version(far.api.records[comment]))
    assert [facet.features[0].py_type for facet in record.facets] == [
        "app.bsky.richtext.facet#mention",
        "app.bsky.richtext.facet#link",
    ]
    assert receipt == wire.Receipt(
        known_uri(known), NOW, f"https://bsky.app/profile/{BRAND['did']}/post/{known['rkey']}"
    )


def known_uri(known: dict[str, Any]) -> str:
    return f"at://{known['repo']}/{known['collection']}/{known['rkey']}"


async def test_never_written_over(far: Bluesky, line: Line) -> None:
    """The same key again finds what is there, and does not write over it, though the time is another."""
    clock = HeldClock(NOW)
    connector = await line(clock)
    first = await connector.send(words("une fois"))
    there = dict(far.api.records[first.external_id])
    clock.advance(send_later)
    again = await connector.send(words("une fois"))

    assert again == first
    assert far.api.records[first.external_id] == there
    assert [known["swapRecord"] for known in far.api.calls("com.atproto.repo.putRecord")] == [None, None]


send_later = datetime(2026, 3, 2, 10, tzinfo=UTC) - NOW


async def test_find(far: Bluesky, line: Line) -> None:
    """What was never sent is surely not there; what was sent is, although its answer was lost."""
    connector = await line()
    before = await connector.find(words("une fois"))
    far.api.answers_lost = 1
    with pytest.raises(errors.Uncertain):
        await connector.send(words("une fois"))
    found = await connector.find(words("une fois"))

    assert before is None
    assert [found.external_id if found else ""] == [taken.external_id for taken in far.taken()]


def time_of(name: str) -> datetime:
    """The time that the network reads off a record's name."""
    figure = 0
    for letter in name:
        figure = figure * 32 + "234567abcdefghijklmnopqrstuvwxyz".index(letter)
    return datetime.fromtimestamp((figure >> 10) / 1_000_000, UTC)


def test_record_name() -> None:
    """A record's name is one that the network knows as a time in the past, and another for each key."""
    names = {send.record_name(f"key {number}") for number in range(2000)}

    assert len(names) == 2000
    assert all(TID_RE.match(name) for name in names)
    assert all(datetime(2024, 1, 1, tzinfo=UTC) <= time_of(name) < datetime(2025, 2, 12, tzinfo=UTC) for name in names)
    assert send.record_name("key 1") == send.record_name("key 1")


@pytest.mark.parametrize(
    "place", ["", "convo1", "at://x", f"at://{BRAND['did']}/app.bsky.feed.like/3k", "https://bsky.app/x"]
)
async def test_no_post(far: Bluesky, line: Line, place: str) -> None:
    """What is no post cannot be answered, and nobody is asked."""
    connector = await line()
    with pytest.raises(errors.Refused):
        await connector.send(words("?", conversation_id=place))

    assert far.api.calls("app.bsky.feed.getPosts") == []


async def test_gone(far: Bluesky, line: Line) -> None:
    """A post that is gone, hidden from us, or closed for answers is not answered, and the sentence says why."""
    connector = await line()
    gone = await far.say("regretted")
    closed = await far.say("for friends")
    far.api.delete(gone)
    far.api.closed.add(closed)
    with pytest.raises(errors.Refused, match="gone"):
        await connector.send(words("?", in_reply_to=gone))
    with pytest.raises(errors.Refused, match="does not let us answer"):
        await connector.send(words("?", in_reply_to=closed))

    assert far.taken() == []


@pytest.mark.parametrize("text", ["\ud83d", "é" * 301, "👨‍👩‍👧‍👦" * 121])
async def test_unfit(far: Bluesky, line: Line, text: str) -> None:
    """What the network would not take never leaves."""
    connector = await line()
    asked = len(far.api.asked)
    with pytest.raises(errors.Refused):
        await connector.send(words(text))

    assert len(far.api.asked) == asked


async def test_like(far: Bluesky, line: Line) -> None:
    """A like is one however often it is said, and can be taken back, also one that was given elsewhere."""
    connector = await line()
    comment = await far.say("merci")
    for act in ("like", "like"):
        await connector.act(wire.Deed(act, comment, ROOT))
    (known,) = far.api.calls("com.atproto.repo.putRecord")
    liked = by_the_sdk("com.atproto.repo.putRecord", known).record
    for act in ("unlike", "unlike"):
        await connector.act(wire.Deed(act, comment, ROOT))
    elsewhere = f"at://{BRAND['did']}/app.bsky.feed.like/3kelsewhere"
    far.api.records[elsewhere] = {"subject": {"uri": comment}}
    await connector.act(wire.Deed("unlike", comment, ROOT))

    assert isinstance(liked, models.AppBskyFeedLike.Record)
    assert (liked.subject.uri, liked.subject.cid) == (comment, version(far.api.records[comment]))
    assert [uri for uri in far.api.records if "like" in uri] == []


async def test_hide(far: Bluesky, line: Line) -> None:
    """A reply under our post is hidden and shown again; whatever else the thread's gate says is left as it is."""
    connector = await line()
    one, two = await far.say("un"), await far.say("deux")
    far.api.records[GATE] = {
        "$type": "app.bsky.feed.threadgate",
        "post": ROOT,
        "allow": [],
        "createdAt": "2026-01-01T00:00:00Z",
    }
    for uri in (one, two, two):
        await connector.act(wire.Deed("hide", uri, PLACE))
    both = far.api.records[GATE]
    await connector.act(wire.Deed("unhide", one, ROOT))
    gate = by_the_sdk("com.atproto.repo.putRecord", far.api.calls("com.atproto.repo.putRecord")[-1]).record

    assert both["hiddenReplies"] == [one, two]
    assert isinstance(gate, models.AppBskyFeedThreadgate.Record)
    assert (gate.hidden_replies, gate.allow, gate.created_at) == ([two], [], "2026-01-01T00:00:00Z")


async def test_hide_elsewhere(far: Bluesky, line: Line) -> None:
    """In a thread that somebody else began nothing can be hidden, and the agent is told why."""
    connector = await line()
    theirs = far.api.say("mon fil")
    spot = wire.Spot(theirs, is_public=True, at=NOW, message_id=theirs)
    with pytest.raises(errors.Refused):
        await connector.act(wire.Deed("hide", theirs, theirs))

    assert connector.capabilities(spot).acts["hide"] == wire.Permission(is_allowed=False, why_not="not_our_thread")
    assert connector.capabilities(wire.Spot(PLACE, is_public=True, at=NOW)).acts["hide"].is_allowed
    assert {"no_chat", "not_our_thread"} <= set(connector.manifest.sentences)


async def test_delete(far: Bluesky, line: Line) -> None:
    """Our own post can be deleted, twice without harm; somebody else's cannot."""
    connector = await line()
    ours = (await connector.send(words("trop vite"))).external_id
    theirs = await far.say("à moi")
    for _ in range(2):
        await connector.act(wire.Deed("delete", ours, ROOT))
    with pytest.raises(errors.Refused):
        await connector.act(wire.Deed("delete", theirs, ROOT))

    assert ours not in far.api.records
    assert theirs in far.api.records


@pytest.mark.parametrize("act", ["edit", "pin", ""])
async def test_unknown_deed(far: Bluesky, line: Line, act: str) -> None:
    """What Bluesky does not know is refused, and not offered."""
    connector = await line()
    with pytest.raises(errors.Refused):
        await connector.act(wire.Deed(act, ROOT, ROOT, "autrement"))

    assert act not in connector.capabilities(wire.Spot(ROOT, is_public=True, at=NOW)).acts
    assert connector.capabilities(wire.Spot("convo1", is_public=False, at=NOW)).acts == {}


async def test_deed_lost(far: Bluesky, line: Line) -> None:
    """A deed whose answer was lost is done again without harm: so it is only late."""
    connector = await line()
    comment = await far.say("merci")
    far.api.answers_lost = 1
    with pytest.raises(errors.TryLater):
        await connector.act(wire.Deed("like", comment, ROOT))
    await connector.act(wire.Deed("like", comment, ROOT))

    assert len([uri for uri in far.api.records if "like" in uri]) == 1


@pytest.mark.parametrize(
    ("answer", "remedy"),
    [
        (failed(500, "InternalServerError"), errors.Uncertain),
        (failed(503, "NotEnoughResources"), errors.Uncertain),
        (failed(403, "Forbidden"), errors.Refused),
        (failed(413, "PayloadTooLarge"), errors.Refused),
        (failed(400, "AccountTakedown"), errors.Reauthorize),
        (failed(302, "", Location="http://elsewhere.example"), errors.Uncertain),
    ],
)
async def test_answers(far: Bluesky, line: Line, answer: Any, remedy: type[errors.ComptoirError]) -> None:
    """Each answer has its remedy; a redirection is not followed."""
    connector = await line()
    far.api.instead.append(answer)
    with pytest.raises(remedy):
        await connector.send(words("bonjour"))

    assert far.taken() == []


def test_post_collection() -> None:
    """Posts stand where the SDK says that posts stand."""
    assert models.ids.AppBskyFeedPost == send.POST == POST
