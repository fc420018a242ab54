"""What is said on Instagram: replies to comments and mentions, and the one private answer to each comment."""

from bot import wire
from bot.connectors.meta import messaging, window
from bot.connectors.meta.graph import Graph
from bot.connectors.meta.remedies import taken

REPLY_CLOSED = "private_reply_closed"
MENTIONED_ELSEWHERE = "mentioned_elsewhere"


async def comment(graph: Graph, us: str, message: wire.OutboundMessage) -> wire.Receipt:
    """Answer in public. Replies stand on one level, so it is the conversation's first comment that is answered."""
    media, is_mention, mentioned = message.conversation_id.partition(":")
    if is_mention:
        body = {"media_id": media, "message": message.text} | ({"comment_id": mentioned} if mentioned else {})
        told = await graph.post(us, "mentions", body=body)
    else:
        told = await graph.post(message.conversation_id, "replies", body={"message": message.text})
    return wire.Receipt(taken(told.get("id")))


async def reply_in_private(graph: Graph, page_id: str, message: wire.OutboundMessage) -> wire.Receipt:
    """Answer a comment in private, once. Meta refuses a second one, and it opens no window."""
    return await messaging.reply_in_private(graph, page_id, "comment_id", message.in_reply_to, message.text)


def acts(spot: wire.Spot) -> dict[str, wire.Permission]:
    """What may be done with the contact's last words, and with our own. Elsewhere than on our posts we may hide nothing."""
    own_words = {"delete": wire.Permission()}
    if not spot.message_id:
        return own_words
    if spot.traits.get("kind") == "mention":
        no = wire.Permission(is_allowed=False, why_not=MENTIONED_ELSEWHERE)
        return own_words | {"private_reply": no, "hide": no}
    private = window.permission(spot, window.PRIVATE_REPLY, REPLY_CLOSED)
    return own_words | {"private_reply": private, "hide": wire.Permission()}
