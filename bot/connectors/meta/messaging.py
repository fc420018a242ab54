"""Private messages of a Page and of an Instagram account, which Meta tells in one shape. Pure, but for the looking back.

The contact's id is the conversation's. What we sent ourselves comes back as an echo: our app's are dropped, because we have
them; what a colleague wrote in Meta's own inbox is kept as ours, so that agents see that somebody has answered.
"""

from collections.abc import AsyncIterator
from datetime import datetime
from typing import Any

from bot import wire
from bot.connectors.meta import enclosures, reading
from bot.connectors.meta.graph import Graph
from bot.connectors.meta.hooks import Piece
from bot.connectors.meta.options import Options
from bot.connectors.meta.reading import OddError, link, maybe, moment, name, part, parts
from bot.connectors.meta.remedies import Closed, taken

KEYS = frozenset({"messaging", "standby"})
# What else stands in their place, and is no utterance: receipts, reactions, consents, who has the conversation.
_QUIET = frozenset({
    "account_linking", "app_roles", "delivery", "messaging_feedback", "messaging_seen", "optin", "pass_thread_control",
    "policy_enforcement", "reaction", "read", "referral", "request_thread_control", "response_feedback", "take_thread_control",
})  # fmt: skip
_FIELDS = "id,created_time,from,message,attachments{id,mime_type,name,size,file_url,image_data,video_data}"


def read(told: object, us: Options) -> tuple[wire.InboundMessage, ...]:
    """What one event of a conversation tells; nothing when nobody said anything. Raises for whatever is odd."""
    if not isinstance(told, dict):
        raise OddError("an event is an object")
    if "message" in told:
        return _message(told, us)
    if "message_edit" in told:
        edited = told["message_edit"]
        fields = _fields(told, edited, us)
        version = f"{maybe(edited, 'num_edit') or fields['sent_at'].timestamp()}"
        return (reading.message(**fields, act=wire.Act.EDITED, text=name(edited, "text"), version=version),)
    if "postback" in told:
        # Whoever presses a button that we offered says what stands on it.
        return (reading.message(**_fields(told, told["postback"], us), text=name(told, "postback", "title")),)
    if _QUIET & told.keys():
        return ()
    raise OddError(f"a kind of event not known yet: {', '.join(sorted(map(str, told)))[:100]}")


def _message(told: dict[str, Any], us: Options) -> tuple[wire.InboundMessage, ...]:
    said = told["message"]
    is_own = part(said, "is_echo") is True
    if is_own and maybe(said, "app_id") in {"", us.app_id}:
        return ()  # without a number nobody can tell whose it is, and ours would come twice
    fields = _fields(told, said, us, is_own=is_own)
    if part(said, "is_deleted") is True:
        return (reading.message(**fields, act=wire.Act.DELETED),)
    files = [
        _file(one, f"{fields['external_id'][:280]}:{number}") for number, one in enumerate(parts(said, "attachments"))
    ]
    if part(said, "is_unsupported") is True and not files:
        files = [{"external_id": "unsupported", "kind": "unsupported"}]
    text = maybe(said, "text")
    if not text and not files:
        raise OddError("a message without words and without a file")
    return (reading.message(**fields, text=text, attachments=files, in_reply_to=maybe(said, "reply_to", "mid")),)


def _fields(told: object, said: object, us: Options, *, is_own: bool = False) -> dict[str, Any]:
    """What each utterance bears. Of the two who speak, one must be us."""
    sender, recipient = name(told, "sender", "id"), name(told, "recipient", "id")
    if (sender if is_own else recipient) != us.account_id:
        raise OddError("it is for another account; that one needs a channel of its own, and an app of its own")
    return {
        "external_id": name(said, "mid"),
        "conversation_id": recipient if is_own else sender,
        "author": {"external_id": sender},
        "sent_at": moment(told, "timestamp"),
        "is_own": is_own,
    }


def _file(told: object, external_id: str) -> dict[str, Any]:
    """A file is named by its place in the message: Meta gives it no id, and its address is good for some days only.

    A fallback is a page that somebody linked to: its address is that person's words, and no file's.
    """
    called, kind = maybe(told, "title") or maybe(told, "payload", "title"), name(told, "type")
    return {
        "external_id": external_id,
        "kind": kind[:30],
        "name": called[:300],
        "url": "" if kind == "fallback" else link(told, "payload", "url"),
    }


async def back(graph: Graph, us: Options, page_id: str, platform: str, since: datetime) -> AsyncIterator[Piece]:
    """What was said to us in private since then, by the Page's own list: the newest conversation first."""
    async for place in graph.all(page_id, "conversations", platform=platform, fields="id,updated_time", limit="50"):
        if moment(place, "updated_time") < since:
            return
        async for said in graph.all(name(place, "id"), "messages", fields=_FIELDS, limit="50"):
            if _is_before(said, since):
                break
            if maybe(part(said, "from"), "id") != us.account_id:
                yield Piece("back", us.account_id, "private", said)


def _is_before(said: object, since: datetime) -> bool:
    """What has no time that could be read is looked at rather than passed over."""
    try:
        return moment(said, "created_time") < since
    except ValueError:
        return False


def read_back(told: object) -> tuple[wire.InboundMessage, ...]:
    """A message out of the Graph's list. It bears the id that the webhook gave it, and the author's name besides."""
    sender = name(told, "from", "id")
    files = [_listed(one) for one in parts(told, "attachments", "data")]
    text = maybe(told, "message")
    if not text and not files:
        files = [{"external_id": "unsupported", "kind": "unsupported"}]
    called = {"name": maybe(told, "from", "name"), "username": maybe(told, "from", "username")}
    return (
        reading.message(
            external_id=name(told, "id"),
            conversation_id=sender,
            author={"external_id": sender} | called,
            sent_at=moment(told, "created_time"),
            text=text,
            attachments=files,
        ),
    )


def _listed(told: object) -> dict[str, Any]:
    pictures = [kind for kind in ("image", "video") if part(told, f"{kind}_data")]
    urls = [link(told, "file_url"), *(link(told, f"{kind}_data", "url") for kind in pictures)]
    return {
        "external_id": name(told, "id"),
        "kind": pictures[0] if pictures else "file",
        "name": maybe(told, "name")[:300],
        "url": next(filter(None, urls), ""),
        "size": int(maybe(told, "size") or 0),
    }


async def send(graph: Graph, us: Options, page_id: str, message: wire.OutboundMessage) -> wire.Receipt:
    """Send once: the words, then each file. What is answered is named by the first."""
    platform = "messenger" if page_id == us.account_id else "instagram"
    said = [{"text": message.text}] if message.text else []
    said += await enclosures.carried(graph, page_id, message.files, platform)
    bodies: list[dict[str, Any]] = [{"recipient": {"id": message.conversation_id}, "message": one} for one in said]
    if message.in_reply_to:
        bodies[0]["reply_to"] = {"mid": message.in_reply_to}
    return receipt(await enclosures.in_turn(lambda body: _post(graph, us, page_id, body), bodies))


async def _post(graph: Graph, us: Options, page_id: str, body: dict[str, Any]) -> dict[str, Any]:
    """Where the day is over, nothing was sent, and where Meta has granted that, it goes as a person's late answer."""
    try:
        return await graph.post(page_id, "messages", body=body | {"messaging_type": "RESPONSE"})
    except Closed:
        if not us.has_human_agent:
            raise
        late = {"messaging_type": "MESSAGE_TAG", "tag": "HUMAN_AGENT"}
        return await graph.post(page_id, "messages", body=body | late)


async def reply_in_private(graph: Graph, page_id: str, kind: str, answered: str, text: str) -> wire.Receipt:
    """The one private answer that public words may have. The receipt names the conversation that it began."""
    told = await graph.post(page_id, "messages", body={"recipient": {kind: answered}, "message": {"text": text}})
    return wire.Receipt(receipt(told).external_id, conversation_id=maybe(told, "recipient_id"))


def receipt(told: dict[str, Any]) -> wire.Receipt:
    return wire.Receipt(taken(told.get("message_id")))
