"""Pictures on their way to X and from it. They go up piece by piece before anything is said: tweepy knows only the older way.

Nothing is said while they go up, so what is lost on the way is only tried again; each attempt carries them up anew, and X
forgets by itself what was never used. X shows a picture of a direct message to the two accounts alone.
"""

import asyncio
import re
from typing import Any
from urllib.parse import urlsplit

from bot import errors, wire
from bot.connectors import multipart
from bot.connectors.x import costs, places
from bot.connectors.x.api import Api
from bot.connectors.x.costs import Meter
from bot.connectors.x.session import Form

_MOST_BYTES = 5_000_000
_KINDS = {"image/jpeg": _MOST_BYTES, "image/png": _MOST_BYTES, "image/webp": _MOST_BYTES}
IN_POSTS = wire.FileRules(most=4, kinds=_KINDS, most_pixels=4_096, has_alt=True)
IN_DIRECT = wire.FileRules(most=1, kinds=_KINDS, most_pixels=4_096)
_UPLOAD = "/2/media/upload"
_PIECE = 1_000_000
_LONGEST_ALT = 1_000
# How often X is asked whether it has looked at a picture, and how long it may ask us to wait between.
_LOOKS = 20
_LONGEST_WAIT = 5.0
_FAILED = "X could not read the file."
_PRIVATE = re.compile(r"/1\.1/ton/data/dm/(\d{1,19})/(\d{1,19})/([A-Za-z0-9_.-]{1,200})", re.ASCII)
_PRIVATE_HOSTS = {"ton.twitter.com", "ton.x.com"}


async def carry_up(api: Api, meter: Meter, message: wire.OutboundMessage) -> list[str]:
    """The numbers under which X has the files, in their order. Raises TryLater or Refused; nothing is said yet."""
    category = "tweet_image" if message.is_public else "dm_image"
    has_alt = (IN_POSTS if message.is_public else IN_DIRECT).has_alt
    try:
        return [await _up(api, meter, file, category, has_alt=has_alt) for file in message.files]
    except errors.Uncertain as lost:
        raise errors.TryLater("X did not say whether it has the file.") from lost


async def fetched(api: Api, meter: Meter, file: wire.Attachment) -> bytes:
    """A file that somebody sent. Raises NotFound where there is none to have."""
    if file.kind == "encrypted" or not file.url:
        raise errors.NotFound("The network did not say where this file is.")
    private = _private(file.url)
    if not private:
        return await api.public_file(file.url)
    body = await api.own_file(private)
    meter.read(costs.MEDIA, [file.external_id])
    await meter.keep()
    return body


def _private(url: str) -> str:
    """Where X gives an app the picture of a direct message, whose own address opens to people only; empty for any other."""
    parts = urlsplit(url)
    found = _PRIVATE.fullmatch(parts.path) if parts.hostname in _PRIVATE_HOSTS else None
    return "/2/dm_conversations/media/" + "/".join(found.groups()) if found else ""


async def _up(api: Api, meter: Meter, file: wire.Enclosure, category: str, *, has_alt: bool) -> str:
    """Announce it, carry it, finish, wait until X has looked at it, say what it shows."""
    announced = {"media_type": file.kind, "media_category": category, "total_bytes": len(file.body)}
    number = _number(await api.call("POST", f"{_UPLOAD}/initialize", announced))
    for index, start in enumerate(range(0, len(file.body), _PIECE)):
        piece = multipart.Part("media", "piece", "application/octet-stream", file.body[start : start + _PIECE])
        form = Form(*multipart.written({"segment_index": str(index)}, piece))
        await api.call("POST", f"{_UPLOAD}/{number}/append", form)
    told = await api.call("POST", f"{_UPLOAD}/{number}/finalize")
    await _until_seen(api, number, told)
    if has_alt and file.alt:
        said = {"id": number, "metadata": {"alt_text": {"text": file.alt[:_LONGEST_ALT]}}}
        await api.call("POST", "/2/media/metadata", said)
        meter.spend(costs.DESCRIPTION)
    return number


async def _until_seen(api: Api, number: str, told: dict[str, Any]) -> None:
    for _ in range(_LOOKS):
        state, wait = _state(told)
        if state == "failed":
            raise errors.Refused(_FAILED)
        if state not in {"pending", "in_progress"}:
            return
        await asyncio.sleep(wait)
        told = await api.call("GET", _UPLOAD, command="STATUS", media_id=number)
    raise errors.TryLater("X is still looking at the file.")


def _state(told: dict[str, Any]) -> tuple[str, float]:
    """How far X is with a file, and when to ask again; a picture is mostly done at once, and then X says nothing of it."""
    data = told.get("data")
    info = data.get("processing_info") if isinstance(data, dict) else None
    if not isinstance(info, dict):
        return "", 0.0
    wait = info.get("check_after_secs")
    return str(info.get("state")), min(float(wait), _LONGEST_WAIT) if isinstance(wait, int) and wait >= 0 else 1.0


def _number(told: dict[str, Any]) -> str:
    data = told.get("data")
    number = data.get("id") if isinstance(data, dict) else None
    if not places.is_number(number):
        raise errors.TryLater("X did not say under which number it has the file.")
    return str(number)
