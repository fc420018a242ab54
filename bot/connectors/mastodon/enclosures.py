"""Pictures on their way to an instance: carried up one by one, seen through by it, and then shown by a post.

What no post shows the instance forgets within a day. Which files it takes, it announces (`home`).
"""

import asyncio

from msgspec import Struct

from bot import errors, wire
from bot.connectors import multipart
from bot.connectors.mastodon import remedies, translate
from bot.connectors.mastodon.api import Api
from bot.connectors.mastodon.home import Home

# How often the instance is asked whether it is done, and how long to wait between.
_LOOKS = 30
_PAUSE = 0.5


class _Medium(Struct, frozen=True):
    """`url` is missing while the instance still works on the file."""

    id: str
    url: str | None = None


async def carry_up(api: Api, home: Home, message: wire.OutboundMessage) -> list[str]:
    """The numbers under which the instance has the files, in their order. Raises TryLater or Refused; nothing is said yet."""
    return [await _up(api, home, file) for file in message.files]


async def _up(api: Api, home: Home, file: wire.Enclosure) -> str:
    part = multipart.Part("file", multipart.plain(file.name), file.kind, file.body)
    described = {"description": file.alt[: home.longest_alt]} if file.alt else {}
    medium = _medium(await api.upload("v2/media", *multipart.written(described, part)))
    for _ in range(_LOOKS):
        if medium.url:
            return medium.id
        await asyncio.sleep(_PAUSE)
        try:
            medium = _medium(await api.get(f"v1/media/{translate.path(medium.id)}"))
        except errors.NotFound as gone:
            raise errors.TryLater("The instance has lost the file.") from gone
    raise errors.TryLater("The instance is still working on the file.")


def _medium(told: object) -> _Medium:
    try:
        return translate.struct(told, _Medium)
    except errors.Invalid as error:
        raise errors.TryLater(remedies.LOST) from error
