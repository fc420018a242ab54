"""What an instance says of itself: how long a post may be there, what a link counts, which files it takes, where its stream is.

Pure.
"""

from math import isqrt
from typing import Annotated, Any
from urllib.parse import urlsplit

from msgspec import Meta, Struct

from bot import errors, wire
from bot.connectors.mastodon import counting, translate

# The contact's name stands before the words: an @, thirty letters at most, a space. The instance behind it counts nothing.
NAME = 32
# The pictures that we make; an instance takes others besides.
_PICTURES = ("image/jpeg", "image/png", "image/webp")
# What every version of Mastodon has taken.
_USUAL_BYTES = 8_000_000
_USUAL_AREA = 16_777_216


class _Statuses(Struct, frozen=True):
    max_characters: Annotated[int, Meta(gt=NAME)] = 500
    characters_reserved_per_url: Annotated[int, Meta(gt=0)] = counting.LINK
    max_media_attachments: Annotated[int, Meta(ge=0)] = 4


class _Media(Struct, frozen=True):
    supported_mime_types: tuple[str, ...] = _PICTURES[:2]
    image_size_limit: Annotated[int, Meta(ge=0)] = _USUAL_BYTES
    image_matrix_limit: Annotated[int, Meta(ge=0)] = _USUAL_AREA
    description_limit: Annotated[int, Meta(ge=0)] = 1_500


class _Urls(Struct, frozen=True):
    streaming: str = ""


class _Configuration(Struct, frozen=True):
    statuses: _Statuses = _Statuses()
    media_attachments: _Media = _Media()
    urls: _Urls = _Urls()


class _Instance(Struct, frozen=True):
    configuration: _Configuration = _Configuration()


class _OldUrls(Struct, frozen=True):
    streaming_api: str = ""


class _OldInstance(Struct, frozen=True):
    configuration: _Configuration = _Configuration()
    urls: _OldUrls = _OldUrls()


class Home(Struct, frozen=True):
    """`limit` is the longest text of ours, without the name before it, and `whole` with it."""

    streaming_url: str
    whole: int = 500
    link: int = counting.LINK
    files: wire.FileRules = wire.FileRules()
    longest_alt: int = 1_500

    @property
    def limit(self) -> int:
        return self.whole - NAME


def read(told: Any, base_url: str) -> Home:
    """What /api/v2/instance answered. Raises TryLater when that is none."""
    try:
        configuration = translate.struct(told, _Instance).configuration
    except errors.Invalid as error:
        raise errors.TryLater("What the instance says of itself could not be read.") from error
    return _home(configuration, configuration.urls.streaming, base_url)


def read_old(told: Any, base_url: str) -> Home:
    """The same of /api/v1/instance, for instances that have no other."""
    try:
        instance = translate.struct(told, _OldInstance)
    except errors.Invalid as error:
        raise errors.TryLater("What the instance says of itself could not be read.") from error
    return _home(instance.configuration, instance.urls.streaming_api, base_url)


def _home(configuration: _Configuration, streaming: str, base_url: str) -> Home:
    statuses, media = configuration.statuses, configuration.media_attachments
    return Home(
        _streaming(streaming, base_url),
        statuses.max_characters,
        statuses.characters_reserved_per_url,
        _files(statuses.max_media_attachments, media),
        media.description_limit,
    )


def _files(most: int, media: _Media) -> wire.FileRules:
    """An instance limits the area of a picture, we its longest side: a square is the largest of one side."""
    kinds = {kind: media.image_size_limit for kind in _PICTURES if kind in media.supported_mime_types}
    return wire.FileRules(most if kinds else 0, kinds, isqrt(media.image_matrix_limit), has_alt=True)


def _streaming(announced: str, base_url: str) -> str:
    """Announced for web sockets; the same place speaks plain HTTP. The token goes there, so it is never less safe than here."""
    try:
        parts = urlsplit(announced)
        host = parts.hostname
    except ValueError:
        return base_url
    scheme = {"wss": "https", "https": "https", "ws": "http", "http": "http"}.get(parts.scheme)
    if not host or not scheme or (scheme == "http" and base_url.startswith("https:")):
        return base_url
    return f"{scheme}://{parts.netloc}{parts.path.rstrip('/')}"
