"""How long a post is by X's own rule: Latin letters and common signs weigh one, everything else two, an emoji two however it is
put together (`emoji`), and a link 23 however long it is.

The rule is that of X's counting library, and the tests let that library judge. What is a link is most of it: X takes any
`name.com` for one.
"""

import functools
import importlib.resources
import re
import unicodedata

from bot.connectors.x import emoji

LINK = 23
_LONGEST_LINK = 4_096
_LONGEST_LABEL = 63
_LONGEST_SLUG = 40
_LIGHT = ((0, 0x10FF), (0x2000, 0x200D), (0x2010, 0x201F), (0x2032, 0x2037))

_INVALID = "\ufffe\ufeff\uffff"
_DIRECTION = "\u202a-\u202e\u061c\u200e\u200f\u2066-\u2069"
_SPACES = "\\t-\\r \x85\xa0\u1680\u180e\u2000-\u200a\u2028\u2029\u202f\u205f\u3000"
_ACCENTED = (
    "\u00c0-\u00d6\u00d8-\u00f6\u00f8-\u00ff\u0100-\u024f\u0253\u0254\u0256\u0257\u0259\u025b\u0263\u0268\u026f\u0272"
    "\u0289\u028b\u02bb\u0300-\u036f\u1e00-\u1eff"
)
_IN_NAME = rf"[^!'#%&()*+,\\\-./:;<=>?@\[\]^_{{|}}~${_SPACES}{_INVALID}{_DIRECTION}]"
_IN_PATH = rf"[a-z\u0400-\u04ff0-9!*';:=+,.$/%#\[\]\-\u2013_~@|&{_ACCENTED}]"
_AT_PATH_END = rf"[+\-a-z\u0400-\u04ff0-9=_#/{_ACCENTED}]"
_IN_BRACKETS = rf"\((?:{_IN_PATH}+|{_IN_PATH}*\({_IN_PATH}+\){_IN_PATH}*)\)"
_IN_QUERY = r"[a-z0-9!?*'@();:&=+$/%#\[\]\-_.,~|]"
_AT_QUERY_END = r"[a-z0-9\-_&=#/]"
_QUERY = rf"\?{_IN_QUERY}*{_AT_QUERY_END}"

# No host has so many names; to look for one in such a chain would take long.
_MOST_NAMES = 60
_RUN = re.compile(rf"(?:{_IN_NAME}|[_\-.])+")


def weight(text: str) -> int:
    """The length of `text` as X counts it."""
    text = unicodedata.normalize("NFC", text)
    total = at = 0
    for start, end in _links(text):
        if start >= at:
            total += _plain_weight(text[at:start]) + LINK
            at = end
    return total + _plain_weight(text[at:])


def has_link(text: str) -> bool:
    """Whether X would find a link in it, which costs more."""
    return bool(_links(unicodedata.normalize("NFC", text)))


def _plain_weight(text: str) -> int:
    if text.isascii():
        return len(text)
    total = at = 0
    for one in emoji.TOGETHER.finditer(text):
        total += sum(map(_letter_weight, text[at : one.start()])) + 2
        at = one.end()
    return total + sum(map(_letter_weight, text[at:]))


def _letter_weight(letter: str) -> int:
    return 1 if any(first <= ord(letter) <= last for first, last in _LIGHT) else 2


def _links(text: str) -> list[tuple[int, int]]:
    """Where links begin and end."""
    if "." not in text:
        return []
    patterns = _patterns()
    text = _RUN.sub(_without_chains, text)
    found: list[tuple[int, int]] = []
    for match in patterns.link.finditer(text):
        if _is_too_long(match):
            continue
        found.extend(_with_scheme(match, patterns) if match["scheme"] else _bare(match, patterns))
    return found


def _is_too_long(match: re.Match[str]) -> bool:
    labels = match["name"].split(".")
    sizes = [len(label) if label.isascii() else len(label.encode("punycode")) + 4 for label in labels]
    return max(sizes) > _LONGEST_LABEL or len(match["url"]) + len("https://") > _LONGEST_LINK


def _with_scheme(match: re.Match[str], patterns: "_Patterns") -> list[tuple[int, int]]:
    """X's own short links end where their slug ends."""
    short = patterns.short.match(match["url"])
    if short is None:
        return [match.span("url")]
    return [] if len(short[1]) > _LONGEST_SLUG else [(match.start("url"), match.start("url") + short.end())]


def _bare(match: re.Match[str], patterns: "_Patterns") -> list[tuple[int, int]]:
    """Without a scheme only the plain part of a name is a link, and the path belongs to the last of them."""
    if match["before"] and match["before"][-1] in "-_./":
        return []
    start = match.start("name")
    found = [(start + one.start(), start + one.end()) for one in patterns.plain_name.finditer(match["name"])]
    if found and match["path"]:
        # As long as the plain name and the path together, even where something else stood between them: X counts so.
        first, last = found[-1]
        found[-1] = first, last + match.end("url") - match.end("name")
    return found


def _without_chains(run: re.Match[str]) -> str:
    return run[0] if run[0].count(".") <= _MOST_NAMES else "-" * len(run[0])


def _any_of(names: list[str]) -> str:
    """A pattern for any of these, the longest first, that looks at no letter twice."""
    if not names:
        return ""
    tails: dict[str, list[str]] = {}
    for name in names:
        if name:
            tails.setdefault(name[0], []).append(name[1:])
    branches = "|".join(re.escape(letter) + _any_of(rest) for letter, rest in tails.items())
    return f"(?:{branches})" + "?" * ("" in names) if branches else ""


class _Patterns:
    """Made once, when first something is counted: the list of names is long."""

    def __init__(self) -> None:
        listing = importlib.resources.files(__package__).joinpath("domains.txt").read_text("utf-8")
        names = [name for line in listing.splitlines() if not line.startswith("#") for name in line.split()]
        last = rf"(?:{_any_of(names)}(?=[^0-9a-zA-Z@+\-]|$)|xn--[\-0-9a-z]+)"
        name = rf"(?:{_IN_NAME}++(?:[_\-]++{_IN_NAME}++)*+\.)*{_IN_NAME}++(?:-++{_IN_NAME}++)*+\.{last}"
        self.link = re.compile(
            rf"(?P<before>[^A-Za-z0-9@＠$#＃{_INVALID}]|[{_DIRECTION}]|^)"
            rf"(?P<url>(?P<scheme>https?://)?(?P<name>{name})(?::[0-9]+)?"
            rf"(?P<path>/(?:(?:{_IN_PATH}|{_IN_BRACKETS})*(?:{_AT_PATH_END}|{_IN_BRACKETS}))?)?(?:{_QUERY})?)",
            re.IGNORECASE,
        )
        self.plain_name = re.compile(rf"(?:[\-a-z0-9{_ACCENTED}]+\.)+{last}", re.IGNORECASE)
        self.short = re.compile(rf"https?://t\.co/([a-z0-9]+)(?:{_QUERY})?", re.IGNORECASE)


@functools.cache
def _patterns() -> _Patterns:
    return _Patterns()
