"""What is said on Threads. A reply is made first, and seen by nobody, until it is published: only that must not be done twice."""

from bot import errors, wire
from bot.connectors.meta.graph import Graph
from bot.connectors.meta.remedies import taken

MENTIONED_ELSEWHERE = "mentioned_elsewhere"


async def reply(graph: Graph, us: str, message: wire.OutboundMessage) -> wire.Receipt:
    """Answer in public, under what is answered; else under the post where the conversation began."""
    answered = message.in_reply_to or message.conversation_id.partition(":")[0]
    body = {"media_type": "TEXT", "text": message.text, "reply_to_id": answered}
    try:
        made = await graph.post(us, "threads", body=body)
    except errors.Uncertain as lost:
        raise errors.TryLater("Meta did not say whether it has the words. Nobody sees them yet.") from lost
    told = await graph.post(us, "threads_publish", body={"creation_id": taken(made.get("id"))})
    return wire.Receipt(taken(told.get("id")))


def acts(spot: wire.Spot) -> dict[str, wire.Permission]:
    """What may be done: under our posts a reply may be hidden; our own words may be deleted, and never changed."""
    own_words = {"delete": wire.Permission()}
    if not spot.message_id:
        return own_words
    if spot.traits.get("kind") == "mention":
        return own_words | {"hide": wire.Permission(is_allowed=False, why_not=MENTIONED_ELSEWHERE)}
    return own_words | {"hide": wire.Permission()}


def count(text: str) -> int:
    """The length as Threads counts it: an emoji is as long as its bytes, any other letter is one."""
    return sum(len(letter.encode("utf-8", "surrogatepass")) if _is_emoji(letter) else 1 for letter in text)


def _is_emoji(letter: str) -> bool:
    return letter >= "\U0001f000" or "\u2600" <= letter <= "\u27bf" or letter in "\u200d\ufe0f"
