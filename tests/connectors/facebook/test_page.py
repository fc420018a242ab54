"""A Page in public: what is heard of it, what may be done with it, and until when."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from bot import errors, wire
from bot.connectors import registry
from tests.connectors.facebook.far import POST, SAID_AT, US, Facebook, change, comment
from tests.connectors.far_side import hear, listening, opened
from tests.connectors.meta.damage import damaged
from tests.connectors.meta.far import request
from tests.connectors.meta.private import ANN, said

HEARD = datetime(2026, 3, 2, 9, tzinfo=UTC)


def brought(far: Facebook, told: dict[str, Any], **options: str) -> wire.Batch:
    return far.connect(**options).accept(request(json.dumps(told).encode())).batch


def one(far: Facebook, told: dict[str, Any]) -> wire.InboundMessage:
    (found,) = brought(far, told).messages
    return found


def test_comment(far: Facebook) -> None:
    """A comment begins a conversation of its own, in public; a reply to it goes on in the same."""
    first = one(far, comment("Bonjour"))
    second = one(far, comment("Moi aussi", number=2, parent_id="500_1", photo="https://scontent.example/2.jpg"))

    assert (first.external_id, first.conversation_id, first.in_reply_to) == ("500_1", "500_1", "")
    assert (second.external_id, second.conversation_id, second.in_reply_to) == ("500_2", "500_1", "500_1")
    assert (first.author, first.is_public, first.traits) == (
        wire.Person("7001", name="Ann Lee"),
        True,
        {"kind": "comment"},
    )
    assert [file.kind for file in second.attachments] == ["photo"]


def test_post_and_mention(far: Facebook) -> None:
    """What a visitor writes on the Page, and where somebody names it, are conversations of their own."""
    post = one(far, change(item="status", post_id=f"{US}_501", message="Personne ne répond"))
    mention = one(far, change("mention", item="post", post_id="9_502", message="Voyez @Banque"))

    assert [(each.conversation_id, each.traits["kind"]) for each in (post, mention)] == [
        (f"{US}_501", "post"),
        ("9_502", "mention"),
    ]


def test_edit_and_removal(far: Facebook) -> None:
    """An edit and a removal bear the id of what they change; two edits are two."""
    edits = [
        one(far, change(at=SAID_AT + later, item="comment", comment_id="500_1", message="deux", verb="edited"))
        for later in (1, 2)
    ]
    gone = one(far, change(item="comment", comment_id="500_1", verb="remove"))

    assert [(edit.external_id, edit.act, edit.text) for edit in edits] == [("500_1", wire.Act.EDITED, "deux")] * 2
    assert len({edit.version for edit in edits}) == 2
    assert (gone.external_id, gone.act) == ("500_1", wire.Act.DELETED)


def test_nothing_said(far: Facebook) -> None:
    """Our own words, told apart by our number, and reactions, hiding and follows are no utterances of a contact's."""
    quiet = [
        comment("ours", **{"from": {"id": US, "name": "Banque"}}),
        change(item="reaction"),
        comment("x", verb="hide"),
    ]

    assert [brought(far, told) for told in quiet] == [wire.Batch()] * 3


def test_another_page(far: Facebook) -> None:
    """What is for another Page is not taken for ours, and not lost."""
    batch = brought(far, change(us="2", item="comment", comment_id="5_1", message="x"))

    assert batch.messages == ()
    assert "another Page" in batch.unreadable[0].reason


@pytest.mark.parametrize(("messages", "heard"), [("yes", 1), ("no", 0)])
def test_private_messages(far: Facebook, messages: str, heard: int) -> None:
    """An app has one webhook for all of a Page: its private messages are heard here, unless they have a channel of their own."""
    batch = brought(far, far.envelope(said(US, 1, "en privé")), messages=messages)

    assert (len(batch.messages), len(batch.unreadable)) == (heard, 1 - heard)


def test_damage(far: Facebook) -> None:
    """Whatever is missing, odd or unknown in a change, it is taken, kept, or refused as no envelope; nothing else happens."""
    connector, tried, kept = far.connect(), 0, 0
    for told in (comment("x", photo="https://a.example"), change("mention", item="post", message="x")):
        for broken in damaged(told):
            tried += 1
            try:
                kept += len(connector.accept(request(json.dumps(broken).encode())).batch.unreadable)
            except errors.Invalid:
                continue

    assert tried > 350
    assert kept > tried / 4


async def test_found_and_brought_is_the_same(far: Facebook) -> None:
    """A comment bears one id and stands in one conversation, whether the webhook brings it or a look finds it."""
    await far.say("once")
    async with opened(far) as connector, listening(connector, None) as batches:
        (found,) = (await hear(batches, 1))[0].messages
    brought_one = one(far, comment("once"))

    assert (found.external_id, found.conversation_id) == (brought_one.external_id, brought_one.conversation_id)
    assert found.permalink == "https://facebook.example/500"


def spot(kind: str, after: timedelta = timedelta()) -> wire.Spot:
    at = HEARD + after
    return wire.Spot("500_1", is_public=True, at=at, message_id="500_1", heard_at=HEARD, traits={"kind": kind})


def test_what_may_be_done(far: Facebook) -> None:
    """On our Page: one private reply within a week, hiding, liking; elsewhere neither hiding nor a private reply."""
    connector = far.connect()
    here, late, elsewhere = (
        connector.capabilities(each).acts
        for each in (spot("comment"), spot("comment", timedelta(days=7)), spot("mention"))
    )
    sentences = registry.networks()["facebook"].sentences

    assert here["private_reply"] == wire.Permission(until=HEARD + timedelta(days=7))
    assert (late["private_reply"].is_allowed, elsewhere["private_reply"].is_allowed) == (False, False)
    assert [each["hide"].is_allowed for each in (here, late, elsewhere)] == [True, True, False]
    assert {late["private_reply"].why_not, elsewhere["hide"].why_not} <= sentences.keys()


@pytest.mark.parametrize(
    ("act", "asked"),
    [
        ("hide", ("POST", "500_1", {"is_hidden": True})),
        ("unhide", ("POST", "500_1", {"is_hidden": False})),
        ("like", ("POST", "500_1/likes", {})),
        ("unlike", ("DELETE", "500_1/likes", {})),
        ("edit", ("POST", "500_1", {"message": "mieux"})),
        ("delete", ("DELETE", "500_1", {})),
    ],
)
async def test_deeds(far: Facebook, act: str, asked: tuple[str, str, dict[str, Any]]) -> None:
    """Each deed is one request."""
    async with opened(far) as connector:
        await connector.act(wire.Deed(act, "500_1", "500_1", text="mieux"))

    assert far.done == [asked]


@pytest.mark.parametrize(("message_id", "act"), [("500_1", "sing"), ("m_1", "hide")])
async def test_deeds_that_are_none(far: Facebook, message_id: str, act: str) -> None:
    """What Facebook does not know is refused; and a private message can be neither hidden nor liked."""
    async with opened(far) as connector:
        with pytest.raises(errors.Refused):
            await connector.act(wire.Deed(act, message_id, "500_1"))

    assert far.done == []


@pytest.mark.parametrize(("answered", "kind"), [("500_1", "comment_id"), (f"{US}_501", "post_id")])
async def test_private_reply(far: Facebook, answered: str, kind: str) -> None:
    """A private answer to public words goes to whoever wrote them, and its receipt names the conversation that it began."""
    words = wire.OutboundMessage("k", answered, "En privé", is_public=False, in_reply_to=answered)
    async with opened(far) as connector:
        receipt = await connector.send(words)

    assert far.sent == [{"recipient": {kind: answered}, "message": {"text": "En privé"}}]
    assert (receipt.external_id, receipt.conversation_id) == ("m_out1", ANN)


async def test_answer_to_a_reply(far: Facebook) -> None:
    """An answer in public goes under what it answers, or under the conversation's first words."""
    async with opened(far) as connector:
        await connector.send(wire.OutboundMessage("k", "500_1", "un", is_public=True, in_reply_to="500_2"))
        await connector.send(wire.OutboundMessage("k", POST, "deux", is_public=True))

    assert far.commented == [("500_2", "un"), (POST, "deux")]


async def test_pictures_under_a_comment(far: Facebook) -> None:
    """In public a comment holds one picture, with its words; the one private answer to it holds none."""
    picture = wire.Enclosure("a.png", "image/png", b"\x89PNG")
    async with opened(far) as connector:
        await connector.send(wire.OutboundMessage("k", "500_1", "Voici", is_public=True, files=(picture,)))
        with pytest.raises(errors.Refused):
            await connector.send(wire.OutboundMessage("k", "500_1", "deux", is_public=True, files=(picture, picture)))
        with pytest.raises(errors.Refused):
            await connector.send(wire.OutboundMessage("k", "500_1", "En privé", is_public=False, files=(picture,)))

    assert far.commented == [("500_1", "Voici")]
    assert [[one.body for one in held] for held in far.pictures] == [[picture.body]]
    assert far.sent == []
