"""One update of Telegram's → what crosses the border. Pure. Which messages of a group are for us is decided here too.

An update is read alone, so that a bad one concerns nobody else: it comes out as `wire.Unreadable`, as it came.
"""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import msgspec
from telegram import BusinessMessagesDeleted, Chat, Message, MessageEntity, Update, User

from bot import wire
from bot.connectors.telegram import attachments
from bot.connectors.telegram.places import Place

# Told to Telegram at every asking: without it, the setting of whoever asked last would go on.
KINDS = (
    "message",
    "edited_message",
    "business_message",
    "edited_business_message",
    "deleted_business_messages",
    "business_connection",
    "my_chat_member",
)
_GROUPS = (Chat.GROUP, Chat.SUPERGROUP)


@dataclass(frozen=True, slots=True)
class Ourselves:
    """Who the bot is, and the groups where every message is for it."""

    id: int
    username: str
    groups: frozenset[int] = frozenset()


def update(
    raw: object, us: Ourselves, at: datetime, *, in_our_album: bool = False
) -> tuple[wire.InboundMessage, ...] | wire.Unreadable:
    """What `raw`, one update as Telegram gave it, tells us; nothing when it is not for us.

    `at` dates what Telegram does not. `in_our_album` when it is a further part of an album that was for us.
    """
    try:
        return _translated(raw, us, at, in_our_album)
    except Exception as error:  # noqa: BLE001 - whatever the library trips over, nothing is lost: it goes to quarantine
        return wire.Unreadable(raw=json.dumps(raw).encode(), reason=f"{type(error).__name__}: {error}"[:300])


def album(raw: object) -> str:
    """The name of the album that `raw` is a part of, if any: each part is an update, and only one bears the words."""
    message = raw.get("message") if isinstance(raw, dict) else None
    return str(message.get("media_group_id") or "") if isinstance(message, dict) else ""


def _translated(raw: object, us: Ourselves, at: datetime, is_ours: bool) -> tuple[wire.InboundMessage, ...]:
    if not isinstance(raw, dict):
        raise TypeError("an update is an object")
    told = Update.de_json(raw)
    said = told.message or told.business_message
    edited = told.edited_message or told.edited_business_message
    if told.deleted_business_messages:
        return _deleted(told.deleted_business_messages, at)
    if edited and is_for(us, edited):
        return _message(edited, us, wire.Act.EDITED, version=_version(edited, told.update_id))
    if said and (is_ours or is_for(us, said)):
        return _message(said, us, wire.Act.SAID)
    if told.api_kwargs:
        raise ValueError(f"a kind of update not known yet: {', '.join(sorted(told.api_kwargs))}")
    return ()


def _version(message: Message, update_id: int) -> str:
    """Two edits may fall into one second, hence the update's number behind the date."""
    edited_at = message.edit_date or message.date
    return f"{int(edited_at.timestamp())}.{update_id}"


def _message(message: Message, us: Ourselves, act: wire.Act, version: str = "") -> tuple[wire.InboundMessage, ...]:
    files = attachments.of(message)
    text = message.text or message.caption or ""
    if not text and not files:
        if message.api_kwargs:
            raise ValueError(f"a kind of message not known yet: {', '.join(sorted(message.api_kwargs))}")
        return ()  # a service message: someone joined, a title changed
    place = Place.of(message)
    return (
        _checked(
            external_id=place.message(message.message_id),
            conversation_id=str(place),
            author=_author(message),
            sent_at=message.edit_date if act is wire.Act.EDITED and message.edit_date else message.date,
            text=text,
            act=act,
            is_public=message.chat.type != Chat.PRIVATE,
            is_own=_is_own(us, message),
            in_reply_to=_in_reply_to(message, place),
            version=version,
            permalink=message.link or "",
            attachments=files,
        ),
    )


def _deleted(gone: BusinessMessagesDeleted, at: datetime) -> tuple[wire.InboundMessage, ...]:
    place = Place(gone.chat.id, business=gone.business_connection_id)
    return tuple(
        _checked(
            external_id=place.message(number),
            conversation_id=str(place),
            author=_person(gone.chat),
            sent_at=at,
            act=wire.Act.DELETED,
        )
        for number in gone.message_ids
    )


def _checked(**fields: Any) -> wire.InboundMessage:
    """The message, each field held to its type and length: the library does not look whether a text is one."""
    message = msgspec.convert(fields, wire.InboundMessage)
    message.text.encode()  # half an emoji is no text, and would stop whoever writes it down
    return message


def is_for(us: Ourselves, message: Message) -> bool:
    """Whether somebody speaks to us: in private, or in a group of ours, or by mention, reply or command elsewhere."""
    if message.chat.type not in _GROUPS:
        return message.chat.type == Chat.PRIVATE
    writer = message.from_user
    if writer and writer.is_bot and writer.id != us.id and not message.sender_chat:
        return False  # two bots that answer each other never end
    if message.chat.id in us.groups:
        return True
    return not message.is_automatic_forward and (_answers(us, message) or _names(us, message))


def _answers(us: Ourselves, message: Message) -> bool:
    answered = _answered(message)
    return bool(answered and answered.from_user and answered.from_user.id == us.id)


def _answered(message: Message) -> Message | None:
    """What a person replied to. In a topic, Telegram shows each message as a reply to the topic's own beginning."""
    answered = message.reply_to_message
    return None if answered and answered.forum_topic_created else answered


def _names(us: Ourselves, message: Message) -> bool:
    name = f"@{us.username}".casefold()
    for entity, words in _entities(message):
        if entity.type == MessageEntity.TEXT_MENTION and entity.user and entity.user.id == us.id:
            return True
        if entity.type == MessageEntity.MENTION and words.casefold() == name:
            return True
        if entity.type == MessageEntity.BOT_COMMAND and words.casefold().endswith(name):
            return True
    return False


def _entities(message: Message) -> Iterable[tuple[MessageEntity, str]]:
    """Each entity with its words. The library counts in UTF-16 units, as Telegram does: an emoji is two."""
    return [*message.parse_entities().items(), *message.parse_caption_entities().items()]


def _is_own(us: Ourselves, message: Message) -> bool:
    """Whether the brand itself speaks: the bot, the business account's owner, or a group or channel of ours as such."""
    writer = message.from_user
    if (writer and writer.id == us.id) or message.sender_business_bot:
        return True
    if message.business_connection_id:
        return bool(writer and writer.id != message.chat.id)
    speaks_as_group = bool(message.sender_chat and message.sender_chat.id == message.chat.id)
    return message.chat.id in us.groups and (speaks_as_group or bool(message.is_automatic_forward))


def _in_reply_to(message: Message, place: Place) -> str:
    answered = _answered(message)
    return place.message(answered.message_id) if answered else ""


def _author(message: Message) -> dict[str, str]:
    """Who wrote it. Somebody who writes as a channel or as a group is that channel or group."""
    return _person(message.sender_chat or message.from_user or message.chat)


def _person(one: User | Chat) -> dict[str, str]:
    name = one.full_name or (one.title if isinstance(one, Chat) else "") or ""
    return {"external_id": str(one.id), "name": name, "username": one.username or ""}


def moment(seconds: object) -> datetime | None:
    """A date as Telegram writes it, or None when it is none."""
    try:
        return datetime.fromtimestamp(seconds, UTC) if isinstance(seconds, int) else None
    except (OverflowError, OSError, ValueError):
        return None
