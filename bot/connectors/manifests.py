"""`manifest.toml` → Manifest. A broken file is refused with the sentence of what is wrong in it."""

import re
import tomllib
from collections.abc import Mapping
from datetime import timedelta
from typing import Annotated, Literal

import msgspec
from msgspec import Meta

from bot import errors
from bot.connectors import fitting
from bot.wire import Address, Choice, Look, Manifest, Setting

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


class _Choice(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    value: Annotated[str, Meta(min_length=1)]
    title: _Title


class _Address(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    title: _Title
    help: _Help
    is_required: bool = False


class _Setting(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    name: _Word
    help: _Help
    is_secret: bool = False
    is_required: bool = True
    default: str = ""
    is_address: bool = False
    choices: tuple[_Choice, ...] = ()
    shape: str = ""
    example: str = ""
    between: tuple[float, float] | None = None
    needed_with: dict[_Word, tuple[str, ...]] = {}


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
    address: _Address | None = None


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
    for setting in written.settings:
        _check_setting(setting, {each.name: each for each in written.settings}, folder)


def _check_setting(setting: _Setting, all_: Mapping[str, _Setting], folder: str) -> None:
    """What it asks of a value can be met: by its own default and example, and by the settings that it names."""
    asked = _setting(setting)
    try:
        re.compile(setting.shape)
    except re.error as error:
        raise errors.Invalid(
            f"The manifest of {folder} gives {setting.name} no shape that can be read: {error}."
        ) from error
    for text in (setting.default, setting.example):
        if text and (fault := fitting.misfit(asked, text)):
            raise errors.Invalid(f"The manifest of {folder} would refuse its own value: {fault}")
    if bool(setting.shape) != bool(setting.example):
        raise errors.Invalid(f"The manifest of {folder} gives {setting.name} a shape or an example, and not both.")
    for name, values in setting.needed_with.items():
        known = {choice.value for choice in all_[name].choices} if name in all_ else set[str]()
        if strange := set(values) - known:
            raise errors.Invalid(
                f"The manifest of {folder} knows no {name} = {min(strange)}, which needs {setting.name}."
            )


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
        address=_address(written.address),
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
        choices=tuple(Choice(choice.value, _titles(choice.title)) for choice in written.choices),
        shape=written.shape,
        example=written.example,
        between=written.between,
        needed_with=written.needed_with,
    )


def _address(written: _Address | None) -> Address:
    if written is None:
        return Address()
    return Address(
        _titles(written.title), {locale: getattr(written.help, locale) for locale in LOCALES}, written.is_required
    )


def _look(written: _File | _Look) -> Look:
    return Look(_titles(written.title), written.mark, written.colour)


def _titles(title: str | _Help) -> dict[str, str]:
    """A name that is the same everywhere is written once."""
    return {locale: title if isinstance(title, str) else getattr(title, locale) for locale in LOCALES}
