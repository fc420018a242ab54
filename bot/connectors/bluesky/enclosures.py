"""Pictures on their way to Bluesky: each is laid with the account's server first, and then a post shows it.

What no post shows the server forgets by itself. The published limit is two million bytes; servers of before 2026 hold to one,
and a picture that every server takes is good enough. Direct messages carry no files.
"""

from typing import Any

from bot import errors, wire
from bot.connectors.bluesky.line import Line

_MOST_BYTES = 1_000_000
_KINDS = {"image/jpeg": _MOST_BYTES, "image/png": _MOST_BYTES, "image/webp": _MOST_BYTES}
IN_POSTS = wire.FileRules(most=4, kinds=_KINDS, most_pixels=2_000, has_alt=True)
NONE = wire.FileRules()


async def shown(line: Line, message: wire.OutboundMessage) -> dict[str, Any]:
    """What a post holds for its pictures. Raises TryLater or Refused; nothing is said yet."""
    images = [await _image(line, file) for file in message.files]
    return {"embed": {"$type": "app.bsky.embed.images", "images": images}} if images else {}


async def _image(line: Line, file: wire.Enclosure) -> dict[str, Any]:
    try:
        told = await line.lay(file.kind, file.body)
    except errors.Uncertain as lost:
        raise errors.TryLater("Bluesky did not say whether it has the file.") from lost
    if not isinstance(told.get("blob"), dict):
        raise errors.TryLater("Bluesky did not say under which name it has the file.")
    image = {"image": told["blob"], "alt": file.alt}
    shape = {"width": file.width, "height": file.height}
    return image | ({"aspectRatio": shape} if all(shape.values()) else {})
