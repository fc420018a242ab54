"""What WhatsApp brings, kind by kind: taken with its meaning, or kept as it came."""

import json
from typing import Any

import pytest

from bot import errors, wire
from tests.connectors.meta.far import SAID_AT, request
from tests.connectors.whatsapp.far import ANN, US, WhatsApp, message, payload


def brought(far: WhatsApp, told: dict[str, Any]) -> wire.Batch:
    return far.connect().accept(request(json.dumps(told).encode())).batch


def one(far: WhatsApp, **more: Any) -> wire.InboundMessage:
    (said,) = brought(far, payload(message(1, **more))).messages
    return said


def test_text(far: WhatsApp) -> None:
    """A text is its author's, in private, in a conversation that is named by his number, at WhatsApp's time."""
    said = one(far, text="Bonjour", context={"from": "33199000000", "id": "wamid.0"})

    assert (said.external_id, said.conversation_id, said.in_reply_to) == ("wamid.1", ANN, "wamid.0")
    assert said.author == wire.Person(ANN, name="Ann Lee")
    assert (said.text, said.is_public, said.is_own) == ("Bonjour", False, False)
    assert said.sent_at.timestamp() == SAID_AT + 1


@pytest.mark.parametrize("kind", ["image", "video", "document", "audio", "sticker"])
def test_files(far: WhatsApp, kind: str) -> None:
    """A file is named by the id under which it can be asked for, and its short-lived address is noted; a caption is its text."""
    file = {"id": "1003", "mime_type": "image/jpeg", "caption": "voilà", "url": "https://lookaside.example/1003"}
    said = one(far, type=kind, **{kind: file})

    assert said.text == "voilà"
    assert said.attachments == (wire.Attachment("1003", kind, name="image/jpeg", url="https://lookaside.example/1003"),)


def test_things(far: WhatsApp) -> None:
    """A place, a card and an order are told in words that an agent can read."""
    place = one(
        far, type="location", location={"latitude": 48.85, "longitude": 2.35, "name": "Agence", "address": "Rue 1"}
    )
    card = one(far, type="contacts", contacts=[{"name": {"formatted_name": "Léa"}, "phones": [{"phone": "+33 1"}]}])
    order = one(far, type="order", order={"product_items": [{"product_retailer_id": "carte", "quantity": 2}]})

    assert place.attachments[0].name == "Agence, Rue 1, 48.850000, 2.350000"
    assert card.attachments[0].name == "Léa +33 1"
    assert order.attachments[0].name == "2 × carte"


@pytest.mark.parametrize(
    ("said", "text"),
    [
        ({"type": "button", "button": {"payload": "x", "text": "Rappelez-moi"}}, "Rappelez-moi"),
        (
            {"type": "interactive", "interactive": {"type": "list_reply", "list_reply": {"id": "1", "title": "Prêt"}}},
            "Prêt",
        ),
        ({"type": "interactive", "interactive": {"type": "button_reply", "button_reply": {"title": "Oui"}}}, "Oui"),
        ({"type": "system", "system": {"type": "user_changed_number", "body": "Ann changed"}}, "Ann changed"),
    ],
)
def test_choices(far: WhatsApp, said: dict[str, Any], text: str) -> None:
    """What somebody chose from what we offered is what he said."""
    assert one(far, **said).text == text


def test_unsupported(far: WhatsApp) -> None:
    """What WhatsApp itself cannot pass on is shown as something that came, so that the agent can look or ask."""
    said = one(far, type="unsupported", errors=[{"code": 131051, "title": "Message type unknown"}])

    assert [(file.kind, file.name) for file in said.attachments] == [("unsupported", "Message type unknown")]


def test_edit(far: WhatsApp) -> None:
    """An edit bears the id of what it changes, the new words, and a version of its own."""
    new = {"original_message_id": "wamid.0", "message": {"type": "text", "text": {"body": "deux"}}}
    said = one(far, type="edit", edit=new)

    assert (said.external_id, said.act, said.text, said.version) == ("wamid.0", wire.Act.EDITED, "deux", "wamid.1")


def test_revoke(far: WhatsApp) -> None:
    """What somebody takes back is gone."""
    said = one(far, type="revoke", revoke={"original_message_id": "wamid.0"})

    assert (said.external_id, said.act, said.text) == ("wamid.0", wire.Act.DELETED, "")


def test_group(far: WhatsApp) -> None:
    """In a group, the group is the conversation, and who wrote is who wrote."""
    said = one(far, text="Bonjour à tous", group_id="Y2FwaV9ncm91cA")

    assert (said.conversation_id, said.author.external_id) == ("Y2FwaV9ncm91cA", ANN)


def test_nothing_said(far: WhatsApp) -> None:
    """A reaction, a receipt and what concerns templates or the account are no utterances, and nothing is kept of them."""
    reaction = payload(message(1, type="reaction", reaction={"message_id": "wamid.0", "emoji": "\N{THUMBS UP SIGN}"}))
    delivered = payload(statuses=[{"id": "wamid.9", "status": "delivered", "timestamp": "1", "recipient_id": ANN}])
    account = {
        "object": "whatsapp_business_account",
        "entry": [{"id": "1", "changes": [{"field": "calls", "value": {}}]}],
    }

    assert [brought(far, told) for told in (reaction, delivered, account)] == [wire.Batch()] * 3


def test_undelivered(far: WhatsApp) -> None:
    """That words of ours did not arrive is kept with its reason, where an operator sees it."""
    failed = {
        "id": "wamid.9",
        "status": "failed",
        "timestamp": "1",
        "errors": [{"code": 131026, "title": "Undeliverable"}],
    }
    (kept,) = brought(far, payload(statuses=[failed])).unreadable

    assert "not delivered: Undeliverable" in kept.reason
    assert b"wamid.9" in kept.raw


def test_our_own_from_the_telephone(far: WhatsApp) -> None:
    """What a colleague writes on the telephone itself is ours, in the contact's conversation."""
    told = payload(message_echoes=[message(1, "J'arrive", to=ANN) | {"from": "33199000000"}])
    told["entry"][0]["changes"][0]["field"] = "smb_message_echoes"
    (said,) = brought(far, told).messages

    assert (said.is_own, said.conversation_id, said.text) == (True, ANN, "J'arrive")


def test_one_bad_of_three(far: WhatsApp) -> None:
    """Of three messages in one request the bad one is kept by itself, and can be read again when it can be read."""
    told = payload(message(1, "one"), message(2, type="telepathy", telepathy={}), message(3, "three"))
    batch = brought(far, told)
    (kept,) = batch.unreadable

    assert [said.text for said in batch.messages] == ["one", "three"]
    assert "telepathy" in kept.reason
    assert b'"one"' not in kept.raw
    with pytest.raises(errors.Invalid, match="telepathy"):
        far.connect().reread(kept.raw)
    mended = json.loads(kept.raw)
    mended["entry"][0]["changes"][0]["value"]["messages"] = [message(2, "two")]
    assert far.connect().reread(json.dumps(mended).encode()).messages[0].author.name == "Ann Lee"


def test_another_number(far: WhatsApp) -> None:
    """What is for another number is not taken for ours, and not lost."""
    batch = brought(far, payload(message(1, "hello"), us="999"))

    assert batch.messages == ()
    assert "another phone number" in batch.unreadable[0].reason
    assert US not in batch.unreadable[0].reason
