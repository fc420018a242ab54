"""`manifest.toml` → Manifest. A broken file is refused with the sentence of what is wrong in it."""

import tomllib
from datetime import timedelta
from typing import Annotated, Literal

import msgspec
from msgspec import Meta

from bot import errors
from bot.wire import Look, Manifest, Setting

WAYS_OF_HEARING = ("poll", "long poll", "stream", "webhook")
LOCALES = ("fr", "en")

_Word = Annotated[str, Meta(pattern=r"^[a-z][a-z0-9_]{0,29}$")]
_Rate = Annotated[float, Meta(gt=0)]


class _Help(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    fr: Annotated[str, Meta(min_length=1)]
    en: Annotated[str, Meta(min_length=1)]


_Title = Annotated[str, Meta(min_length=1)] | _Help
_Mark = Annotated[str, Meta(max_length=2)]
Colour = Literal["grey", "azure", "blue", "green", "ink", "ochre", "rose", "sky", "violet"]


class _Look(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    title: _Title
    mark: _Mark = ""
    colour: Colour = "grey"


class _Setting(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    name: _Word
    help: _Help
    is_secret: bool = False
    is_required: bool = True
    default: str = ""
    is_address: bool = False


class _File(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    network: _Word
    title: _Title
    hears: Annotated[tuple[str, ...], Meta(min_length=1)]
    has_public: bool
    has_private: bool
    limit: Annotated[int, Meta(gt=0)]
    rate: _Rate
    rate_per_conversation: _Rate
    is_idempotent: bool
    rate_per_group: Annotated[float, Meta(ge=0)] = 0.0
    mark: _Mark = ""
    colour: Colour = "grey"
    is_stand_in: bool = False
    plays: dict[_Word, _Look] = {}
    settings: tuple[_Setting, ...] = ()
    sentences: dict[_Word, _Help] = {}
    quality: dict[str, str] = {}
    keeps_hours: Annotated[float, Meta(ge=0)] = 0.0


def read(text: str, folder: str) -> Manifest:
    """The manifest that `text` holds. `folder` is the connector's folder, which must bear the network's name.

    Raises Invalid, whose sentence names the folder and what is wrong.
    """
    try:
        written = msgspec.convert(tomllib.loads(text), _File)
    except tomllib.TOMLDecodeError as error:
        raise errors.Invalid(f"The manifest of {folder} is not TOML: {error}.") from error
    except msgspec.ValidationError as error:
        raise errors.Invalid(f"The manifest of {folder} is wrong: {error}.") from error
    _check(written, folder)
    return _manifest(written)


def _check(written: _File, folder: str) -> None:
    if written.network != folder:
        raise errors.Invalid(
            f"The manifest of {folder} says network = {written.network!r}; folder and network share one name."
        )
    strange = [way for way in written.hears if way not in WAYS_OF_HEARING]
    if strange:
        raise errors.Invalid(
            f"The manifest of {folder} hears by {strange[0]!r}; allowed are {', '.join(WAYS_OF_HEARING)}."
        )
    if not (written.has_public or written.has_private):
        raise errors.Invalid(f"The manifest of {folder} has neither public nor private conversations.")
    names = [setting.name for setting in written.settings]
    twice = [name for name in names if names.count(name) > 1]
    if twice:
        raise errors.Invalid(f"The manifest of {folder} names the setting {twice[0]} twice.")


def _manifest(written: _File) -> Manifest:
    return Manifest(
        network=written.network,
        title=_titles(written.title)["en"],
        hears=written.hears,
        has_public=written.has_public,
        has_private=written.has_private,
        limit=written.limit,
        rate=written.rate,
        rate_per_conversation=written.rate_per_conversation,
        is_idempotent=written.is_idempotent,
        rate_per_group=written.rate_per_group,
        look=_look(written),
        is_stand_in=written.is_stand_in,
        plays={name: _look(played) for name, played in written.plays.items()},
        settings=tuple(_setting(setting) for setting in written.settings),
        sentences={
            key: {locale: getattr(said, locale) for locale in LOCALES} for key, said in written.sentences.items()
        },
        quality=written.quality,
        keeps=timedelta(hours=written.keeps_hours) if written.keeps_hours else None,
    )


def _setting(written: _Setting) -> Setting:
    return Setting(
        name=written.name,
        help={locale: getattr(written.help, locale) for locale in LOCALES},
        is_secret=written.is_secret,
        is_required=written.is_required,
        default=written.default,
        is_address=written.is_address,
    )


def _look(written: _File | _Look) -> Look:
    return Look(_titles(written.title), written.mark, written.colour)


def _titles(title: str | _Help) -> dict[str, str]:
    """A name that is the same everywhere is written once."""
    return {locale: title if isinstance(title, str) else getattr(title, locale) for locale in LOCALES}
