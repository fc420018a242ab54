"""Whether what a channel was told fits what its manifest asks: every fault, without asking a network or reading a secret."""

import math
import re
from collections.abc import Iterator, Mapping
from typing import Protocol

from bot import errors
from bot.wire import Manifest, Setting

EMPTY = "This may not be empty."
_LONGEST_SHOWN = 80


class Told(Protocol):
    """What a channel was told, wherever it stands: in the form, in the file, in the database. Secrets may be mere names."""

    @property
    def base_url(self) -> str: ...
    @property
    def options(self) -> Mapping[str, str]: ...
    @property
    def secrets(self) -> Mapping[str, str]: ...


def faults(told: Told, manifest: Manifest) -> Iterator[errors.Invalid]:
    """Everything that is wrong or missing, each with its setting's name; `base_url` for the address."""
    if manifest.address.is_required and not told.base_url:
        yield errors.Invalid(EMPTY, field="base_url")
    for setting in manifest.settings:
        text = given(told, setting)
        if text and not setting.is_secret:
            if fault := misfit(setting, text):
                yield errors.Invalid(fault, field=setting.name)
        elif not text and (fault := _lack(told, manifest, setting)):
            yield errors.Invalid(fault, field=setting.name)


def given(told: Told, setting: Setting) -> str:
    """What was given for a setting; empty where nothing was."""
    return (told.secrets if setting.is_secret else told.options).get(setting.name, "").strip()


def misfit(setting: Setting, text: str) -> str:
    """What is wrong with a value; empty when it fits."""
    said = f"`{setting.name}` is {text[:_LONGEST_SHOWN]!r}"
    if setting.choices and text not in {choice.value for choice in setting.choices}:
        return f"{said}; it may be {', '.join(f'`{choice.value}`' for choice in setting.choices)}."
    if setting.shape and not re.fullmatch(setting.shape, text):
        return f"{said}; it must look like {setting.example}."
    if setting.between and not _lies(text, setting.between):
        least, most = setting.between
        return f"{said}; it must be a number from {_plain(least)} to {_plain(most)}."
    return ""


def is_called(told: Told, manifest: Manifest) -> bool:
    """Whether the network must reach our own address: it is heard by webhook first, or was told to be."""
    return manifest.hears[0] == "webhook" or told.options.get("mode", "").strip() == "webhook"


def _lack(told: Told, manifest: Manifest, setting: Setting) -> str:
    if setting.is_required and not setting.default:
        return EMPTY
    for other in manifest.settings:
        chosen = given(told, other) or other.default
        if chosen in setting.needed_with.get(other.name, ()):
            return f"`{setting.name}` is missing; `{other.name}` = `{chosen}` needs it."
    return ""


def _lies(text: str, between: tuple[float, float]) -> bool:
    try:
        number = float(text)
    except ValueError:
        return False
    return math.isfinite(number) and between[0] <= number <= between[1]


def _plain(number: float) -> str:
    return str(int(number)) if number.is_integer() else str(number)
