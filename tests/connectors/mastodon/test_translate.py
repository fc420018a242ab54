"""What Mastodon's notifications say to us: each payload as Mastodon writes it, and what crosses the border."""

import json
import pathlib
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot import errors, wire
from bot.connectors.mastodon import translate
from bot.connectors.mastodon.translate import Notification, Version

PAYLOADS = pathlib.Path(__file__).parent / "payloads"
NAMES = sorted(file.stem for file in PAYLOADS.glob("*.json"))


def payload(name: str) -> Any:
    return json.loads((PAYLOADS / f"{name}.json").read_text("utf-8"))


def read(raw: Any, history: list[Version] | None = None) -> list[wire.InboundMessage]:
    told = translate.struct(raw, Notification)
    return translate.said(told.status, "there", history or []) if told.status else []


def one(name: str) -> wire.InboundMessage:
    (message,) = read(payload(name))
    return message


def test_mention() -> None:
    """A mention bears its author, their words without HTML, Mastodon's time, and an address to open it."""
    assert one("mention") == wire.InboundMessage(
        external_id="112233445566778899",
        conversation_id="there",
        author=wire.Person("109", "Ann Lee 🌻", "ann@far.example", "https://files.banque.example/ann.png"),
        sent_at=datetime(2026, 3, 2, 9, 0, 1, 234000, tzinfo=UTC),
        text="@banque Bonjour, ma carte est bloquée 😔\n\nVoir https://www.banque.example/cartes/opposition?langue=fr",
        is_public=True,
        in_reply_to="112233445566770000",
        permalink="https://far.example/@ann/112233445566778899",
    )


def test_private() -> None:
    """A direct post is private, and so is one for the author's followers."""
    assert (one("direct").is_public, one("followers").is_public, one("unlisted").is_public) == (False, False, True)


def test_warning() -> None:
    """What the author warns of stands above the words."""
    assert one("warned").text == "⚠ Argent, colère\n\n@banque Où est mon virement ?"


def test_attachments() -> None:
    """Pictures, sounds and polls arrive, with their address and what their author says is to be seen."""
    assert one("pictures").attachments == (
        wire.Attachment("501", "image", "Une capture d'écran du virement", "https://files.banque.example/501.png"),
        wire.Attachment("502", "video", "", "https://files.far.example/502.mp4"),
        wire.Attachment("503", "unknown"),
    )
    assert one("poll").attachments == (wire.Attachment("poll", "poll", "Guichet / Téléphone"),)


def test_edited_before_it_was_heard() -> None:
    """What was changed before we heard it is told as it was first, and then each change."""
    history = [
        translate.struct({"created_at": f"2026-03-02T09:0{minute}:00Z", "content": f"<p>{minute}</p>"}, Version)
        for minute in (0, 1, 2)
    ]
    told = read(payload("edited"), history)

    assert [(message.act, message.text) for message in told] == [
        (wire.Act.SAID, "0"),
        (wire.Act.EDITED, "1"),
        (wire.Act.EDITED, "2"),
    ]
    assert told[0].version == ""
    assert told[2].version == datetime(2026, 3, 2, 9, 2, 0, 500000, tzinfo=UTC).isoformat()
    assert len({message.version for message in told}) == 3


def test_edited_without_history() -> None:
    """Where nobody knows what it was, it was said as it is now."""
    assert [(message.act, message.version) for message in read(payload("edited"))] == [(wire.Act.SAID, "")]


def test_quote() -> None:
    """A post about one of ours is heard with the address of ours."""
    assert "RE: https://banque.example/@banque/1" in one("quote").text


def test_nameless() -> None:
    """Who gives no name goes by the name of the account."""
    assert one("direct").author.name == "bob"


def test_far_too_long() -> None:
    """Words without end are cut, and the address leads to all of them."""
    raw = payload("mention")
    raw["status"]["content"] = "<p>" + "x" * 200_000
    (message,) = read(raw)

    assert len(message.text) == 100_000
    assert message.text.endswith("…")
    assert message.permalink


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("value", [None, [], {}, "", "x", -1, 10**30, 1.5, "\ud83d", {"a": [1]}, "x" * 5_000, True])
def test_spoilt(name: str, value: object) -> None:
    """Whatever stands where something else belongs, the answer is messages or a refusal, and never another error."""
    for path in _paths(payload(name)):
        raw = payload(name)
        target = raw
        for key in path[:-1]:
            target = target[key]
        target[path[-1]] = value
        _is_sound(raw)


@pytest.mark.parametrize("name", NAMES)
def test_less(name: str) -> None:
    """Whatever is missing, the same."""
    for path in _paths(payload(name)):
        raw = payload(name)
        target = raw
        for key in path[:-1]:
            target = target[key]
        del target[path[-1]]
        _is_sound(raw)


def _paths(raw: Any, above: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    pairs = raw.items() if isinstance(raw, dict) else enumerate(raw) if isinstance(raw, list) else ()
    found: list[tuple[Any, ...]] = []
    for key, value in pairs:
        found += [(*above, key), *_paths(value, (*above, key))]
    return found


_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(["id", "type", "status", "account", "content"]), inner)
    ),
    max_leaves=8,
)


@given(_JSON)
def test_any_json(anything: object) -> None:
    """No JSON at all can stop the reading."""
    _is_sound(anything)
    _is_sound({"id": "1", "type": "mention", "status": anything})


def _is_sound(raw: Any) -> None:
    """Refused with a reason and kept as it came, or messages whose words can be written down."""
    try:
        told = read(raw)
    except errors.Invalid as error:
        kept = translate.unreadable(raw, error)
        assert kept.raw
        assert kept.reason
    else:
        assert [one.text.encode().decode() for one in told] == [one.text for one in told]
        assert all(one.sent_at.tzinfo for one in told)
        assert all(one.permalink.startswith(("https://", "http://", "")) for one in told)
