"""What is done on a Page: comments, the one private answer to each, and what else may be done with somebody's words."""

from bot import wire
from bot.connectors.meta import messaging, window
from bot.connectors.meta.graph import Graph
from bot.connectors.meta.options import Options
from bot.connectors.meta.remedies import taken

REPLY_CLOSED = "private_reply_closed"
MENTIONED_ELSEWHERE = "mentioned_elsewhere"
# "Photo uploads", 2026: these kinds, better below 4 MB; a comment holds one.
FILES = wire.FileRules(1, dict.fromkeys(("image/jpeg", "image/png", "image/gif"), 4_000_000))


def is_public_place(external_id: str) -> bool:
    """Posts and comments are named by two numbers; people and private messages never are."""
    return "_" in external_id and not external_id.startswith("m_")


async def comment(graph: Graph, message: wire.OutboundMessage) -> wire.Receipt:
    """Answer in public, under what is answered. A picture leaves with the words, in one request."""
    place, words = (message.in_reply_to or message.conversation_id, "comments"), {"message": message.text}
    if message.files:
        fields = words if message.text else {}
        told = await graph.post_file(*place, fields=fields, file=message.files[0], under="source")
    else:
        told = await graph.post(*place, body=words)
    return wire.Receipt(taken(told.get("id")))


async def reply_in_private(graph: Graph, us: Options, message: wire.OutboundMessage) -> wire.Receipt:
    """Answer a comment, or a visitor's post, in private, once. Meta refuses a second one."""
    answered = message.in_reply_to or message.conversation_id
    kind = "post_id" if answered.startswith(f"{us.account_id}_") else "comment_id"
    return await messaging.reply_in_private(graph, us.account_id, kind, answered, message.text)


def acts(spot: wire.Spot) -> dict[str, wire.Permission]:
    """What may be done with the contact's last words, and with our own. Elsewhere than on our Page we may hide nothing."""
    own_words = {"edit": wire.Permission(), "delete": wire.Permission()}
    if not spot.message_id:
        return own_words
    if spot.traits.get("kind") == "mention":
        no = wire.Permission(is_allowed=False, why_not=MENTIONED_ELSEWHERE)
        return own_words | {"private_reply": no, "hide": no, "like": wire.Permission()}
    private = window.permission(spot, window.PRIVATE_REPLY, REPLY_CLOSED)
    return own_words | {"private_reply": private, "hide": wire.Permission(), "like": wire.Permission()}


async def act(graph: Graph, deed: wire.Deed) -> bool:
    """Do it; whether it is known here. Done twice is the same."""
    match deed.act:
        case "hide" | "unhide":
            await graph.post(deed.message_id, body={"is_hidden": deed.act == "hide"})
        case "like":
            await graph.post(deed.message_id, "likes", body={})
        case "unlike":
            await graph.delete(deed.message_id, "likes")
        case "edit":
            await graph.post(deed.message_id, body={"message": deed.text})
        case "delete":
            await graph.delete(deed.message_id)
        case _:
            return False
    return True
