"""What an instance says of itself: how long a post may be there, what a link counts, and where its stream is. Pure."""

from typing import Annotated, Any
from urllib.parse import urlsplit

from msgspec import Meta, Struct

from bot import errors
from bot.connectors.mastodon import counting, translate

# The contact's name stands before the words: an @, thirty letters at most, a space. The instance behind it counts nothing.
NAME = 32


class _Statuses(Struct, frozen=True):
    max_characters: Annotated[int, Meta(gt=NAME)] = 500
    characters_reserved_per_url: Annotated[int, Meta(gt=0)] = counting.LINK


class _Urls(Struct, frozen=True):
    streaming: str = ""


class _Configuration(Struct, frozen=True):
    statuses: _Statuses = _Statuses()
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
    statuses = configuration.statuses
    return Home(_streaming(streaming, base_url), statuses.max_characters, statuses.characters_reserved_per_url)


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
