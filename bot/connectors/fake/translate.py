"""The fake network's payloads ↔ wire. Pure."""

from datetime import UTC, timedelta

import msgspec

from bot import errors, wire
from bot.connectors.client import Answer
from bot.connectors.fake.payloads import Doing, Enclosed, Sending, Sent, Update, Updates

_updates = msgspec.json.Decoder(Updates)
_update = msgspec.json.Decoder(Update)
_sent = msgspec.json.Decoder(Sent)

NO_ANSWER = "The network answered with something that is no answer."


def batch(body: bytes, account: str) -> wire.Batch:
    """What an answer or a push holds, update by update, so that one that cannot be read stops no other.

    Raises Invalid when it is no list of updates at all.
    """
    try:
        told = _updates.decode(body)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise errors.Invalid("The body is no list of updates.") from error
    messages: list[wire.InboundMessage] = []
    unreadable: list[wire.Unreadable] = []
    for raw in told.updates:
        try:
            messages.append(_message(_update.decode(raw), account))
        except (msgspec.DecodeError, UnicodeDecodeError, OverflowError) as error:
            unreadable.append(wire.Unreadable(bytes(raw), str(error)[:300]))
    return wire.Batch(tuple(messages), tuple(unreadable), str(told.next))


def again(raw: bytes, account: str) -> wire.Batch:
    """One update that was kept. Raises Invalid while it is still unreadable."""
    try:
        return wire.Batch((_message(_update.decode(raw), account),))
    except (msgspec.DecodeError, UnicodeDecodeError, OverflowError) as error:
        raise errors.Invalid(f"It is still not readable: {error}") from error


def outbound(message: wire.OutboundMessage) -> bytes:
    is_private = not message.is_public and bool(message.in_reply_to)
    files = tuple(Enclosed(file.name, file.kind, file.body, file.alt) for file in message.files)
    return msgspec.json.encode(Sending(message.conversation_id, message.text, message.in_reply_to, is_private, files))


def deed(asked: wire.Deed) -> bytes:
    """Raises Refused for what the fake network does not know."""
    try:
        return msgspec.json.encode(
            msgspec.convert({"act": asked.act, "post": asked.message_id, "text": asked.text}, Doing)
        )
    except msgspec.ValidationError as error:
        raise errors.Refused(f"The fake network knows no {asked.act}.") from error


def receipt(body: bytes) -> wire.Receipt:
    """The network's word that it has our words. Raises Uncertain when it says nothing of the kind."""
    try:
        sent = _sent.decode(body)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise errors.Uncertain(NO_ANSWER) from error
    return wire.Receipt(sent.id, sent.at.astimezone(UTC), sent.link, sent.thread)


def _message(update: Update, account: str) -> wire.InboundMessage:
    post = update.post
    return wire.InboundMessage(
        external_id=post.id,
        conversation_id=post.thread,
        author=wire.Person(post.author.id, post.author.name, post.author.username),
        sent_at=post.at.astimezone(UTC),
        text=post.text,
        act=wire.Act(update.kind),
        is_public=post.public,
        is_own=post.author.id == f"account-{account}",
        in_reply_to=post.reply_to,
        version=_version(update),
        permalink=post.link,
        attachments=tuple(wire.Attachment(file.id, file.kind, file.name, file.url, file.size) for file in post.files),
        traits={} if post.summons else {"summons": "no"},
    )


def _version(update: Update) -> str:
    return str(update.post.version) if update.kind == "edited" else ""


def check(answer: Answer, after: timedelta) -> None:
    """Return for an answer that says yes; else raise what it asks us to do, having waited `after` where it asks to wait."""
    status = answer.status
    if 200 <= status < 300:
        return
    if status in {429, 503}:
        raise errors.TryLater("The network asks to wait.", after=after)
    if status == 401:
        raise errors.Reauthorize
    if 400 <= status < 500:
        raise errors.Refused(_reason(answer.body))
    raise errors.Uncertain(f"The network failed (HTTP {status}).")


def _reason(body: bytes) -> str:
    try:
        told = msgspec.json.decode(body, type=dict[str, str])
    except (msgspec.DecodeError, UnicodeDecodeError):
        return "The network refused."
    return told.get("error", "The network refused.")[:300]
