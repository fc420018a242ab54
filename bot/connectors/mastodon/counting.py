"""How long a text is for Mastodon: in characters as a person sees them, where each link counts the same, whatever its length.

Of a mention only the name counts, not the instance. Pure.
"""

import re
import unicodedata

LINK = 23

# As Mastodon finds them: a link has a scheme and a domain with a dot; what closes a sentence does not belong to it.
_URL = re.compile(
    r"(?<![\w@#$/.\-])https?://(?:[\w\-]+\.)+[^\W\d_]{2,}(?::\d+)?(?:[/?#](?:[^\s<>\"]*[^\s<>\"'.,:;!?()\]}…])?)?",
    re.IGNORECASE,
)
MENTION = re.compile(r"(?<![\w/=])@(?P<name>\w+(?:[\w.\-]*\w)?)(?P<home>@[\w\-]+(?:\.[\w\-]+)*(?::\d+)?)?")

_JOINER = "\u200d"
_INDICATORS = range(0x1F1E6, 0x1F200)
_MODIFIERS = range(0x1F3FB, 0x1F400)
_TAGS = range(0xE0020, 0xE0080)
# Korean letters, written one by one, make one syllable: consonants, vowels, final consonants.
_LEADING, _VOWELS, _FINALS = range(0x1100, 0x1160), range(0x1160, 0x11A8), range(0x11A8, 0x1200)
_SYLLABLES = range(0xAC00, 0xD7A4)


def count(text: str, link: int = LINK) -> int:
    """The length by the instance's rule; `link` is what a link counts there."""
    shortened = _URL.sub("x" * link, text)
    return characters(MENTION.sub(lambda found: f"@{found['name']}", shortened))


def characters(text: str) -> int:
    """How many characters a person sees: an emoji of several parts, a letter with its accents, and a flag are one."""
    if text.isascii() and "\r" not in text:
        return len(text)
    seen, before, flags = 0, "", 0
    for character in text:
        is_flag = ord(character) in _INDICATORS
        flags = flags + 1 if is_flag else 0
        if not (before and (_belongs(before, character) or (is_flag and flags % 2 == 0))):
            seen += 1
        before = character
    return seen


def _belongs(before: str, character: str) -> bool:
    """Whether a character is part of the one before it."""
    code = ord(character)
    if (
        character == _JOINER
        or code in _MODIFIERS
        or code in _TAGS
        or unicodedata.category(character) in {"Mn", "Me", "Mc"}
    ):
        return before not in "\r\n"
    if before == _JOINER:
        return unicodedata.category(character) == "So"
    return (before, character) == ("\r", "\n") or _is_syllable(ord(before), code)


def _is_syllable(before: int, code: int) -> bool:
    if before in _LEADING:
        return code in _LEADING or code in _VOWELS or code in _SYLLABLES
    is_open = before in _SYLLABLES and (before - _SYLLABLES.start) % 28 == 0
    if before in _VOWELS or is_open:
        return code in _VOWELS or code in _FINALS
    return (before in _FINALS or before in _SYLLABLES) and code in _FINALS
