"""What WhatsApp brings → what crosses the border. Pure."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from bot import wire
from bot.connectors.meta import hooks, reading
from bot.connectors.meta.hooks import Piece
from bot.connectors.meta.reading import OddError, maybe, moment, name, part, parts
from bot.connectors.whatsapp import attachments

# What a request may list, and that stands for itself.
_LISTS = ("messages", "message_echoes", "statuses")
_ECHOES = "smb_message_echoes"
# What Meta tells of the account, of templates, groups and calls: nobody has said anything.
_QUIET_FIELDS = frozenset({
    "account_alerts", "account_review_update", "account_settings_update", "account_update", "business_capability_update",
    "business_status_update", "calls", "flows", "group_lifecycle_update", "group_participants_update", "group_settings_update",
    "group_status_update", "history", "message_template_components_update", "message_template_quality_update",
    "message_template_status_update", "phone_number_name_update", "phone_number_quality_update", "security",
    "smb_app_state_sync", "template_category_update", "user_preferences",
})  # fmt: skip


def split(told: dict[str, Any]) -> Iterator[Piece]:
    """Each message and each status of a request by itself, with what stands beside it."""
    for piece in hooks.split(told):
        change = piece.told if isinstance(piece.told, dict) else {}
        value = change.get("value")
        listed = _listed(value)
        if not isinstance(value, dict) or len(listed) < 2:
            yield piece
            continue
        beside = {key: held for key, held in value.items() if key not in _LISTS}
        for key, thing in listed:
            yield replace(piece, told=change | {"value": beside | {key: [thing]}})


def _listed(value: object) -> list[tuple[str, Any]]:
    lists = {key: part(value, key) for key in _LISTS}
    return [(key, one) for key, things in lists.items() if isinstance(things, list) for one in things]


def tells_of_templates(piece: Piece) -> bool:
    """Whether Meta tells that a template was approved, paused or changed."""
    field = part(piece.told, "field")
    return isinstance(field, str) and field.startswith("message_template_")


def read(piece: Piece, phone_number_id: str) -> tuple[wire.InboundMessage, ...]:
    """What one piece tells; nothing when nobody said anything. Raises for whatever is not as WhatsApp tells it."""
    field = name(piece.told, "field")
    if piece.kind != "whatsapp_business_account" or piece.key != "changes":
        raise OddError(f"{piece.kind}.{piece.key} is not what WhatsApp brings")
    if field in _QUIET_FIELDS:
        return ()
    if field not in {"messages", _ECHOES}:
        raise OddError(f"a kind of change not known yet: {field}")
    value = part(piece.told, "value")
    if name(value, "metadata", "phone_number_id") != phone_number_id:
        raise OddError("it is for another phone number; that one needs a channel of its own, and an address of its own")
    for status in parts(value, "statuses"):
        _judge(status)
    said = [_heard(one, value) for one in parts(value, "messages")]
    echoed = [_said(one, name(one, "to"), is_own=True) for one in parts(value, "message_echoes")]
    if not any(key in value for key in (*_LISTS, "errors")):
        raise OddError("it lists nothing")
    for error in parts(value, "errors"):
        raise OddError(f"WhatsApp tells of an error: {maybe(error, 'title')} ({maybe(error, 'code')})")
    return tuple(one for one in (*said, *echoed) if one)


def _judge(status: object) -> None:
    """A status says where our words have got to. That they will not arrive must be seen by somebody."""
    if name(status, "status") == "failed":
        why = next((maybe(error, "title") for error in parts(status, "errors")), "")
        raise OddError(f"a message of ours was not delivered: {why or 'no reason given'}")


def _heard(told: object, value: object) -> wire.InboundMessage | None:
    """A contact's message. In a group, the group is the conversation."""
    sender = name(told, "from")
    names = {maybe(one, "wa_id"): maybe(one, "profile", "name") for one in parts(value, "contacts")}
    return _said(told, maybe(told, "group_id") or sender, person=names.get(sender, ""))


def _said(told: object, place: str, *, person: str = "", is_own: bool = False) -> wire.InboundMessage | None:
    kind = name(told, "type")
    if kind == "reaction":
        return None
    fields: dict[str, Any] = {
        "external_id": name(told, "id"),
        "conversation_id": place,
        "author": {"external_id": name(told, "from"), "name": person},
        "sent_at": moment(told, "timestamp"),
        "is_own": is_own,
        "in_reply_to": maybe(told, "context", "id"),
    }
    if kind == "revoke":
        gone = name(told, "revoke", "original_message_id")
        return reading.message(**fields | {"external_id": gone, "act": wire.Act.DELETED})
    if kind == "edit":
        return _edited(told, fields)
    text, files = _content(told, kind)
    return reading.message(**fields, text=text, attachments=files)


def _edited(told: object, fields: dict[str, Any]) -> wire.InboundMessage:
    """The new words under the id of the old; the edit's own id tells two edits apart."""
    new = part(told, "edit", "message")
    text, files = _content(new, name(new, "type"))
    return reading.message(
        **fields
        | {"external_id": name(told, "edit", "original_message_id"), "version": fields["external_id"][:100]}
        | {"act": wire.Act.EDITED, "text": text, "attachments": files}
    )


def _content(told: object, kind: str) -> tuple[str, list[dict[str, Any]]]:
    """The words, and what was sent besides them."""
    match kind:
        case "text":
            return name(told, "text", "body"), []
        case "button":
            return name(told, "button", "text"), []
        case "system":
            return name(told, "system", "body"), []
        case "interactive":
            return _chosen(part(told, "interactive")), []
    return maybe(told, kind, "caption"), attachments.of(told, kind)


def _chosen(told: object) -> str:
    """What a contact chose from what we offered."""
    kind = name(told, "type")
    return name(told, kind, "body" if kind == "nfm_reply" else "title")
