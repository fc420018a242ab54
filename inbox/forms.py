"""A submitted form → typed values, or Invalid with the field's name. Only named fields are read; anything else is refused."""

import re
from collections.abc import Mapping

from aiohttp import web
from multidict import MultiDict, MultiMapping

from bot.errors import Invalid

# Fields that belong to the protocol of forms, not to a page.
PROTOCOL = frozenset({"_method", "_csrf", "_view"})
MOST_DIGITS = 18  # what every database keeps as a whole number

# What no keyboard writes: controls but tab and line end, and halves of characters, which no database keeps.
_UNWRITABLE = re.compile(r"[\x00-\x08\x0b-\x1f\x7f\ud800-\udfff]")
# What turns the reading direction, and so makes one name look like another.
_TURNING = re.compile(r"[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]")


class Form:
    """The fields of one submission. Every reader trims, checks and names its field in the error."""

    def __init__(self, fields: MultiMapping[object], allowed: frozenset[str] | set[str]) -> None:
        for name in fields:
            if name not in allowed and name not in PROTOCOL:
                raise Invalid(f"The field {name[:40]!r} is not expected here.", field=name[:40])
        self._fields = fields

    def text(self, name: str, *, longest: int = 10_000, is_required: bool = False) -> str:
        """The field as text, with the line ends of forms (CRLF) made plain."""
        value = self._fields.get(name, "")
        if not isinstance(value, str):
            raise Invalid("A text is expected here.", field=name)
        value = value.replace("\r\n", "\n").replace("\r", "\n").strip()
        if _UNWRITABLE.search(value):
            raise Invalid("This holds characters that cannot be written.", field=name)
        if is_required and not value:
            raise Invalid("This may not be empty.", field=name)
        if len(value) > longest:
            raise Invalid(f"This may have at most {longest} characters.", field=name)
        return value

    def name(self, name: str, *, longest: int, is_required: bool = False) -> str:
        """The field as what people, teams and tags are called: without what would show it other than it is."""
        plain = _TURNING.sub("", self.text(name, longest=longest)).strip()
        if is_required and not plain:
            raise Invalid("This may not be empty.", field=name)
        return plain

    def exact(self, name: str, *, longest: int = 1_000) -> str:
        """The field as it was typed, blanks and all: a password."""
        value = self._fields.get(name, "")
        if not isinstance(value, str) or len(value) > longest or _UNWRITABLE.search(value):
            raise Invalid("A text is expected here.", field=name)
        return value

    def number(self, name: str) -> int | None:
        """The field as a number; None when it was left empty."""
        value = self.text(name, longest=20)
        if not value:
            return None
        if not _is_number(value):
            raise Invalid("A number is expected here.", field=name)
        return int(value)

    def numbers(self, name: str, *, most: int = 500) -> tuple[int, ...]:
        """A field that may come several times, as numbers."""
        values = self._fields.getall(name, [])
        if len(values) > most:
            raise Invalid(f"At most {most} at a time.", field=name)
        if not all(isinstance(value, str) and _is_number(value) for value in values):
            raise Invalid("A number is expected here.", field=name)
        return tuple(int(str(value)) for value in values)

    def texts(self, name: str, *, longest: int, most: int = 50) -> tuple[str, ...]:
        """A field that may come several times, as texts."""
        values = self._fields.getall(name, [])
        if len(values) > most:
            raise Invalid(f"At most {most} at a time.", field=name)
        return tuple(Form(MultiDict({name: value}), {name}).text(name, longest=longest) for value in values)

    def files(self, name: str) -> tuple[web.FileField, ...]:
        """The files that were chosen in a field; a browser sends an empty one where none was."""
        return tuple(value for value in self._fields.getall(name, []) if isinstance(value, web.FileField))

    def choice(self, name: str, choices: Mapping[str, object] | frozenset[str] | tuple[str, ...]) -> str:
        value = self.text(name, longest=100)
        if value not in choices:
            raise Invalid("This is not one of the choices.", field=name)
        return value

    def ticked(self, name: str) -> bool:
        return self.text(name, longest=10) in {"1", "on", "true"}


def _is_number(text: str) -> bool:
    return text.isascii() and text.isdecimal() and len(text) <= MOST_DIGITS
