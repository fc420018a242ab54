"""An account on Threads: what is heard, how long a conversation stays one, what may be done, and that the token is renewed."""

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from bot import errors, wire
from bot.clock import HeldClock
from bot.connectors import registry
from bot.connectors.base import Forgetful
from tests.connectors.far_side import hear, listening, opened
from tests.connectors.meta.damage import damaged
from tests.connectors.meta.far import request
from tests.connectors.threads.far import ROOT, Threads, news, reply

AT = datetime(2026, 3, 2, 9, tzinfo=UTC)


def brought(far: Threads, told: dict[str, Any]) -> wire.Batch:
    return far.connect().accept(request(json.dumps(told).encode())).batch


def test_a_conversation_stays_one(far: Threads) -> None:
    """However deep the replies go, what one person says under one post is one conversation; another's is another."""
    told = [
        reply("un", 1),
        reply("deux", 2, replied_to={"id": "891"}),
        reply("moi aussi", 3, username="bob", replied_to={"id": "801"}),
    ]
    found = [brought(far, news("replies", **each)).messages[0] for each in told]

    assert [one.conversation_id for one in found] == [f"{ROOT}:annlee", f"{ROOT}:annlee", f"{ROOT}:bob"]
    assert [one.in_reply_to for one in found] == [ROOT, "891", "801"]
    assert (found[0].author, found[0].is_public) == (wire.Person("annlee", username="annlee"), True)


def test_mention(far: Threads) -> None:
    """A mention begins a conversation under the post in which it stands; its picture is noted."""
    told = {"id": "55", "username": "bob", "text": "@banque", "timestamp": "2026-03-02T09:00:00+0000"}
    (found,) = brought(
        far, news("mentions", **told, media_type="IMAGE", media_url="https://scontent.example/1")
    ).messages

    assert (found.conversation_id, found.traits["kind"]) == ("55:bob", "mention")
    assert [(file.kind, file.url) for file in found.attachments] == [("image", "https://scontent.example/1")]


def test_ourselves(far: Threads) -> None:
    """What we said ourselves, told apart by our name, is no utterance of a contact's; nor that we published or deleted it."""
    ours = [news("replies", **reply("ours", username="Banque")), news("publish", id="1"), news("delete", id="1")]

    assert [brought(far, told) for told in ours] == [wire.Batch()] * 3


def test_several_at_once(far: Threads) -> None:
    """News may come as a list; a bad one among them is kept by itself, and is read when it can be."""
    told = news("replies") | {
        "values": [{"field": "replies", "value": reply("un")}, {"field": "replies", "value": {"id": 3}}]
    }
    batch = brought(far, told)
    (kept,) = batch.unreadable

    assert [one.text for one in batch.messages] == ["un"]
    with pytest.raises(errors.Invalid):
        far.connect().reread(kept.raw)
    mended = json.loads(kept.raw)
    mended["entry"][0]["values"][0]["value"] = reply("deux")
    assert far.connect().reread(json.dumps(mended).encode()).messages[0].text == "deux"


def test_damage(far: Threads) -> None:
    """Whatever is missing, odd or unknown, it is taken, kept, or refused as no envelope; nothing else happens."""
    connector, tried, kept = far.connect(), 0, 0
    for broken in damaged(news("replies", **reply("x"))):
        tried += 1
        try:
            kept += len(connector.accept(request(json.dumps(broken).encode())).batch.unreadable)
        except errors.Invalid:
            continue

    assert tried > 250
    assert kept > tried / 4


async def test_mentions_are_looked_for(far: Threads) -> None:
    """A look finds replies and mentions, under the ids that the webhook would give them."""
    await far.say("a reply")
    far.mentions.append(reply("a mention", 5, username="bob", root_post={"id": "66"}))
    async with opened(far) as connector, listening(connector, None) as batches:
        (batch,) = await hear(batches, 2)

    assert {one.external_id: one.conversation_id for one in batch.messages} == {
        "801": f"{ROOT}:annlee",
        "805": "66:bob",
    }


async def test_lost_before_anybody_saw_it(far: Threads) -> None:
    """When the answer to the making is lost, nothing is published, and the same may be tried again."""
    far.api.spared.clear()
    far.api.answers_lost = 1
    async with opened(far) as connector:
        with pytest.raises(errors.TryLater):
            await connector.send(far.outbound("once"))
        await connector.send(far.outbound("once"))

    assert [body["text"] for body in far.published] == ["once"]


async def test_deeds(far: Threads) -> None:
    """A reply under our post is hidden and shown again; our own words are deleted; nothing else is known."""
    async with opened(far) as connector:
        for act in ("hide", "unhide", "delete"):
            await connector.act(wire.Deed(act, "801", f"{ROOT}:annlee"))
        with pytest.raises(errors.Refused):
            await connector.act(wire.Deed("like", "801", f"{ROOT}:annlee"))

    assert far.done == [
        ("POST", "801/manage_reply", {"hide": True}),
        ("POST", "801/manage_reply", {"hide": False}),
        ("DELETE", "801", {}),
    ]


def test_what_may_be_done(far: Threads) -> None:
    """Hiding is for our own posts only, and the reason is told in both languages."""
    here, there = (
        far.connect().capabilities(wire.Spot("x", is_public=True, at=AT, message_id="801", traits={"kind": kind})).acts
        for kind in ("reply", "mention")
    )

    assert (here["hide"].is_allowed, there["hide"].is_allowed) == (True, False)
    assert there["hide"].why_not in registry.networks()["threads"].sentences


def test_length(far: Threads) -> None:
    """An emoji is as long as its bytes, and a letter with an accent is one."""
    assert far.connect().count("é\N{WAVING HAND SIGN}") == 5


async def test_the_token_is_renewed(far: Threads) -> None:
    """Twenty days on the token is renewed and kept before it is used, so that a restart goes on with the new one."""
    clock, vault = HeldClock(AT), Forgetful()
    far.renewed = "THAAtheNEWone"
    account = replace(far.account(), vault=vault)
    connector = registry.connect(account, clock)
    await connector.open()
    await far.say("before")
    async with listening(connector, None) as batches:
        cursor = (await hear(batches, 1))[0].cursor
    clock.advance(timedelta(days=20))
    async with listening(connector, cursor) as batches:
        await far.say("after")
        await hear(batches, 1)
    await connector.close()
    restarted = registry.connect(account, clock)
    await restarted.open()
    receipt = await restarted.send(far.outbound("still here"))
    await restarted.close()

    assert far.api.token == far.renewed
    assert far.renewed in await vault.read("token")
    assert receipt.external_id == "891"


async def test_another_token_in_the_settings(far: Threads) -> None:
    """Whoever puts another token into the settings is heard: what was renewed belonged to the old one."""
    vault = Forgetful()
    await vault.write("token", '{"origin":"of-another","token":"old","renewed_at":"2026-03-01T00:00:00Z"}')
    connector = registry.connect(replace(far.account(), vault=vault), HeldClock(AT))
    await connector.open()
    health = await connector.probe()
    await connector.close()

    assert health.state is wire.Health.CONNECTED
