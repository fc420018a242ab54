"""Private messages of a Page: what the webhook brings, what looking back finds, and how long an answer may go out."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from bot import errors, wire
from bot.connectors import registry
from tests.connectors.far_side import hear, listening, opened, texts
from tests.connectors.messenger.far import Messenger
from tests.connectors.meta.damage import damaged
from tests.connectors.meta.far import request
from tests.connectors.meta.graph_api import APP_ID, failed
from tests.connectors.meta.private import ANN, event, said

US = Messenger.us
HEARD = datetime(2026, 3, 2, 9, tzinfo=UTC)


def brought(far: Messenger, *told: dict[str, Any]) -> wire.Batch:
    return far.connect().accept(request(json.dumps(far.envelope(*told)).encode())).batch


def test_text_with_a_picture(far: Messenger) -> None:
    """Words, what they answer and what hangs on them; a file is named by its place, and its address is noted."""
    picture = {"type": "image", "payload": {"url": "https://scontent.example/1.jpg"}}
    more = {"mid": "m_1", "text": "Regardez", "reply_to": {"mid": "m_0"}, "attachments": [picture]}
    (one,) = brought(far, event(US, 1, message=more)).messages

    assert (one.external_id, one.conversation_id, one.in_reply_to, one.text) == ("m_1", ANN, "m_0", "Regardez")
    assert one.attachments == (wire.Attachment("m_1:0", "image", url="https://scontent.example/1.jpg"),)


def test_a_page_that_somebody_linked_to(far: Messenger) -> None:
    """Its address was typed by a person: it is noted as no file's, and so never asked for nor kept."""
    linked = {"type": "fallback", "title": "Payer", "payload": {"url": "https://shop.example/?card=4970100000000014"}}
    (one,) = brought(far, event(US, 1, message={"mid": "m_1", "attachments": [linked]})).messages

    assert one.attachments == (wire.Attachment("m_1:0", "fallback", "Payer"),)


def test_edit(far: Messenger) -> None:
    """An edit bears the id of what it changes, and its number among the edits."""
    (one,) = brought(far, event(US, 2, message_edit={"mid": "m_1", "text": "deux", "num_edit": 2})).messages

    assert (one.external_id, one.act, one.text, one.version) == ("m_1", wire.Act.EDITED, "deux", "2")


def test_button(far: Messenger) -> None:
    """Whoever presses a button says what stands on it."""
    (one,) = brought(far, event(US, 3, postback={"mid": "m_3", "title": "Parler à quelqu'un", "payload": "P"})).messages

    assert one.text == "Parler à quelqu'un"


def test_own_echoes(far: Messenger) -> None:
    """What our app sent is dropped, by its number; what a colleague wrote in Meta's own inbox is ours, and is shown."""
    turned = {"sender": {"id": US}, "recipient": {"id": ANN}}
    ours = said(US, 1, "by us") | turned
    ours["message"] |= {"is_echo": True, "app_id": int(APP_ID)}
    theirs = said(US, 2, "by a colleague") | turned
    theirs["message"] |= {"is_echo": True, "app_id": 263902037430900}
    (one,) = brought(far, ours, theirs).messages

    assert (one.text, one.is_own, one.conversation_id) == ("by a colleague", True, ANN)


def test_nothing_said(far: Messenger) -> None:
    """Receipts and reactions are no utterances."""
    quiet = [event(US, 1, **{kind: {}}) for kind in ("delivery", "read", "reaction", "optin")]

    assert brought(far, *quiet) == wire.Batch()


@pytest.mark.parametrize("key", ["messaging", "standby"])
def test_another_page(far: Messenger, key: str) -> None:
    """What is for another Page is not taken for ours, and not lost; nor what another app has in hand."""
    told = {"object": "page", "entry": [{"id": "2", "time": 1, key: [said("2", 1, "hello")]}]}
    batch = far.connect().accept(request(json.dumps(told).encode())).batch

    assert batch.messages == ()
    assert "another account" in batch.unreadable[0].reason


def test_comments_are_another_networks(far: Messenger) -> None:
    """A comment that comes to this door is kept, so that nobody thinks that it was heard."""
    told = {"object": "page", "entry": [{"id": US, "time": 1, "changes": [{"field": "feed", "value": {}}]}]}
    batch = far.connect().accept(request(json.dumps(told).encode())).batch

    assert "not what Messenger brings" in batch.unreadable[0].reason


def test_damage(far: Messenger) -> None:
    """Whatever is missing, odd or unknown in an event, it is taken, kept, or refused as no envelope; nothing else happens."""
    connector, tried, kept = far.connect(), 0, 0
    whole = said(US, 1, "x")
    whole["message"] |= {
        "attachments": [{"type": "image", "payload": {"url": "https://a.example"}}],
        "reply_to": {"mid": "m"},
    }
    for broken in damaged(far.envelope(whole)):
        tried += 1
        try:
            kept += len(connector.accept(request(json.dumps(broken).encode())).batch.unreadable)
        except errors.Invalid:
            continue

    assert tried > 250
    assert kept > tried / 3


async def test_after_being_away(far: Messenger) -> None:
    """What the webhook could not bring while we were away is found afterwards, with names; our own words are not."""
    async with opened(far) as connector, listening(connector, None) as batches:
        await far.say("before")
        heard = await hear(batches, 1)
    for number in range(5):
        await far.say(f"away {number}")
    far.heard.append(far.heard[-1] | {"id": "m_own", "from": {"id": US}, "message": "ours"})
    async with opened(far) as connector, listening(connector, heard[-1].cursor) as batches:
        found = await hear(batches, 5)

    assert texts(found) == [f"away {number}" for number in range(5)]
    assert found[0].messages[0].author == wire.Person(ANN, name="Ann Lee")


async def test_found_and_brought_is_the_same(far: Messenger) -> None:
    """A message bears one id, whether the webhook brings it or a look finds it."""
    await far.say("once")
    async with opened(far) as connector, listening(connector, None) as batches:
        (found,) = (await hear(batches, 1))[0].messages
        (brought_one,) = connector.accept(far.hook("once")).batch.messages

    assert (found.external_id, found.conversation_id) == (brought_one.external_id, brought_one.conversation_id)


@pytest.mark.parametrize(("human_agent", "length"), [("no", timedelta(hours=24)), ("yes", timedelta(days=7))])
def test_window(far: Messenger, human_agent: str, length: timedelta) -> None:
    """An answer may go out for a day, or for a week where Meta has granted that; the agent sees until when, and why not."""
    connector = far.connect(human_agent=human_agent)
    spots = [
        wire.Spot(ANN, is_public=False, at=HEARD + length + timedelta(seconds=seconds), heard_at=HEARD)
        for seconds in (-1, 1)
    ]
    last, late = (connector.capabilities(spot) for spot in spots)

    assert (last.can_reply, last.until, late.can_reply) == (True, HEARD + length, False)
    assert set(registry.networks()["messenger"].sentences[late.why_not]) == {"fr", "en"}


async def test_a_persons_late_answer(far: Messenger) -> None:
    """When the day is over, and only then, the words go as a person's late answer; without the permission they are refused."""
    far.api.answer_next(failed(10, "outside of allowed window", subcode=2018278))
    connector = far.connect(human_agent="yes")
    await connector.open()
    await connector.send(far.outbound("late"))
    await connector.close()
    far.api.answer_next(failed(10, "outside of allowed window", subcode=2018278))
    async with opened(far) as plain:
        with pytest.raises(errors.Refused):
            await plain.send(far.outbound("too late"))

    assert [(body["message"]["text"], body["messaging_type"], body.get("tag")) for body in far.sent] == [
        ("late", "MESSAGE_TAG", "HUMAN_AGENT")
    ]


async def test_a_file(far: Messenger) -> None:
    """A file is carried up first, and said by its number after the words; the words answer what is answered."""
    files = (
        wire.Enclosure("Relevé.pdf", "application/pdf", b"%PDF-1.7"),
        wire.Enclosure("a.png", "image/png", b"\x89PNG"),
    )
    words = wire.OutboundMessage("k", ANN, "Voici", is_public=False, in_reply_to="m_1", files=files)
    async with opened(far) as connector:
        receipt = await connector.send(words)

    assert receipt.external_id == "m_out1"
    assert [(one["platform"], one["attachment"]["type"]) for one in far.carried] == [
        ("messenger", "file"), ("messenger", "image"),
    ]  # fmt: skip
    assert [(body["message"], body.get("reply_to")) for body in far.sent] == [
        ({"text": "Voici"}, {"mid": "m_1"}),
        ({"attachment": {"type": "file", "payload": {"attachment_id": "att_0"}}}, None),
        ({"attachment": {"type": "image", "payload": {"attachment_id": "att_1"}}}, None),
    ]
