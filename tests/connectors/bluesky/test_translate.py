"""What Bluesky's payloads say to us: each as Bluesky writes it, and what crosses the border."""

import json
import pathlib
from datetime import UTC, datetime
from typing import Any

import pytest
from atproto import models  # type: ignore[import-untyped]
from atproto_client.models.utils import get_or_create  # type: ignore[import-untyped]
from hypothesis import given
from hypothesis import strategies as st

from bot import errors, wire
from bot.connectors.bluesky import translate

PAYLOADS = pathlib.Path(__file__).parent / "payloads"
NAMES = sorted(file.stem for file in PAYLOADS.glob("*.json"))
ANN = "did:plc:z72i7hdynmk6r22z27h6tvur"
US = "did:plc:ragtjsm2j2vknwkz3zp4oxrd"
ROOT = f"at://{US}/app.bsky.feed.post/3kroot2222222"
BLOB = "bafkreigh2akiscaildcqabsyg3dfr6chu3fgpregiymsck7e7aqa4s52zy"
PICTURE = f"https://cdn.bsky.app/img/feed_fullsize/plain/{ANN}/{BLOB}@jpeg"


def payload(name: str) -> Any:
    return json.loads((PAYLOADS / f"{name}.json").read_text("utf-8"))


def read(name: str) -> wire.InboundMessage | None:
    told = told_by(payload(name))
    assert not isinstance(told, wire.Unreadable), told.reason
    return told


def told_by(raw: object) -> wire.InboundMessage | wire.Unreadable | None:
    if isinstance(raw, dict) and "convoId" in raw:
        return translate.readable(lambda one: translate.entry(one, US, {}), raw)
    return translate.readable(translate.notification, raw)


def one(name: str) -> wire.InboundMessage:
    message = read(name)
    assert message
    return message


@pytest.mark.parametrize("name", NAMES)
def test_payloads_are_bluesky_s(name: str) -> None:
    """Each payload is one that the SDK's models know."""
    kind = payload(name)["$type"]
    model = models.AppBskyNotificationListNotifications.Notification
    if kind.startswith("chat."):
        part = kind.partition("#")[2]
        model = getattr(models.ChatBskyConvoDefs, part[0].upper() + part[1:])

    assert isinstance(get_or_create(payload(name), model), model)


def test_mention() -> None:
    """A mention is a conversation of its own: its author, its words, the network's time, and the page that shows it."""
    uri = f"at://{ANN}/app.bsky.feed.post/3kmention22222"

    assert one("mention") == wire.InboundMessage(
        external_id=uri,
        conversation_id=uri,
        author=wire.Person(ANN, "Ann Lee", "ann.example", "https://cdn.bsky.app/img/avatar/plain/x@jpeg"),
        sent_at=datetime(2026, 3, 2, 9, tzinfo=UTC),
        text="@banque.example ma carte est bloquée 😔",
        is_public=True,
        permalink="https://bsky.app/profile/ann.example/post/3kmention22222",
        traits={"reason": "mention"},
    )


def test_reply() -> None:
    """A reply belongs to what its author says in the thread of its root, whatever it answers there."""
    reply, theirs = one("reply"), payload("reply")
    own = f"at://{ANN}/app.bsky.feed.post/3kmine2222222"
    theirs["record"]["reply"]["root"]["uri"] = own
    in_her_own = told_by(theirs)

    assert reply.conversation_id == f"{ROOT}#{ANN}"
    assert isinstance(in_her_own, wire.InboundMessage)
    assert in_her_own.conversation_id == own
    assert reply.in_reply_to == f"at://{ANN}/app.bsky.feed.post/3kother2222222"


def test_no_handle() -> None:
    """Whoever has lost their handle is named by what never changes."""
    nameless = one("no_handle")

    assert nameless.author.external_id == ANN
    assert nameless.permalink == f"https://bsky.app/profile/{ANN}/post/3kmention22222"


@pytest.mark.parametrize(
    ("name", "attachments"),
    [
        ("images", [wire.Attachment(BLOB, "photo", name, PICTURE, 760898) for name in ("le guichet fermé", "")]),
        ("link", [wire.Attachment("link", "link", "La panne", "https://presse.example/a")]),
        ("video", [wire.Attachment(BLOB, "video", size=5)]),
        ("quote", [wire.Attachment(ROOT, "post", url=f"https://bsky.app/profile/{US}/post/3kroot2222222")]),
        ("chat_post", [wire.Attachment(ROOT, "post", url=f"https://bsky.app/profile/{US}/post/3kroot2222222")]),
        ("embed_of_tomorrow", []),
    ],
)
def test_attachments(name: str, attachments: list[wire.Attachment]) -> None:
    """What is no words arrives too; what nobody knows yet does not keep the words away."""
    assert list(one(name).attachments) == attachments


def test_quote_with_image() -> None:
    """A quoted post and a picture come together."""
    assert [file.kind for file in one("quote_with_image").attachments] == ["post", "photo"]


@pytest.mark.parametrize(
    "name",
    ["like", "follow", "reason_of_tomorrow", "chat_begun", "chat_read", "chat_reaction", "chat_joined", "chat_gone"],
)
def test_no_words(name: str) -> None:
    """What happens without anybody saying anything to us is passed over in peace."""
    assert read(name) is None


def test_chat() -> None:
    """A direct message is private, is named within its conversation, and knows our own words."""
    said, own = one("chat_message"), one("chat_own")

    assert (said.external_id, said.conversation_id) == ("3kconvo222222/3lmsg22222222", "3kconvo222222")
    assert (said.is_public, said.is_own, own.is_own) == (False, False, True)
    assert said.author == wire.Person(ANN, "Ann Lee", "ann.example")


def test_chat_deletion() -> None:
    """A deletion bears the name of what is gone, and none of its words."""
    gone = one("chat_deleted")

    assert (gone.act, gone.external_id, gone.text) == (wire.Act.DELETED, one("chat_message").external_id, "")


def _paths(of: object, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    parts = of.items() if isinstance(of, dict) else enumerate(of) if isinstance(of, list) else ()
    return [path, *(deeper for key, part in parts for deeper in _paths(part, (*path, key)))]


_SPOILT: list[object] = [
    None,
    [],
    {},
    "x",
    -1,
    10**30,
    1.5,
    True,
    "\ud83d",
    "x" * 200_000,
    {"a": [1]},
    [[[[]]]],
    "\x00",
    "9999-99-99",
]


@pytest.mark.parametrize("name", NAMES)
def test_spoilt(name: str) -> None:
    """Whatever stands where something else belongs, or is missing, the answer is a message, none, or an unreadable payload."""
    for path in _paths(payload(name)):
        for value in _SPOILT:
            _is_sound(told_by(_with(payload(name), path, value)))
        if path:
            _is_sound(told_by(_without(payload(name), path)))


def _with(whole: Any, path: tuple[Any, ...], value: object) -> Any:
    if not path:
        return value
    whole[path[0]] = _with(whole[path[0]], path[1:], value)
    return whole


def _without(whole: Any, path: tuple[Any, ...]) -> Any:
    target = whole
    for key in path[:-1]:
        target = target[key]
    del target[path[-1]]
    return whole


def _is_sound(told: object) -> None:
    """It can be kept: a message as text, or the payload as it came."""
    match told:
        case wire.InboundMessage():
            assert told.external_id
            assert told.text.encode() is not None
            assert told.sent_at.tzinfo is UTC
        case wire.Unreadable():
            assert told.raw
            assert told.reason.encode("utf-8", "replace")
        case _:
            assert told is None


_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["uri", "record", "reply", "author", "did", "reason", "$type", "convoId"]), inner
        )
    ),
    max_leaves=10,
)


@given(_JSON)
def test_any_json(anything: object) -> None:
    """No JSON at all can stop the reading."""
    _is_sound(told_by(anything))


@pytest.mark.parametrize("name", NAMES)
def test_truncated(name: str) -> None:
    """A kept payload that was cut off anywhere is refused as invalid, and never stops anybody."""
    whole = (PAYLOADS / f"{name}.json").read_bytes().rstrip()
    for end in range(0, len(whole), 7):
        with pytest.raises(errors.Invalid):
            translate.again(whole[:end], US)


def test_other_encodings() -> None:
    """A kept payload in another encoding is read where JSON allows it, and refused as invalid elsewhere."""
    text = (PAYLOADS / "mention.json").read_text("utf-8")

    assert translate.again(text.encode("utf-16"), US).messages == translate.again(text.encode(), US).messages
    for encoding in ("latin-1", "cp500"):
        with pytest.raises(errors.Invalid):
            translate.again(text.replace("😔", "").encode(encoding), US)
