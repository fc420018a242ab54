"""Reading what Meta tells, field by field. Pure. Whatever is not as it should be raises, and goes to quarantine as it came."""

from datetime import UTC, datetime
from typing import Any

import msgspec

from bot import wire

# Later than this many seconds after 1970 no second is: such a number counts milliseconds.
_MILLISECONDS = 100_000_000_000
_LONGEST_LINK = 2_000


class OddError(ValueError):
    """Something is not as this network tells it."""


def part(told: object, *path: str) -> Any:
    """What stands at `path`, None when there is nothing."""
    for name in path:
        if not isinstance(told, dict):
            return None
        told = told.get(name)
    return told


def parts(told: object, *path: str) -> list[Any]:
    """The list at `path`; none at all is an empty one."""
    found = part(told, *path)
    if found is not None and not isinstance(found, list):
        raise OddError(f"{'.'.join(path)} is no list")
    return found or []


def name(told: object, *path: str) -> str:
    """The id at `path`, which must be there. Some are told as numbers."""
    found = maybe(told, *path)
    if not found:
        raise OddError(f"{'.'.join(path)} is missing")
    return found


def maybe(told: object, *path: str) -> str:
    """The text or number at `path` as text, empty when there is none."""
    found = part(told, *path)
    if found is None:
        return ""
    if isinstance(found, bool) or not isinstance(found, str | int):
        raise OddError(f"{'.'.join(path)} is no text")
    return str(found)


def link(told: object, *path: str) -> str:
    """The address at `path`; empty when there is none, or when it is too long to be kept."""
    found = maybe(told, *path)
    return wire.web_link(found) if len(found) <= _LONGEST_LINK else ""


def moment(told: object, *path: str) -> datetime:
    """A time as Meta writes it: seconds or milliseconds since 1970, as number or text, or a date by ISO 8601."""
    found = maybe(told, *path)
    if not found.isdecimal():
        return datetime.fromisoformat(found).astimezone(UTC)
    number = int(found[:18])
    return datetime.fromtimestamp(number / 1000 if number >= _MILLISECONDS else number, UTC)


def message(**fields: Any) -> wire.InboundMessage:
    """The message, each field held to its type and length."""
    made = msgspec.convert(fields, wire.InboundMessage)
    made.text.encode()  # half an emoji is no text, and would stop whoever writes it down
    if "\0" in made.text:
        raise OddError("a text holds a NUL, which no database keeps")
    return made
