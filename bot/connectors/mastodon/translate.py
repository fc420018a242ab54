"""Mastodon's posts and notifications ↔ what crosses the border. Pure: what must be asked for is given.

A notification is read alone, so that a bad one concerns nobody else: it comes out as `wire.Unreadable`, as it came.
"""

import json
from collections.abc import Iterable
from datetime import datetime
from typing import Annotated, Any, TypeVar
from urllib.parse import quote

import msgspec
from msgspec import Meta, Struct

from bot import errors, wire
from bot.connectors.mastodon import plain

# What is said to us: a post that names us, and a post about one of ours.
KINDS = ("mention", "quote")
PUBLIC = frozenset({"public", "unlisted"})
_PRIVATE = "direct:"
_LONGEST = 100_000

Id = Annotated[str, Meta(min_length=1, max_length=200)]
Moment = Annotated[datetime, Meta(tz=True)]
Read = TypeVar("Read")


class Account(Struct, frozen=True):
    id: Id
    acct: str = ""
    display_name: str = ""
    avatar: str | None = None


class Media(Struct, frozen=True):
    id: Id
    type: str = "unknown"
    url: str | None = None
    remote_url: str | None = None
    description: str | None = None


class Option(Struct, frozen=True):
    title: str


class Poll(Struct, frozen=True):
    options: tuple[Option, ...] = ()


class Version(Struct, frozen=True):
    """A post as it was at some time: what its history holds."""

    created_at: Moment
    content: str = ""
    spoiler_text: str = ""
    media_attachments: tuple[Media, ...] = ()
    poll: Poll | None = None


class Status(Struct, frozen=True):
    id: Id
    created_at: Moment
    account: Account
    content: str
    visibility: str
    spoiler_text: str = ""
    in_reply_to_id: str | None = None
    edited_at: Moment | None = None
    url: str | None = None
    uri: str = ""
    media_attachments: tuple[Media, ...] = ()
    poll: Poll | None = None

    @property
    def is_public(self) -> bool:
        """Posts for the author's followers are none: our public answer would tell others of them."""
        return self.visibility in PUBLIC

    @property
    def version(self) -> str:
        """Tells one edit from another; empty for what was never changed."""
        return self.edited_at.isoformat() if self.edited_at else ""


class Notification(Struct, frozen=True):
    id: Id
    type: str
    status: Status | None = None


def struct(raw: object, kind: type[Read]) -> Read:
    """`raw` as what it should be. Raises Invalid with what is wrong."""
    try:
        return msgspec.convert(raw, kind)
    except (msgspec.ValidationError, UnicodeEncodeError) as error:
        raise errors.Invalid(str(error)[:300]) from error


def unreadable(raw: object, error: errors.Invalid) -> wire.Unreadable:
    """What could not be read, as it came."""
    return wire.Unreadable(raw if isinstance(raw, bytes) else json.dumps(raw).encode(), error.message)


def path(id_: str) -> str:
    """An id as a part of an address: whatever stands in it, it stays one part."""
    return quote(id_, safe="")


def private_conversation(account_id: str) -> str:
    """Private posts are of one conversation with their author, whichever of them they answer."""
    return f"{_PRIVATE}{account_id}"


def correspondent(conversation_id: str) -> str:
    """With whom a private conversation is; empty for a public one."""
    return conversation_id.removeprefix(_PRIVATE) if conversation_id.startswith(_PRIVATE) else ""


def said(status: Status, conversation_id: str, history: Iterable[Version] = ()) -> list[wire.InboundMessage]:
    """What its author said, and each change of it since. Without a history, it was first said as it is now."""
    first, *edits = [*history] or [_now(status)]
    messages = [_message(status, first, conversation_id, wire.Act.SAID)]
    for edit in edits:
        # The newest bears the post's own time of change, by which it is known again.
        number = status.version if edit is edits[-1] else edit.created_at.isoformat()
        messages.append(_message(status, edit, conversation_id, wire.Act.EDITED, number))
    return messages


def edited(status: Status, conversation_id: str) -> wire.InboundMessage:
    """A post as its author has changed it."""
    return _message(status, _now(status), conversation_id, wire.Act.EDITED, status.version)


def deleted(status_id: str, conversation_id: str, author_id: str, at: datetime) -> wire.InboundMessage:
    """A post that is gone. Mastodon does not say when."""
    return wire.InboundMessage(status_id, conversation_id, wire.Person(author_id), at, act=wire.Act.DELETED)


def _now(status: Status) -> Version:
    return Version(
        status.edited_at or status.created_at,
        status.content,
        status.spoiler_text,
        status.media_attachments,
        status.poll,
    )


def _message(
    status: Status, version: Version, conversation_id: str, act: wire.Act, number: str = ""
) -> wire.InboundMessage:
    return _checked(
        external_id=status.id,
        conversation_id=conversation_id,
        author=person(status.account),
        sent_at=status.created_at if act is wire.Act.SAID else version.created_at,
        text=text(version.content, version.spoiler_text),
        act=act,
        is_public=status.is_public,
        in_reply_to=status.in_reply_to_id or "",
        version=number,
        permalink=_link(status.url or status.uri),
        attachments=_attachments(version),
    )


def _checked(**fields: Any) -> wire.InboundMessage:
    """The message, each field held to its type and length, and its words such that they can be written down."""
    message = struct(fields, wire.InboundMessage)
    try:
        f"{message.text}{message.author.name}{message.author.username}".encode()
    except UnicodeEncodeError as error:
        raise errors.Invalid("This holds characters that cannot be written.") from error
    return message


def text(content: str, warning: str) -> str:
    """The words, under the author's own warning of what they are about."""
    words = plain.words(content)
    about = plain.clean(warning).strip()
    whole = f"⚠ {about}\n\n{words}".strip() if about else words
    return whole if len(whole) <= _LONGEST else f"{whole[: _LONGEST - 1]}…"


def person(account: Account) -> dict[str, str]:
    """Who wrote it, as the fields of a `wire.Person`."""
    name = plain.clean(account.display_name).strip() or account.acct
    return {
        "external_id": account.id,
        "name": name[:300],
        "username": account.acct[:300],
        "avatar_url": _link(account.avatar or ""),
    }


def _attachments(version: Version) -> list[dict[str, str]]:
    files = [
        {
            "external_id": file.id,
            "kind": file.type[:30],
            "name": plain.clean(file.description or "")[:300],
            "url": _link(file.url or file.remote_url or ""),
        }
        for file in version.media_attachments[:49]
    ]
    if version.poll:
        choices = " / ".join(option.title for option in version.poll.options)
        files.append({"external_id": "poll", "kind": "poll", "name": plain.clean(choices)[:300]})
    return files


def _link(url: str) -> str:
    return wire.web_link(url) if len(url) <= 2_000 else ""
