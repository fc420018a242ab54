"""What X shows, translated: posts, events, direct messages, under their old names and their new ones."""

import json
import pathlib
from datetime import UTC, datetime
from typing import Any

import pytest

from bot import clock, wire
from bot.connectors.x.fields import Ourselves
from bot.connectors.x.reader import Reader
from tests.connectors.x.x_api import ANN, US

PAYLOADS = pathlib.Path(__file__).parent / "payloads"
ROOT = "2080761390344937796"
WE = Ourselves(US["id"], US["username"])


def payload(name: str) -> Any:
    return json.loads((PAYLOADS / f"{name}.json").read_text("utf-8"))


def reader() -> Reader:
    return Reader(WE, clock.now)


def event(name: str) -> wire.Batch:
    return reader().event(payload(name)["data"])


def page(name: str, kind: str = "post") -> wire.Batch:
    told = payload(name)
    return reader().listed(kind, told["data"], told["includes"])


def streamed(name: str) -> wire.Batch:
    return reader().streamed([json.dumps(payload(name)).encode()])


def only(batch: wire.Batch) -> wire.InboundMessage:
    assert batch.unreadable == ()
    (message,) = batch.messages
    return message


def test_mention() -> None:
    """A mention is a public summons; links are whole again, and signs are as they were written."""
    message = only(event("event_mention"))

    assert message == wire.InboundMessage(
        external_id="2080765813578191303",
        conversation_id=f"2080765813578191303~{ANN['id']}",
        author=wire.Person(ANN["id"], "Ann Lee", "annlee", "https://pbs.twimg.com/profile_images/2/a_normal.jpg"),
        sent_at=datetime(2026, 7, 24, 21, 23, 23, tzinfo=UTC),
        text="Bonjour @LaBanque & merci, ma carte <3 https://example.com/carte?x=1",
        is_public=True,
        permalink="https://x.com/annlee/status/2080765813578191303",
        traits={"summoned": "yes"},
    )


def test_reply_is_no_summons() -> None:
    """The name that X itself puts before a reply is no call of the author's; that it stands under our post is noted."""
    message = only(event("event_reply"))

    assert message.traits == {"ours": "yes"}
    assert (message.conversation_id, message.in_reply_to) == (f"{ROOT}~{ANN['id']}", ROOT)


def test_quote_is_a_summons() -> None:
    """Who quotes us has called us."""
    assert only(event("event_quote")).traits == {"summoned": "yes"}


def test_branches() -> None:
    """Another person in the same thread has a conversation of their own."""
    other = only(streamed("post_in_thread"))

    assert other.conversation_id == f"{ROOT}~3333333333333333333"
    assert other.author == wire.Person("3333333333333333333")
    assert other.traits == {}


def test_own_reply() -> None:
    """What we said to somebody belongs to the conversation with them, and is ours by our number."""
    message = only(streamed("post_own"))

    assert message.is_own
    assert message.conversation_id == f"2080765813578191303~{ANN['id']}"


def test_reposts_say_nothing() -> None:
    """A repost holds no words of its own."""
    assert streamed("post_reposted") == wire.Batch()


@pytest.mark.parametrize("name", ["page_old_names", "page_new_names"])
def test_both_names(name: str) -> None:
    """Long posts are whole, edits bear the first version's number and one of their own, under X's old names and its new ones."""
    batch = page(name)
    long, first, edit = batch.messages

    assert batch.unreadable == ()
    assert long.text == payload("page_old_names")["data"][0]["note_tweet"]["text"]
    assert (first.act, first.version) == (wire.Act.SAID, "")
    assert (edit.act, edit.external_id, edit.version) == (wire.Act.EDITED, first.external_id, "2080765813578191402")
    assert edit.conversation_id == first.conversation_id
    assert edit.attachments == (
        wire.Attachment("3_2080765813578190000", "photo", url="https://pbs.twimg.com/media/x.jpg"),
    )


def test_direct_messages() -> None:
    """Direct messages of two and of several have conversations of their own; who joined says nothing."""
    batch = page("dm_page", "dm")

    assert batch.unreadable == ()
    assert [(one.conversation_id, one.text, one.is_public) for one in batch.messages] == [
        (f"dm:{ANN['id']}", "Bonjour <vous>", False),
        ("dm:g1585094756761149440", "à plusieurs", False),
    ]
    assert batch.messages[0].attachments[0].url == "https://ton.twitter.com/dm/1.jpg"


def test_one_name_for_one_message() -> None:
    """A direct message has the same number and the same conversation whether X brings it or shows it."""
    brought, shown = only(event("event_dm_received")), page("dm_page", "dm").messages[0]

    assert (brought.external_id, brought.conversation_id) == (shown.external_id, shown.conversation_id)
    assert brought.author.username == shown.author.username == "annlee"


def test_own_direct_message() -> None:
    """What was sent from the account elsewhere is ours, in the conversation with the other."""
    message = only(event("event_dm_sent"))

    assert (message.is_own, message.conversation_id) == (True, f"dm:{ANN['id']}")


def test_photo() -> None:
    """A photo in a direct message is an attachment."""
    assert only(event("event_dm_photo")).attachments == (
        wire.Attachment("2080765800000000000", "photo", url="https://ton.twitter.com/1.1/ton/data/dm/1/2/a.jpg"),
    )


def test_deletion() -> None:
    """A deletion names what is gone."""
    message = only(event("event_delete"))

    assert (message.act, message.external_id, message.is_own) == (wire.Act.DELETED, "2080765813578191303", False)


def test_encrypted() -> None:
    """What only the account's devices can read is told all the same: somebody wrote."""
    message = only(event("event_chat_received"))

    assert message.traits == {"encrypted": "yes"}
    assert message.attachments[0].kind == "encrypted"
    assert message.author.external_id == ANN["id"]


@pytest.mark.parametrize("name", ["event_typing", "event_follow", "event_revoke"])
def test_silent_events(name: str) -> None:
    """Events in which nobody says anything give no message and no complaint."""
    assert event(name) == wire.Batch()


def test_kind_of_tomorrow() -> None:
    """A kind of event that we do not know is kept."""
    batch = event("event_tomorrow")

    assert batch.messages == ()
    assert json.loads(batch.unreadable[0].raw)["data"]["event_type"] == "hologram.waved"


def test_numbers_are_strings() -> None:
    """A number that went through a float would name another post: it is not taken."""
    told = payload("post_in_thread")
    told["data"]["id"] = 2080765813578191500
    batch = reader().streamed([json.dumps(told).encode()])

    assert batch.messages == ()
    assert "string" in batch.unreadable[0].reason


def test_the_stream_about_itself() -> None:
    """That the stream is about to end is no message."""
    line = b'{"errors":[{"title":"operational-disconnect","disconnect_type":"UpstreamOperationalDisconnect","detail":"x"}]}'

    assert reader().streamed([line]) == wire.Batch()
