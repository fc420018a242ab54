"""Characters as a person sees them, which some networks count: a letter with its accents, a flag, an emoji of several parts.

They are counted as Unicode's annex 29 says, without its rule for Indic conjuncts and as far as Python knows the characters;
where that differs we count more than a network, never fewer.
"""

import unicodedata
from enum import Enum, auto

from bot.connectors import pictures

_JOINER = 0x200D
# Parts of a syllable that Unicode does not count as marks, and format characters that join what stands before them.
_JOINING = {0x200C, 0xFF9E, 0xFF9F}
_SPACING = {0x0E33, 0x0EB3, 0x1171E}
# Marks that stand alone all the same.
_ALONE = [
    (0x102B, 0x102C), (0x1038, 0x1038), (0x1062, 0x1064), (0x1067, 0x106D), (0x1083, 0x1083), (0x1087, 0x108C),
    (0x108F, 0x108F), (0x109A, 0x109C), (0x1A61, 0x1A61), (0x1A63, 0x1A64), (0xAA7B, 0xAA7B), (0xAA7D, 0xAA7D),
    (0x11720, 0x11721),
]  # fmt: skip
_MARKS = {"Mn", "Me"}
_CONTROLS = {"Cc", "Cf", "Zl", "Zp"}


class _Kind(Enum):
    OTHER = auto()
    CONTROL = auto()
    EXTEND = auto()
    SPACING = auto()
    JOINER = auto()
    FLAG = auto()
    PICTURE = auto()
    LEAD = auto()
    VOWEL = auto()
    TRAIL = auto()
    SYLLABLE = auto()
    CLOSED_SYLLABLE = auto()


_HANGUL = {
    (_Kind.LEAD, _Kind.LEAD), (_Kind.LEAD, _Kind.VOWEL), (_Kind.LEAD, _Kind.SYLLABLE), (_Kind.LEAD, _Kind.CLOSED_SYLLABLE),
    (_Kind.SYLLABLE, _Kind.VOWEL), (_Kind.SYLLABLE, _Kind.TRAIL), (_Kind.VOWEL, _Kind.VOWEL), (_Kind.VOWEL, _Kind.TRAIL),
    (_Kind.CLOSED_SYLLABLE, _Kind.TRAIL), (_Kind.TRAIL, _Kind.TRAIL),
}  # fmt: skip


def count(text: str) -> int:
    """How many characters a person sees."""
    if text.isascii():
        return len(text) - text.count("\r\n")
    found, before, is_half_flag, is_picture = 0, _Kind.CONTROL, False, False
    for kind in map(_kind, text.replace("\r\n", "\n")):
        joins = _joins(before, kind, is_half_flag=is_half_flag, is_picture=is_picture)
        found += not joins
        is_half_flag = kind is _Kind.FLAG and not (joins and before is _Kind.FLAG)
        is_open = is_picture and before is not _Kind.JOINER
        is_picture = kind is _Kind.PICTURE or (is_open and kind in {_Kind.EXTEND, _Kind.JOINER})
        before = kind
    return found


def _joins(before: _Kind, kind: _Kind, *, is_half_flag: bool, is_picture: bool) -> bool:
    """Whether a character belongs to the one before it. `is_picture`: a picture with marks on it stands before."""
    if before is _Kind.CONTROL:
        return False
    if kind in {_Kind.EXTEND, _Kind.SPACING, _Kind.JOINER}:
        return True
    if kind is _Kind.FLAG:
        return before is _Kind.FLAG and is_half_flag
    if kind is _Kind.PICTURE:
        return before is _Kind.JOINER and is_picture
    return (before, kind) in _HANGUL


def _kind(char: str) -> _Kind:
    code, category = ord(char), unicodedata.category(char)
    if code == _JOINER:
        return _Kind.JOINER
    if category == "Mc" or code in _SPACING:
        return _Kind.OTHER if any(first <= code <= last for first, last in _ALONE) else _Kind.SPACING
    if category in _MARKS or code in _JOINING or 0x1F3FB <= code <= 0x1F3FF or 0xE0020 <= code <= 0xE007F:
        return _Kind.EXTEND
    if category in _CONTROLS:
        return _Kind.CONTROL
    if 0x1F1E6 <= code <= 0x1F1FF:
        return _Kind.FLAG
    if pictures.is_picture(code):
        return _Kind.PICTURE
    # What Python does not know yet stands alone.
    return _Kind.CONTROL if category == "Cn" else _hangul(code)


def _hangul(code: int) -> _Kind:
    if 0xAC00 <= code <= 0xD7A3:
        return _Kind.SYLLABLE if (code - 0xAC00) % 28 == 0 else _Kind.CLOSED_SYLLABLE
    if 0x1100 <= code <= 0x115F or 0xA960 <= code <= 0xA97C:
        return _Kind.LEAD
    if 0x1160 <= code <= 0x11A7 or 0xD7B0 <= code <= 0xD7C6:
        return _Kind.VOWEL
    if 0x11A8 <= code <= 0x11FF or 0xD7CB <= code <= 0xD7FB:
        return _Kind.TRAIL
    return _Kind.OTHER
