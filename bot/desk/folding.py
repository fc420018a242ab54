"""The same text in plain lower-case ASCII, for looking; and for each of its characters, where it stands in the text that came.

Whoever hides a card number behind full-width digits, keycaps, no-break spaces or zero-width characters hides it from nobody.
"""

import html
import re
import unicodedata
from dataclasses import dataclass
from urllib.parse import unquote_to_bytes

_BLANKS = "\u115f\u1160\u2800\u3164\uffa0"  # letters and symbols by their category, empty on every screen
_REMEMBERED = 10_000
# Letters of other alphabets that look like ours.
_LOOK_ALIKES = dict(zip("аеорсухіѕјԁһвкмнтοαειυρτνκχ", "aeopcyxisjdhbkmhtoaeiuptvkx", strict=True))
_ESCAPE = re.compile(
    r"\\+u[dD][89abAB][0-9a-fA-F]{2}\\+u[dD][c-fC-F][0-9a-fA-F]{2}"
    r"|\\+u[0-9a-fA-F]{4}"
    r"|\\+[nrtbf/]"
    r"|(?:%[0-9a-fA-F]{2})++"
    r"|&(?:\#[0-9]{1,7}|\#[xX][0-9a-fA-F]{1,6}|[a-zA-Z]{2,10});"
)


@dataclass(frozen=True, slots=True)
class Folded:
    """`plain` for looking. `places[i]` is where its character i stands in the original; None means: at i."""

    plain: str
    places: tuple[int, ...] | None = None

    def span(self, start: int, end: int) -> tuple[int, int]:
        """The stretch of the original that became plain[start:end], with whatever invisible follows its last character."""
        if self.places is None:
            return start, end
        first, last = self.places[start], self.places[end - 1]
        while self.places[end] == last:  # several characters came of one escape, which is not cut
            end += 1
        return first, self.places[end]


class _Plain(dict[int, str]):
    """Character by character, filled as characters are met, up to a limit. An invisible one becomes nothing."""

    def __missing__(self, point: int) -> str:
        plain = _plain(chr(point))
        if len(self) < _REMEMBERED:
            self[point] = plain
        return plain


def _plain(char: str) -> str:
    point = ord(char)
    if 0xDC80 <= point <= 0xDCFF:  # a byte that was not UTF-8: read it as Latin-1
        return _plain(chr(point - 0xDC00))
    if char in _BLANKS:
        return " "
    category = unicodedata.category(char)
    if category in ("Cf", "Mn", "Me") or (category == "Cc" and point > 0x7F):
        return ""
    if category == "Pd":
        return "-"
    if category in ("Zs", "Zl", "Zp"):
        return " "
    digit = unicodedata.digit(char, None)
    if digit is not None:
        return str(digit)
    base = unicodedata.normalize("NFKD", char)[0].lower()
    if len(base) != 1:
        return char
    return base if base.isascii() else _LOOK_ALIKES.get(base, char)


_PLAIN = _Plain()


def fold(text: str) -> Folded:
    """Fold a message."""
    if text.isascii():
        return Folded(text.lower())
    plain = text.translate(_PLAIN)
    if len(plain) == len(text):
        return Folded(plain)
    kept = [place for place, char in enumerate(text) if _PLAIN[ord(char)]]
    return Folded(plain, (*kept, len(text)))


def fold_raw(text: str) -> Folded:
    """Fold what may be JSON, a form or markup: escapes are read as the characters they stand for, and NUL as nothing."""
    form = "=" in text and " " not in text
    plain: list[str] = []
    places: list[int] = []
    done = 0
    for escape in _ESCAPE.finditer(text):
        _append(text[done : escape.start()], done, plain, places, form=form)
        for char in _unescaped(escape.group()).translate(_PLAIN):
            plain.append(char)
            places.append(escape.start())
        done = escape.end()
    _append(text[done:], done, plain, places, form=form)
    return Folded("".join(plain), (*places, len(text)))


def _append(part: str, offset: int, plain: list[str], places: list[int], *, form: bool) -> None:
    for place, char in enumerate(part, offset):
        folded = " " if form and char == "+" else "" if char == "\0" else _PLAIN[ord(char)]
        if folded:
            plain.append(folded)
            places.append(place)


def _unescaped(escape: str) -> str:
    if escape[0] == "%":
        return unquote_to_bytes(escape).decode("utf-8", "surrogateescape")
    if escape[0] == "&":
        return html.unescape(escape)
    letter = escape.lstrip("\\")
    if letter[0] != "u":
        return {"n": "\n", "r": "\r", "t": "\t", "/": "/"}.get(letter, " ")
    units = [int(unit, 16) for unit in re.findall("u([0-9a-fA-F]{4})", letter)]
    return b"".join(unit.to_bytes(2, "big") for unit in units).decode("utf-16-be", "replace")
