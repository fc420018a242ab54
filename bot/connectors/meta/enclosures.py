"""Files that leave with words for one of Meta's private places: each is carried up first, and then said by its number.

Words and files are messages of their own there. The first that leaves decides: what fails after it must not make it leave again.
"""

from collections.abc import Awaitable, Callable, Sequence
from typing import Any

import msgspec

from bot import errors, wire
from bot.connectors.meta.graph import Graph

# As many as people choose at once. The networks have no number: to them each is a message.
MOST = 5
MEGABYTE = 1_000_000
_SEEN = frozenset({"audio", "image", "video"})
_PDF = "application/pdf"
_AUDIO = ("audio/aac", "audio/mp4", "audio/wav", "audio/x-m4a")
_VIDEO = ("video/mp4", "video/ogg", "video/quicktime", "video/webm", "video/x-msvideo")
_PICTURES = ("image/jpeg", "image/png", "image/gif")

# "Upload Media for Instagram Messaging", 2026-04-01.
INSTAGRAM = wire.FileRules(
    MOST, dict.fromkeys(_PICTURES, 8 * MEGABYTE) | dict.fromkeys((*_AUDIO, *_VIDEO, _PDF), 25 * MEGABYTE)
)
# "Saving assets", 2026-04-22: anything, up to 25 MB. Named are the kinds that people send.
MESSENGER = wire.FileRules(
    MOST,
    dict.fromkeys(
        (*_PICTURES, "image/webp", *_AUDIO, "audio/mpeg", "audio/ogg", *_VIDEO, _PDF, "text/plain"), 25 * MEGABYTE
    ),
)


def kind_of(file: wire.Enclosure, other: str = "file") -> str:
    """How Meta calls what it is: what is heard or seen by its kind, anything else `other`."""
    kind = file.kind.partition("/")[0]
    return kind if kind in _SEEN else other


async def carried(graph: Graph, page_id: str, files: Sequence[wire.Enclosure], platform: str) -> list[dict[str, Any]]:
    """Carry them up; each as a message says it."""
    return [await _carried(graph, page_id, file, platform) for file in files]


async def _carried(graph: Graph, page_id: str, file: wire.Enclosure, platform: str) -> dict[str, Any]:
    kind = kind_of(file)
    made = {"attachment": {"type": kind, "payload": {"is_reusable": True}}}
    fields = {"message": msgspec.json.encode(made).decode(), "platform": platform}
    told = await graph.upload(page_id, "message_attachments", fields=fields, file=file, under="filedata")
    number = named(told.get("attachment_id"))
    if platform == "instagram":
        return {"attachment": {"type": "MEDIA_SHARE", "payload": {"id": number}}}
    return {"attachment": {"type": kind, "payload": {"attachment_id": number}}}


def named(number: object) -> str:
    """Under which number Meta has a file. Without one nothing has been said: it may be carried up again."""
    if not isinstance(number, str) or not number:
        raise errors.TryLater("Meta took the file but did not say under which number.")
    return number


async def in_turn(
    post: Callable[[dict[str, Any]], Awaitable[dict[str, Any]]], bodies: Sequence[dict[str, Any]]
) -> dict[str, Any]:
    """Say one after the other; what Meta answered to the first. Raises Uncertain when only a part has left."""
    first = await post(bodies[0])
    for body in bodies[1:]:
        try:
            await post(body)
        except errors.ComptoirError as error:
            raise errors.Uncertain(f"Only a part of it has left. {error.message}") from error
    return first
