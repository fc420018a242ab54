"""What Telegram's updates say to us: each payload as Telegram writes it, and what crosses the border."""

import json
import pathlib
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot import wire
from bot.connectors.telegram import translate
from tests.connectors.telegram.bot_api import BOT, TOKEN

PAYLOADS = pathlib.Path(__file__).parent / "payloads"
NAMES = sorted(file.stem for file in PAYLOADS.glob("*.json"))
SENT_AT = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
RECEIVED_AT = SENT_AT + timedelta(hours=1)
CLIENTS = -1001234567890
US = translate.Ourselves(int(str(BOT["id"])), str(BOT["username"]))
AT_HOME = translate.Ourselves(US.id, US.username, frozenset({CLIENTS}))


def payload(name: str) -> Any:
    return json.loads((PAYLOADS / f"{name}.json").read_text("utf-8"))


def read(name: str, us: translate.Ourselves = US) -> list[wire.InboundMessage]:
    return readable(payload(name), us)


def readable(update: object, us: translate.Ourselves = US, *, in_our_album: bool = False) -> list[wire.InboundMessage]:
    told = translate.update(update, us, RECEIVED_AT, in_our_album=in_our_album)
    assert not isinstance(told, wire.Unreadable), told.reason
    return list(told)


def one(name: str, us: translate.Ourselves = US) -> wire.InboundMessage:
    (message,) = read(name, us)
    return message


def test_private() -> None:
    """In private, a message bears its author, his words, Telegram's time, and the chat as its conversation."""
    assert one("private_text") == wire.InboundMessage(
        external_id="7:11",
        conversation_id="7",
        author=wire.Person("7", "Ann Lee", "annlee"),
        sent_at=SENT_AT,
        text="Bonjour, ma carte est bloquée 😔",
    )


def test_edit() -> None:
    """An edit bears the same id, its own time, and a version that tells two edits of one second apart."""
    edit = one("private_edit")
    again = payload("private_edit")
    again["update_id"] += 1
    (other,) = readable(again)

    assert (edit.external_id, edit.act, edit.sent_at) == ("7:11", wire.Act.EDITED, SENT_AT + timedelta(minutes=1))
    assert edit.version.partition(".")[0] == str(int(edit.sent_at.timestamp()))
    assert edit.version != other.version


@pytest.mark.parametrize(
    ("name", "conversation_id"),
    [
        ("group_mention", f"{CLIENTS}~21"),
        ("group_text_mention", "-1009999999999~22"),
        ("group_command", f"{CLIENTS}~23"),
        ("group_reply", f"{CLIENTS}~21"),
        ("topic_mention", "-1005555555555:5"),
        ("small_group_mention", "-4455"),
        ("album_first", f"{CLIENTS}~51"),
    ],
)
def test_spoken_to_in_a_group(name: str, conversation_id: str) -> None:
    """In any group, a mention, a reply or a command to the bot is for us, is public, and is of its topic or chain."""
    message = one(name)

    assert message.conversation_id == conversation_id
    assert message.is_public
    assert not message.is_own


@pytest.mark.parametrize(
    "name",
    [
        "group_others",
        "topic_chat",
        "album_of_others",
        "group_other_bot",
        "group_joined",
        "group_migrated",
        "channel_comment",
        "channel_post_forwarded",
        "group_anonymous_admin",
    ],
)
def test_not_spoken_to_in_a_group(name: str) -> None:
    """What people say to each other in a group is none of ours, though it names bots much like us."""
    assert read(name) == []


def test_emoji_before_a_mention() -> None:
    """A mention is found where Telegram counts it to be, in UTF-16 units, and in whatever case it is written."""
    message = payload("group_mention")["message"]

    assert message["entities"][0]["offset"] > message["text"].index("@")
    assert "@banque_BOT" in one("group_mention").text


def test_replies() -> None:
    """A reply names what it answers; the beginning of a topic, which Telegram shows as answered, is no answer."""
    assert one("group_reply").in_reply_to == f"{CLIENTS}:30"
    assert one("topic_mention").in_reply_to == ""


def test_groups_of_ours() -> None:
    """In a group of ours everything is heard, a channel's post and its comments as one conversation."""
    post, comment = one("channel_post_forwarded", AT_HOME), one("channel_comment", AT_HOME)

    assert post.is_own
    assert post.author.name == "La Banque"
    assert not comment.is_own
    assert post.conversation_id == comment.conversation_id == f"{CLIENTS}~40"
    assert comment.in_reply_to == post.external_id
    assert read("album_of_others", AT_HOME)


def test_speaking_as_the_group() -> None:
    """Whoever writes as our group is the brand; another bot is nobody, since two bots that answer each other never end."""
    assert one("group_anonymous_admin", AT_HOME).is_own
    assert one("group_anonymous_admin", AT_HOME).author.external_id == str(CLIENTS)
    assert read("group_other_bot", AT_HOME) == []


def test_permalink() -> None:
    """A public message has an address that an agent can open; a private one has none."""
    assert one("group_mention").permalink == "https://t.me/clients_banque/21"
    assert one("group_text_mention").permalink == "https://t.me/c/9999999999/22"
    assert one("private_text").permalink == ""


@pytest.mark.parametrize(
    ("name", "kind", "external_id", "label", "size"),
    [
        ("album_first", "photo", "AgAC2", "", 8000),
        ("document", "document", "BQAC1", "relevé.pdf", 12345),
        ("voice", "voice", "AwAC1", "", 9000),
        ("animation", "animation", "CgAC1", "a.mp4", 0),
        ("sticker", "sticker", "CAAC1", "😢", 77),
        ("location", "location", "location", "48.856600, 2.352200", 0),
        ("contact", "contact", "contact", "Bob +33199006789", 0),
        ("poll", "poll", "99001", "Quel guichet ?", 0),
    ],
)
def test_attachments(name: str, kind: str, external_id: str, label: str, size: int) -> None:
    """What is no words arrives too: once, at its largest, by the file's id and never by an address."""
    (attachment,) = one(name).attachments

    assert attachment == wire.Attachment(external_id, kind, label, "", size)


def test_caption() -> None:
    """The words under a file are the message's words."""
    assert one("document").text == "Mon relevé"


def test_album() -> None:
    """A further part of an album that was for us is for us, though it bears no words; of others' albums it is not."""
    (part,) = readable(payload("album_second"), in_our_album=True)

    assert part.attachments[0].external_id == "AgAC4"
    assert translate.album(payload("album_first")) == translate.album(payload("album_second")) == "139"
    assert read("album_second") == []
    assert translate.album(payload("private_text")) == ""


def test_business() -> None:
    """A business conversation names its connection, knows the owner's own words, and hears of edits and deletions."""
    said, own, edit = one("business_text"), one("business_own"), one("business_edit")
    gone = read("business_deleted")

    assert (said.external_id, said.conversation_id) == ("7:71@BizC0nn-1", "7@BizC0nn-1")
    assert (said.is_own, own.is_own) == (False, True)
    assert (edit.act, edit.external_id) == (wire.Act.EDITED, said.external_id)
    assert [(one.act, one.external_id) for one in gone] == [
        (wire.Act.DELETED, "7:71@BizC0nn-1"),
        (wire.Act.DELETED, "7:73@BizC0nn-1"),
    ]
    assert {one.sent_at for one in gone} == {RECEIVED_AT}


@pytest.mark.parametrize("name", ["blocked", "business_connected", "group_joined", "group_migrated"])
def test_no_words(name: str) -> None:
    """What happens without anybody saying anything is passed over in peace, in groups of ours too."""
    assert read(name, translate.Ourselves(US.id, US.username, frozenset({CLIENTS, -4455}))) == []


@pytest.mark.parametrize(("name", "what"), [("kind_of_tomorrow", "hologram"), ("update_of_tomorrow", "something_of")])
def test_not_known_yet(name: str, what: str) -> None:
    """What Telegram invents after us is kept as it came, and says what is not known."""
    told = translate.update(payload(name), US, RECEIVED_AT)

    assert isinstance(told, wire.Unreadable)
    assert json.loads(told.raw) == payload(name)
    assert what in told.reason


@pytest.mark.parametrize("path", ["message_id", "date", "chat", "chat.id", "chat.type", "text", "from.id", "entities"])
@pytest.mark.parametrize("value", [None, [], {}, "x", -1, 10**30, "\ud83d", {"a": [1]}])
def test_spoilt(path: str, value: object) -> None:
    """Whatever stands where something else belongs, the answer is messages or an unreadable payload, and never an error."""
    update = payload("group_mention")
    inner, _, leaf = f"message.{path}".rpartition(".")
    target = update
    for key in inner.split("."):
        target = target[key]
    target[leaf] = value

    _is_sound(translate.update(update, AT_HOME, RECEIVED_AT))


_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["chat", "id", "text", "from"]), inner),
    max_leaves=8,
)


@given(_JSON, st.sampled_from(translate.KINDS))
def test_any_json(anything: object, kind: str) -> None:
    """No JSON at all can stop the reading."""
    _is_sound(translate.update(anything, US, RECEIVED_AT))
    _is_sound(translate.update({"update_id": 1, kind: anything}, US, RECEIVED_AT))


def _is_sound(told: tuple[wire.InboundMessage, ...] | wire.Unreadable) -> None:
    """Kept as it came with its reason, or messages whose words can be written down."""
    if isinstance(told, wire.Unreadable):
        assert told.raw
        assert told.reason
    else:
        assert [one.text.encode().decode() for one in told] == [one.text for one in told]
        assert all(one.sent_at.tzinfo for one in told)


@pytest.mark.parametrize("name", NAMES)
def test_no_address_with_the_token(name: str) -> None:
    """Nothing that crosses the border bears the token or an address of a file."""
    told = translate.update(payload(name), AT_HOME, RECEIVED_AT)

    assert TOKEN not in repr(told)
    assert "/file/" not in repr(told)
