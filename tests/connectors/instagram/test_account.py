"""An Instagram account: what is heard of it, what may be said and done, and until when."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from bot import errors, wire
from bot.connectors import registry
from tests.connectors.far_side import hear, listening, opened
from tests.connectors.instagram.far import PAGE, SAID_AT, US, Instagram, change, comment
from tests.connectors.meta.damage import damaged
from tests.connectors.meta.far import request
from tests.connectors.meta.private import ANN, event, now, said

HEARD = datetime(2026, 3, 2, 9, tzinfo=UTC)


def brought(far: Instagram, told: dict[str, Any]) -> wire.Batch:
    return far.connect().accept(request(json.dumps(told).encode())).batch


def one(far: Instagram, told: dict[str, Any]) -> wire.InboundMessage:
    (found,) = brought(far, told).messages
    return found


def test_comment(far: Instagram) -> None:
    """A comment begins a conversation in public, at the time of the request; a reply goes on in it."""
    first, second = one(far, comment("Bonjour")), one(far, comment("Oui", number=2, parent_id="1801"))

    assert (first.conversation_id, first.is_public, first.author) == (
        "1801",
        True,
        wire.Person("7001", username="annlee"),
    )
    assert first.sent_at.timestamp() == SAID_AT
    assert (second.conversation_id, second.in_reply_to) == ("1801", "1801")


def test_mention(far: Instagram) -> None:
    """A mention elsewhere is shown as such, though Instagram does not tell the words; it names all that an answer needs."""
    found = one(far, change("mentions", media_id="55", comment_id="66"))

    assert (found.external_id, found.conversation_id, found.traits["kind"]) == ("66", "55:66", "mention")
    assert [file.kind for file in found.attachments] == ["mention"]


def test_private_message_and_unsending(far: Instagram) -> None:
    """A story's reply comes with the story; what somebody takes back is gone."""
    story = {"type": "story_mention", "payload": {"url": "https://lookaside.example/story"}}
    first = one(far, far.envelope(event(US, 1, message={"mid": "m_1", "attachments": [story]})))
    gone = one(far, far.envelope(event(US, 1, message={"mid": "m_1", "is_deleted": True})))

    assert [(file.kind, file.url) for file in first.attachments] == [
        ("story_mention", "https://lookaside.example/story")
    ]
    assert (gone.external_id, gone.act) == ("m_1", wire.Act.DELETED)


def test_nothing_said(far: Instagram) -> None:
    """Our own comments and echoes, told apart by our number, and reactions are no utterances of a contact's."""
    echo = said(US, 1, "ours") | {"sender": {"id": US}, "recipient": {"id": ANN}}
    echo["message"]["is_echo"] = True
    told = [comment("ours", **{"from": {"id": US}}), far.envelope(echo), change("message_reactions")]

    assert [brought(far, each) for each in told] == [wire.Batch()] * 3


def test_another_account(far: Instagram) -> None:
    """What is for another account is not taken for ours, and not lost."""
    batch = brought(far, change("comments", us="3", id="1", text="x"))

    assert "another account" in batch.unreadable[0].reason


def test_damage(far: Instagram) -> None:
    """Whatever is missing, odd or unknown in a change, it is taken, kept, or refused as no envelope; nothing else happens."""
    connector, tried, kept = far.connect(), 0, 0
    for told in (comment("x", parent_id="1800"), change("mentions", media_id="55", comment_id="66")):
        for broken in damaged(told):
            tried += 1
            try:
                kept += len(connector.accept(request(json.dumps(broken).encode())).batch.unreadable)
            except errors.Invalid:
                continue

    assert tried > 300
    assert kept > tried / 4


async def test_everything_is_looked_for(far: Instagram) -> None:
    """A look finds comments, private messages and posts that name us, each under the id that the webhook would give it."""
    await far.say("a comment")
    far.heard.append(
        {"id": "m_1", "created_time": now(), "from": {"id": ANN, "username": "annlee"}, "message": "private"}
    )
    far.tags.append(
        {
            "id": "55",
            "timestamp": now(),
            "username": "bob",
            "caption": "Merci @banque",
            "permalink": "https://ig.example/55",
        }
    )
    async with opened(far) as connector, listening(connector, None) as batches:
        (batch,) = await hear(batches, 3)

    assert {found.external_id: (found.conversation_id, found.is_public) for found in batch.messages} == {
        "1801": ("1801", True),
        "m_1": (ANN, False),
        "55": ("55:", True),
    }


def test_what_may_be_done(far: Instagram) -> None:
    """One private reply within a week and hiding under our posts; nothing of it elsewhere; and no liking at all."""
    spots = [
        wire.Spot("1801", is_public=True, at=HEARD + after, message_id="1801", heard_at=HEARD, traits={"kind": kind})
        for kind, after in (("comment", timedelta()), ("comment", timedelta(days=7)), ("mention", timedelta()))
    ]
    here, late, elsewhere = (far.connect().capabilities(spot).acts for spot in spots)

    assert here == {
        "delete": wire.Permission(),
        "hide": wire.Permission(),
        "private_reply": wire.Permission(until=HEARD + timedelta(days=7)),
    }
    assert [late["private_reply"].is_allowed, elsewhere["hide"].is_allowed] == [False, False]
    assert {late["private_reply"].why_not, elsewhere["hide"].why_not} <= registry.networks()[
        "instagram"
    ].sentences.keys()


@pytest.mark.parametrize(
    ("act", "asked"),
    [
        ("hide", ("POST", "1801", {"hide": True})),
        ("unhide", ("POST", "1801", {"hide": False})),
        ("delete", ("DELETE", "1801", {})),
    ],
)
async def test_deeds(far: Instagram, act: str, asked: tuple[str, str, dict[str, Any]]) -> None:
    """Each deed is one request; a like is none that Instagram knows."""
    async with opened(far) as connector:
        await connector.act(wire.Deed(act, "1801", "1801"))
        with pytest.raises(errors.Refused):
            await connector.act(wire.Deed("like", "1801", "1801"))

    assert far.done == [asked]


async def test_answers(far: Instagram) -> None:
    """Replies stand on one level; a mention is answered by naming where it stands."""
    async with opened(far) as connector:
        for place, answered in (("1801", "1802"), ("55:66", "66"), ("55:", "55")):
            await connector.send(wire.OutboundMessage("k", place, "Oui", is_public=True, in_reply_to=answered))

    assert far.commented == [
        ("1801/replies", {"message": "Oui"}),
        (f"{US}/mentions", {"media_id": "55", "comment_id": "66", "message": "Oui"}),
        (f"{US}/mentions", {"media_id": "55", "message": "Oui"}),
    ]


async def test_private(far: Instagram) -> None:
    """A private reply begins a conversation, and the receipt names it; what follows goes into that one, by the Page."""
    ann = wire.Person(ANN)
    async with opened(far) as connector:
        begun = await connector.send(
            wire.OutboundMessage("k", "1801", "un", is_public=False, in_reply_to="1802", to=ann)
        )
        await connector.send(wire.OutboundMessage("k", ANN, "deux", is_public=False, in_reply_to="m_1", to=ann))

    assert begun.conversation_id == ANN
    assert [body["recipient"] for body in far.sent] == [{"comment_id": "1802"}, {"id": ANN}]
    assert {path for _, path, _, _ in far.api.asked} == {f"{PAGE}/messages"}


def test_bytes(far: Instagram) -> None:
    """A text is measured in bytes, as Instagram does in private."""
    assert far.connect().count("é\N{WAVING HAND SIGN}") == 6
