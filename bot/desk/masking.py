"""Card numbers, IBANs, card codes, one-time codes and PINs leave a text before anything is stored, logged, indexed or shown.

A mask says what was there and keeps at most the last four characters of a number: `[card •••• 4242]`, `[IBAN FR•• •••• 0189]`,
`[CVV •••]`, `[code ••••]`, `[expiry ••/••]`. Masking what is masked changes nothing.
"""

import re
from bisect import bisect_left
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from operator import itemgetter
from typing import NamedTuple

import orjson

from bot.desk import folding, sensitive
from bot.desk.sensitive import Kind

_DIGIT = re.compile(r"[\d²³¹⁰⁴-⁹₀-₉①-⑨⓪❶-❾]")
_STRING = re.compile(r'"(?:[^"\\]|\\.)*+"?', re.DOTALL)
_ID = re.compile(
    r'("(?:(?:[a-z0-9]+[_.-])*(?:message|user|chat|tweet|status|sender|recipient|author|conversation|event|update|post|comment|page)?'
    r'id(?:_str)?|in_reply_to|mid)"\s*:\s*"?)([a-z0-9_:.-]{1,300}+)(?=["}\],\s])'
)
_STRUCTURE = re.compile(r'["\[\]{}:]')
_PART = re.compile("[a-z0-9]*[0-9][a-z0-9]*")
_PART_MASK = "[card ••••]"
_NUMBER_START = re.compile("[-+.0-9e]*$")
_NUMBER_END = re.compile("[-+.0-9eE]*")


class Span(NamedTuple):
    """text[start:end] of the text that came was sensitive."""

    start: int
    end: int
    kind: Kind


@dataclass(frozen=True, slots=True)
class Masked:
    """The text as it may be kept, and what was removed, where it stood in the text that came."""

    text: str
    spans: tuple[Span, ...] = ()

    @property
    def kinds(self) -> frozenset[Kind]:
        return frozenset(span.kind for span in self.spans)


def mask(text: str) -> Masked:
    """Replace all that is sensitive in a message by typed masks."""
    if not may_hide(text):
        return Masked(text)
    spans = [(find.mask, span) for find, span in _spans(folding.fold(text))]
    if not spans:
        return Masked(text)
    return Masked(
        _replaced(text, [(span.start, span.end, words) for words, span in spans]), tuple(span for _, span in spans)
    )


def may_hide(text: str) -> bool:
    """False when there is nothing in a text that `mask` could replace: a quick look."""
    return _DIGIT.search(text) is not None


def find(text: str) -> tuple[Span, ...]:
    """Where a text is sensitive; nothing is replaced."""
    return tuple(span for _, span in _spans(folding.fold(text))) if _DIGIT.search(text) else ()


def mask_raw(raw: bytes) -> bytes:
    """Mask a payload as it came, whatever its encoding: escapes are seen through, JSON stays JSON.

    Identifiers keep their digits: the payload must still name the same message when it is tried again.
    """
    text = raw.decode("utf-8", "surrogateescape")
    folded = folding.fold_raw(text)
    found = sensitive.find(_ID.sub(lambda one: one[1] + sensitive.BARRIER * len(one[2]), folded.plain))
    if not found:
        return raw
    strings = [string.span() for string in _STRING.finditer(text)] if _is_json(raw) else None
    replacements = []
    for one in found:
        start, end = folded.span(one.start, one.end)
        if strings is None or _is_inside(strings, start, end):
            replacements.append((start, end, one.mask))
        elif one.kind in (Kind.CARD, Kind.IBAN):
            replacements += _over_structure(text, strings, folded, one)
    return _replaced(text, replacements).encode("utf-8", "surrogateescape")


def _spans(folded: folding.Folded) -> Iterator[tuple[sensitive.Find, Span]]:
    for one in sensitive.find(folded.plain):
        yield one, Span(*folded.span(one.start, one.end), one.kind)


def _replaced(text: str, replacements: Iterable[tuple[int, int, str]]) -> str:
    pieces = []
    done = 0
    for start, end, words in replacements:
        if end > done:
            pieces += [text[done:start], words]
            done = end
    return "".join(pieces) + text[done:]


def _is_json(raw: bytes) -> bool:
    try:
        orjson.loads(raw)
    except orjson.JSONDecodeError:
        return False
    return True


def _is_inside(strings: list[tuple[int, int]], start: int, end: int) -> bool:
    before = bisect_left(strings, start, key=itemgetter(0))
    return before > 0 and end <= strings[before - 1][1]


def _over_structure(
    text: str, strings: list[tuple[int, int]], folded: folding.Folded, one: sensitive.Find
) -> Iterator[tuple[int, int, str]]:
    """A number that no single string of a JSON text holds: as one where nothing of the structure stands inside, else in parts."""
    start, end = folded.span(one.start, one.end)
    if not _STRUCTURE.search(text, start, end):
        yield *_whole_number(text, start, end), f'"{one.mask}"'
        return
    for part in _PART.finditer(folded.plain, one.start, one.end):
        start, end = folded.span(*part.span())
        if _is_inside(strings, start, end):
            yield start, end, _PART_MASK
        else:
            yield *_whole_number(text, start, end), f'"{_PART_MASK}"'


def _whole_number(text: str, start: int, end: int) -> tuple[int, int]:
    """A sign or a fraction left beside a mask would be no JSON."""
    before = _NUMBER_START.search(text[max(0, start - 30) : start])
    after = _NUMBER_END.match(text, end)
    return start - len(before[0] if before else ""), after.end() if after else end
