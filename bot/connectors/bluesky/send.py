"""Words on their way to Bluesky: a post under another, or a direct message.

A post's name is made of the words' own key, and it is written only where there is none of that name. So the same key twice is
one post, and a look tells for certain whether it is there. A direct message takes no name: there a look compares the words.
"""

from datetime import datetime
from hashlib import sha256
from typing import Any

from bot import errors, wire
from bot.clock import Clock
from bot.connectors import enclosing
from bot.connectors.bluesky import attachments, counting, enclosures, facets, remedies, translate
from bot.connectors.bluesky.line import Line, listed

POST = "app.bsky.feed.post"
PUBLIC_LIMIT = 300
# How a record is named: a time in microseconds and a clock's number, in these letters, which sort as the figures do.
_LETTERS = "234567abcdefghijklmnopqrstuvwxyz"
_YEAR_2024 = 1_704_067_200_000_000
_SPAN = 45
_PAGE = 100


async def send(line: Line, message: wire.OutboundMessage, clock: Clock, limit: int) -> wire.Receipt:
    """Send once. Raises Uncertain when the answer was lost; `find` knows more then."""
    _check(message.text, PUBLIC_LIMIT if message.is_public else limit)
    enclosing.check(message, enclosures.IN_POSTS if message.is_public else enclosures.NONE)
    if message.is_public:
        return await _post(line, message, clock)
    convo = await _convo(line, message)
    said = {"text": message.text, **await _facets(line, message)}
    told = await line.act("chat.bsky.convo.sendMessage", {"convoId": convo, "message": said}, chat=True)
    return _chat_receipt(told, convo, message)


async def find(line: Line, message: wire.OutboundMessage) -> wire.Receipt | None:
    """The receipt of words that the network has; None when it surely has not."""
    if not message.is_public:
        return await _find_in_chat(line, message)
    me, name = await line.me(), record_name(message.key)
    try:
        told = await line.ask("com.atproto.repo.getRecord", {"repo": me, "collection": POST, "rkey": name})
    except remedies.Missing:
        return None
    return _receipt(f"at://{me}/{POST}/{name}", told.get("value"))


def record_name(key: str) -> str:
    """The name of a record, always the same for one key. Its time means nothing, except that it lies in the past."""
    figure = int.from_bytes(sha256(key.encode()).digest()[:7], "big")
    moment = _YEAR_2024 + (figure >> 10) % (1 << _SPAN)
    value = (moment << 10) | (figure & 0x3FF)
    return "".join(_LETTERS[(value >> shift) & 31] for shift in range(60, -1, -5))


def _check(text: str, limit: int) -> None:
    try:
        text.encode()
    except UnicodeEncodeError:
        raise errors.Refused("The text holds half a character, which cannot be sent.") from None
    if counting.count(text) > limit:
        raise errors.Refused(f"The text is longer than {limit} characters, or {limit * counting.BYTES_EACH} bytes.")


async def _post(line: Line, message: wire.OutboundMessage, clock: Clock) -> wire.Receipt:
    record = {
        "$type": POST,
        "text": message.text,
        "createdAt": clock().isoformat(timespec="milliseconds").replace("+00:00", "Z"),
        "reply": await _reply(line, message.in_reply_to or translate.root_of(message.conversation_id)),
        **await _facets(line, message),
        **await enclosures.shown(line, message),
    }
    me, name = await line.me(), record_name(message.key)
    where = {"repo": me, "collection": POST, "rkey": name}
    try:
        # No record of this name may be there: otherwise it would be written over.
        await line.act("com.atproto.repo.putRecord", {**where, "record": record, "swapRecord": None})
    except remedies.Unchanged:
        there = await find(line, message)
        if there is None:
            raise errors.Uncertain(remedies.MAYBE_TAKEN) from None
        return there
    return _receipt(f"at://{me}/{POST}/{name}", record)


async def _reply(line: Line, uri: str) -> dict[str, Any]:
    """What is answered, and the beginning of its thread. Both are named with the hash of what they say now."""
    view = await seen(line, uri)
    viewer, record = view.get("viewer"), view.get("record")
    if isinstance(viewer, dict) and viewer.get("replyDisabled"):
        raise errors.Refused("Whoever began this thread does not let us answer in it.")
    parent = {"uri": uri, "cid": view.get("cid")}
    reply = record.get("reply") if isinstance(record, dict) else None
    root = reply.get("root") if isinstance(reply, dict) else None
    return {"root": {"uri": root["uri"], "cid": root["cid"]} if isinstance(root, dict) else parent, "parent": parent}


async def seen(line: Line, uri: str) -> dict[str, Any]:
    """A post as the network shows it to us now. Raises Refused when it does not."""
    if not translate.ADDRESS.fullmatch(uri):
        raise errors.Refused(f"{uri!r} is not a post on Bluesky.")
    shown = listed(await line.ask("app.bsky.feed.getPosts", {"uris": [uri]}), "posts")
    view = shown[0] if shown else None
    if not isinstance(view, dict) or not isinstance(view.get("cid"), str):
        raise errors.Refused("This post is gone, or its author does not let us see it.")
    return view


async def _facets(line: Line, message: wire.OutboundMessage) -> dict[str, Any]:
    dids: dict[str, str] = {}
    for handle in facets.mentioned(message.text):
        did = await _did(line, handle, message.to)
        if did:
            dids[handle] = did
    found = facets.of(message.text, dids)
    return {"facets": found} if found else {}


async def _did(line: Line, handle: str, to: wire.Person | None) -> str:
    """Who bears a handle; empty when nobody does."""
    if to is not None and handle == to.username.lower():
        return to.external_id
    try:
        return str((await line.ask("com.atproto.identity.resolveHandle", {"handle": handle})).get("did") or "")
    except errors.Refused:
        return ""


async def _convo(line: Line, message: wire.OutboundMessage) -> str:
    """The private conversation: the one that is named, or the one with the person where a public post is answered."""
    if not message.conversation_id.startswith("at://"):
        return message.conversation_id
    if message.to is None:
        raise errors.Refused("Nobody is named to whom a direct message could go.")
    told = await line.ask("chat.bsky.convo.getConvoForMembers", {"members": [message.to.external_id]}, chat=True)
    convo = told.get("convo")
    if not isinstance(convo, dict) or not isinstance(convo.get("id"), str):
        raise errors.TryLater("Bluesky's answer was lost or could not be read.")
    return str(convo["id"])


async def _find_in_chat(line: Line, message: wire.OutboundMessage) -> wire.Receipt | None:
    """Our words behind the message that they answer. None when they are not there; Uncertain when that cannot be told."""
    convo, me = await _convo(line, message), await line.me()
    told = await line.ask("chat.bsky.convo.getMessages", {"convoId": convo, "limit": _PAGE}, chat=True)
    views = [view for view in listed(told, "messages") if isinstance(view, dict)]
    numbers = [translate.message_id(convo, str(view.get("id"))) for view in views]
    if message.in_reply_to not in numbers and told.get("cursor"):
        raise errors.Uncertain("So much has been said since that Bluesky cannot be asked whether it has these words.")
    end = numbers.index(message.in_reply_to) if message.in_reply_to in numbers else len(numbers)
    for view in views[:end]:
        if translate.sender(view) == me and view.get("text") == message.text:
            return _chat_receipt(view, convo, message)
    return None


def _chat_receipt(told: dict[str, Any], convo: str, message: wire.OutboundMessage) -> wire.Receipt:
    if not isinstance(told.get("id"), str):
        raise errors.Uncertain("Bluesky took the message but did not say under which number.")
    elsewhere = convo if convo != message.conversation_id else ""
    return wire.Receipt(translate.message_id(convo, told["id"]), _moment(told.get("sentAt")), conversation_id=elsewhere)


def _receipt(uri: str, record: object) -> wire.Receipt:
    created = record.get("createdAt") if isinstance(record, dict) else None
    return wire.Receipt(uri, _moment(created), attachments.address(uri))


def _moment(text: object) -> datetime | None:
    try:
        return translate.moment(text)
    except (ValueError, OverflowError):
        return None
